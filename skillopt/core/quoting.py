"""Data in prompts: quoted so that nothing in it can pass for an instruction or end its own block.

A block is delimited by the first 16 hex digits of its own content's SHA-256. A text that holds the
closing line of its own block would have to contain its own digest, so hostile text in a task or an
answer cannot break out, and the same content always renders the same prompt.

A model cannot compute a digest. So a line of the content that looks like the line which opens or
closes a block is marked with a backslash, whatever character begins the line: a form feed or
U+2028 does so as well for a reader.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Any

import regex

from skillopt.core.value import canonical_json, text_hash

LONGEST_QUOTED = 20_000
"""Characters of a reply that is sent back to be fixed."""

_INSIDE_JSON = {place: f"\\u{place:04x}" for place in (0x85, 0x2028, 0x2029)}
"""Separators of lines that JSON leaves as they are; escaped, they read back as the same."""
_SEPARATOR = "\n\r\v\f\x1c-\x1e\x85\u2028\u2029"
_UNSEEN = (
    r"[[\p{Default_Ignorable_Code_Point}\p{Z}\p{Cc}\p{Cf}\p{M}\u2800]"
    rf"--[{_SEPARATOR}]]*+"
)
"""What a reader does not see, or not as a sign of its own."""
_LINE = rf"((?:\A|[{_SEPARATOR}]){_UNSEEN})"
_FRAME = (
    rf"(?=\\*+(?:(?:[<\uff1c]{_UNSEEN}){{3}}\n?[a-z-]+{_UNSEEN}[0-9a-f]{{16}}"
    rf"|[0-9a-f]{{16}}{_UNSEEN}(?:[>\uff1e]{_UNSEEN}){{3}}))"
)
_FAKED = regex.compile(_LINE + _FRAME, regex.IGNORECASE | regex.VERSION1)
"""The begin of a line that looks like the first or the last one of a block."""
_MARKED = regex.compile(rf"{_LINE}\\{_FRAME}", regex.IGNORECASE | regex.VERSION1)
_OPENS = re.compile(r"^<<<([a-z-]+) ([0-9a-f]{16})\n", re.MULTILINE)
_CLOSES = re.compile(r"\n([0-9a-f]{16})>>>$", re.MULTILINE)


def block(name: str, text: str) -> str:
    """``text`` as a data block called ``name`` (lower case and hyphens)."""
    text = _FAKED.sub(r"\1\\", text)
    mark = text_hash(text)[:16]
    return f"<<<{name} {mark}\n{text}\n{mark}>>>"


def json_text(content: Any) -> str:
    """``content`` as canonical JSON without any character that begins a line."""
    return in_one_line(canonical_json(content))


def in_one_line(written: str) -> str:
    """A JSON text of one line, for every reader: what begins a line is escaped."""
    return written.translate(_INSIDE_JSON)


def quoted(reply: str) -> str:
    """A model's own reply as it is shown to it again: a runaway one is not paid twice."""
    if len(reply) <= LONGEST_QUOTED:
        return reply
    left_out = len(reply) - LONGEST_QUOTED
    return f"{reply[:LONGEST_QUOTED]}\n[… {left_out} characters left out …]"


def blocks(prompt: str) -> dict[str, str]:
    """The blocks of a prompt by name, in order; of several with one name, the last.

    The texts are those that were quoted, without the marks that were set in them.
    """
    found: dict[str, str] = {}
    closings: dict[str, list[int]] = {}
    for closing in _CLOSES.finditer(prompt):
        closings.setdefault(closing[1], []).append(closing.start())
    at = 0
    for opening in _OPENS.finditer(prompt):
        name, mark = opening.groups()
        ends = closings.get(mark, [])
        place = bisect_left(ends, opening.end())
        if opening.start() < at or place == len(ends):
            continue
        text = prompt[opening.end() : ends[place]]
        at = ends[place] + len(mark)
        if text_hash(text)[:16] == mark:
            found[name] = _MARKED.sub(r"\1", text)
    return found
