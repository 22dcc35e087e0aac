"""The front matter's `description`: where its value stands, and how another one is written there.

Clients choose a skill by it (Agent Skills format, agentskills.io/specification: 1 to 1024
characters). Only the bytes of the value change. What is written is read again, and stands only if
it reads as exactly the new text and every other key reads as before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import yaml

from skillopt.core.skill.document import Document, Span
from skillopt.core.skill.format_rules import LONGEST_DESCRIPTION
from skillopt.core.skill.front_matter import find_front_matter, is_no_yaml, read_fields

KEY = "description"

_LINE_OF_KEY = re.compile(rf"^{KEY}[ \t]*:[ \t]*", re.MULTILINE)
_NEXT_KEY = re.compile(r"^[^\s#-]", re.MULTILINE)
_WIDTH = 88
"""Characters of a line of a folded value, its indent not counted."""


class DescriptionChange(NamedTuple):
    """Put ``text`` in the place of ``span``, the value in the whole document."""

    span: Span
    text: str


class _Value(NamedTuple):
    """Where the value is in the front matter's content, and how it is written."""

    start: int
    end: int
    style: str
    """`|`, `>`, `'`, `"`, or "" for a plain one."""
    indent: str


def description_change(document: Document, text: str) -> DescriptionChange | str:
    """How ``text`` is written as the description, or why it cannot be, in one clause."""
    flaw = flaw_of_description(text)
    if flaw:
        return flaw
    found = document.front_matter_found
    value = _value(found.content)
    if value is None:
        return f"the front matter has no `{KEY}` to change"
    offset = found.start
    span = Span(offset + value.start, offset + value.end)
    newline = document.with_own_newlines("\n")
    space = " " if document.text[span.start - 1 : span.start] == ":" else ""
    for spelled in (f"{space}{spelling}" for spelling in _spellings(text, value, newline)):
        if _reads_as(document, span, spelled, text):
            return DescriptionChange(span, spelled)
    return f"the `{KEY}` cannot be changed without changing more of the front matter"


def flaw_of_description(text: str) -> str | None:
    """What keeps ``text`` from being a description, in one clause; None where nothing does."""
    if not text.strip() or text != text.strip():
        return f"a {KEY} is not blank, and neither begins nor ends with white space"
    if len(text) > LONGEST_DESCRIPTION:
        return f"the {KEY} would have {len(text)} characters; it has at most {LONGEST_DESCRIPTION}"
    if "<" in text or ">" in text:
        return f"a {KEY} has no `<` or `>`: clients put it into a prompt between tags"
    return None


def _reads_as(document: Document, span: Span, spelled: str, text: str) -> bool:
    """Whether the value with ``spelled`` reads as ``text``, and all else as it was."""
    found = document.front_matter_found
    after = document.text[: span.start] + spelled + document.text[span.end :]
    reread = find_front_matter(after)
    moved = len(after) - len(document.text)
    where = (reread.start, reread.end, reread.flaws)
    return (
        where == (found.start, found.end + moved, found.flaws)
        and read_fields(reread.content) == {**read_fields(found.content), KEY: text}
        and (is_no_yaml(found.content) or not is_no_yaml(reread.content))
    )


def _value(content: str) -> _Value | None:
    """The value of the top-level key; of several the last, which is what YAML readers take."""
    try:
        node = yaml.compose(content, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return _value_by_line(content)
    if not isinstance(node, yaml.MappingNode):
        return _value_by_line(content)
    values = [value for key, value in node.value if key.value == KEY]
    if not values or not isinstance(values[-1], yaml.ScalarNode):
        return None
    value = values[-1]
    start, end = value.start_mark.index, value.end_mark.index
    end = start + len(content[start:end].rstrip())
    style = value.style if isinstance(value.style, str) else ""
    indent = re.search(r"\n([ ]+)\S", content[start:end])
    return _Value(start, end, style, indent[1] if indent else "  ")


def _value_by_line(content: str) -> _Value | None:
    """The value in what is no YAML: what follows the key up to the next one."""
    keys = list(_LINE_OF_KEY.finditer(content))
    if not keys:
        return None
    start = keys[-1].end()
    follows = _NEXT_KEY.search(content, start)
    stop = follows.start() if follows else len(content)
    return _Value(start, start + len(content[start:stop].rstrip()), '"', "  ")


def _spellings(text: str, value: _Value, newline: str) -> Iterator[str]:
    """``text`` as YAML, as the old value was written first."""
    lines = text.split("\n")
    if value.style == "|":
        yield newline.join(["|-", *(f"{value.indent}{line}" if line else "" for line in lines)])
    if value.style in ("|", ">"):
        yield newline.join([">-", *(f"{value.indent}{line}" for line in _folded(text))])
    if value.style == "":
        yield text
    if value.style == "'" and len(lines) == 1:
        yield "'" + text.replace("'", "''") + "'"
    yield '"' + "".join(_escaped(char) for char in text) + '"'


def _folded(text: str) -> list[str]:
    lines: list[str] = []
    for word in text.split(" "):
        if lines and len(lines[-1]) + len(word) < _WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _escaped(char: str) -> str:
    return {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(char, char)
