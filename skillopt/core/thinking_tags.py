"""Tags around reasoning, as models write them, and tags that a text is merely about."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from skillopt.core.json_text import pieces

_TOKENS = {
    "mistral": (r"\[THINK\]", r"\[/THINK\]"),
    "kimi": ("◁think▷", "◁/think▷"),
    "cohere": (r"<\|START_THINKING\|>", r"<\|END_THINKING\|>"),
    "open thoughts": (r"<\|begin_of_thought\|>", r"<\|end_of_thought\|>"),
    "apertus": (r"<\|inner_prefix\|>", r"<\|inner_suffix\|>"),
    "gemma": (r"<\|channel>\s*(?:thought|thinking)\b", r"<channel\|>"),
}
"""What opens and closes reasoning in models that have tokens of their own for it."""
_TAG = re.compile(
    r"<\s*+(?P<end>/?)\s*+(?:\w+:)?"
    r"(?P<name>think(?:ing)?|thoughts?|reason(?:ing)?|reflection)\b[^<>\n]{0,200}>|"
    + "|".join(
        f"(?P<open{number}>{opens})|(?P<close{number}>{closes})"
        for number, (opens, closes) in enumerate(_TOKENS.values())
    ),
    re.IGNORECASE,
)
_NAMES = {"thinking": "think", "thoughts": "thought", "reason": "reasoning"}
_FIELDS = frozenset({"thought", "reasoning", "reflection"})
"""Names that an answer in XML may have for its own parts."""
_FENCE = re.compile(r"(?:^[ \t]*|(?<=[>\]▷]))(?:`{3,}|~{3,})", re.MULTILINE)
_TICKS = re.compile(r"`+")
_QUOTES = re.compile(r"[\"\u201c\u201d]")
_NOUN = re.compile(r"[ \t]+(?:tags?|tokens?|markers?|elements?|delimiters?)\b", re.IGNORECASE)
_LEADS = re.compile(
    r"an?|the|this|that|these|your|any|each|every|no|closing|opening|end|start|tags?|tokens?"
    r"|of|with|by|in|into|inside|and|or|to|before|after|between|until|like|as|use|uses|using"
    r"|write|writes|writing|add|adds|put|missing|unclosed|stray|called|named",
    re.IGNORECASE,
)
"""Words that want something after them: no thought ends with one and a blank."""
_LINE = 300
"""Characters of a line that are looked at on either side of a tag."""


class Tag(NamedTuple):
    """A tag that may open or close reasoning."""

    start: int
    end: int
    name: str
    """What it must have in common with the one that closes it."""
    closes: bool
    empty: bool
    """It opens and closes itself."""

    @property
    def is_a_field(self) -> bool:
        """An answer in XML may have a part of that name."""
        return self.name in _FIELDS


def tags_in(reply: str) -> Iterator[Tag]:
    """The tags of ``reply`` that are not part of JSON content."""
    spans: list[tuple[int, int]] | None = None
    for found in _TAG.finditer(reply):
        if spans is None:  # most replies have no tag at all
            spans = [(one.start, one.end) for one in pieces(reply) if not one.open]
        if not any(start < found.start() < end for start, end in spans):
            yield _tag(found)


class Quoting:
    """Where a text speaks of a tag instead of using it."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _fences(self) -> list[int]:
        return [fence.start() for fence in _FENCE.finditer(self._text)]

    def holds(self, start: int, end: int, *, since: int) -> bool:
        """Whether what stands from ``start`` to ``end`` is in code or in quotes, or is named.

        It is in code where a fence, or a code span of its line, is open before it *and* is closed
        after it: reasoning that breaks off within code is followed by an answer whose fences come
        in pairs. What stands before ``since`` does not count.
        """
        left = self._text[max(since, start - _LINE) : start].rpartition("\n")[2]
        right = self._text[end : end + _LINE].partition("\n")[0]
        if any(_odd(mark, left) and _odd(mark, right) for mark in (_TICKS, _QUOTES)):
            return True
        if left.endswith("'") and right.startswith("'"):
            return True
        if _NOUN.match(right) or (
            left.endswith((" ", "\t")) and _LEADS.fullmatch(_last_word(left))
        ):
            return True
        before = bisect_left(self._fences, start) - bisect_left(self._fences, since)
        after = len(self._fences) - bisect_left(self._fences, end)
        return before % 2 == 1 and after % 2 == 1


def _last_word(line: str) -> str:
    return next(iter(line.rsplit(maxsplit=1)[-1:]), "")


def _odd(mark: re.Pattern[str], text: str) -> bool:
    return sum(1 for _ in mark.finditer(text)) % 2 == 1


def _tag(found: re.Match[str]) -> Tag:
    for number, name in enumerate(_TOKENS):
        if found[f"open{number}"] or found[f"close{number}"]:
            closes = bool(found[f"close{number}"])
            return Tag(found.start(), found.end(), name, closes=closes, empty=False)
    name = found["name"].lower()
    return Tag(
        found.start(),
        found.end(),
        _NAMES.get(name, name),
        closes=bool(found["end"]),
        empty=found[0].endswith("/>"),
    )
