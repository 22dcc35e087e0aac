"""Tokens of a chat template that a server left in a reply, since it does not know them as stops."""

from __future__ import annotations

import re

_ENDS = (
    "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|end|>", "<|endoftext|>", "<|end_of_text|>",
    "<|end_of_turn|>", "<|eot|>", "<|return|>", "<end_of_turn>",
    "<\uff5cend\u2581of\u2581sentence\uff5c>",
)  # fmt: skip
_STARTS = re.compile(
    r"\A\s*(?:<\|im_start\|>\s*assistant\b|<\|start_header_id\|>\s*assistant\s*<\|end_header_id\|>"
    r"|<start_of_turn>\s*model\b)\s*"
)
_EOS = "</s>"


def without_turn_tokens(text: str) -> str:
    """``text`` without what opens and closes a turn around it; a text of nothing else is kept.

    `</s>` closes a turn where no `<s>` is open: else it is HTML.
    """
    bare = text
    if "<" in text[:40]:
        bare = _STARTS.sub("", bare)
    if bare.rstrip().endswith(">"):
        bare = _without_ends(bare)
        if bare.rstrip().endswith(_EOS) and "<s>" not in bare:
            bare = bare.rstrip().removesuffix(_EOS)
    return bare if bare.strip() else text


def _without_ends(text: str) -> str:
    """``text`` up to the tokens at its end, however many; blanks between them are theirs."""
    end = len(text)
    while True:
        at = end
        while at and text[at - 1].isspace():
            at -= 1
        token = next((token for token in _ENDS if text.endswith(token, 0, at)), None)
        if token is None:
            return text if end == len(text) else text[:at]
        end = at - len(token)
