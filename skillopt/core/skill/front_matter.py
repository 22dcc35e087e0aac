"""Where a skill's front matter is, however it was written, and what it says.

Clients look for a first line `---`. People write a blank line, a comment or a byte order mark
before it, forget a fence, or paste it twice. All of that is front matter here, so that no edit
touches it, and each has a warning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import yaml

from skillopt.core.value import Value

KNOWN_KEYS = ("name", "description", "license", "compatibility", "metadata", "allowed-tools")
"""The keys of the Agent Skills format (agentskills.io/specification)."""

_NEWLINE = r"(?:\r\n?|\n)"
_LINE = re.compile(rf"[^\r\n]*{_NEWLINE}|[^\r\n]+")
_FENCE = re.compile(rf"---[ \t]*(?:{_NEWLINE}|\Z)")
_CLOSING = re.compile(rf"(?<=[\r\n])---[ \t]*(?:{_NEWLINE}|\Z)")
_UNSEEN = "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060"
"""A byte order mark, and characters without a width, as they come with pasted text."""
_LEAD = re.compile(rf"(?:[\s{_UNSEEN}]|<!--.*?-->|#[^\r\n]*)*", re.DOTALL)
_GAP = re.compile(rf"(?:[\s{_UNSEEN}]|<!--.*?-->)*", re.DOTALL)
_KNOWN = re.compile(rf"""(["']?)(?:{"|".join(KNOWN_KEYS)})\1[ \t]*:(?:[ \t\r\n]|\Z)""")
_KEY = re.compile(r"""(?:[\w.-]+|"[^"\r\n]*"|'[^'\r\n]*')[ \t]*:(?:[ \t\r\n]|\Z)""")
_HEADING = re.compile(rf"{_NEWLINE}[ \t]*{_NEWLINE}#{{1,6}}[ \t]")


class FrontMatter(Value):
    """The front matter at the start of a text, all that stands before it included."""

    end: int = 0
    """Characters from the start of the text; 0 where there is none."""
    content: str = ""
    """What stands between the (first) fences."""
    start: int = 0
    """Where ``content`` begins, in characters from the start of the text."""
    line: int = 1
    """The line of the text on which ``content`` begins, from 1."""
    flaws: tuple[str, ...] = ()
    """What is odd about where it stands."""


class _Block(NamedTuple):
    """One block of front matter."""

    start: int
    """Where its content begins."""
    stop: int
    """Where its content ends."""
    end: int
    """After its closing fence."""
    flaw: str | None = None


def find_front_matter(text: str) -> FrontMatter:
    """The front matter of ``text``: one block, or more where it was pasted twice.

    A text that begins with `---` and has another `---` line begins with front matter. So does one
    where blank lines or comments stand before that, a fence is missing, or a second block follows,
    if what is there looks like a skill's keys.
    """
    at = _end_of(_LEAD, text, 0)
    blocks = list(_blocks(text, at))
    if not blocks:
        return FrontMatter()
    first = blocks[0]
    twice = "the front matter is there twice; clients read the first: remove the second"
    flaws = (*_lead_flaws(text[:at]), first.flaw, twice if len(blocks) > 1 else None)
    return FrontMatter(
        end=blocks[-1].end,
        content=text[first.start : first.stop],
        start=first.start,
        line=len(re.findall(_NEWLINE, text[: first.start])) + 1,
        flaws=tuple(flaw for flaw in flaws if flaw),
    )


def read_fields(content: str) -> dict[str, Any]:
    """The keys of front matter, read leniently, as clients do: it is never written back."""
    try:
        loaded = yaml.safe_load(content)
    except (yaml.YAMLError, ValueError, RecursionError):
        # Not only YAML's own errors: a date of month 13 is a ValueError.
        return _key_by_key(content)
    return {str(key): value for key, value in loaded.items()} if isinstance(loaded, dict) else {}


def _blocks(text: str, at: int) -> Iterator[_Block]:
    is_front_matter: Callable[[str], bool] = _has_known_key
    if not text[:at].strip(_UNSEEN):
        is_front_matter = _anything
    elif not text[:at].strip():
        is_front_matter = _reads_as_keys
    block = _block(text, at, is_front_matter)
    while block is not None:
        yield block
        block = _block(text, _end_of(_GAP, text, block.end), _has_known_key)


def _block(text: str, at: int, is_front_matter: Callable[[str], bool]) -> _Block | None:
    """The block that begins at ``at``, if what its two fences hold ``is_front_matter``."""
    opening = _FENCE.match(text, at)
    start = opening.end() if opening else at
    stop = _end_of_keys(text, start)
    if opening is None:
        closing = _FENCE.match(text, stop)
        if not (closing and _KNOWN.match(text, at)):
            return None
        return _Block(start, stop, closing.end(), "the front matter has no opening `---`: add it")
    closing = _CLOSING.search(text, start)
    if closing and not _runs_into_the_body(text[start : closing.start()], stop - start):
        block = _Block(start, closing.start(), closing.end())
        return block if is_front_matter(text[start : closing.start()]) else None
    if not _has_known_key(text[start:stop]):
        return None
    flaw = "the front matter is not closed: add a line `---` after its last key"
    if text[start:stop].rstrip().splitlines()[-1:] == ["..."]:
        flaw = "the front matter is not closed by `---`: write that instead of `...`"
    return _Block(start, stop, stop, flaw)


def _end_of_keys(text: str, start: int) -> int:
    """Where lines end that look like YAML: keys, what is indented, lists; blanks between them."""
    end, after_blank = start, False
    for match in _LINE.finditer(text, start):
        line = match.group()
        if not line.strip():
            after_blank = True
        elif line[0] in " \t" or _KNOWN.match(line):
            after_blank = False
        elif line.rstrip() == "...":
            return match.end()
        elif after_blank or not (_KEY.match(line) or line.startswith("- ")):
            return end
        end = match.end()
    return end


def _runs_into_the_body(content: str, keys: int) -> bool:
    """Whether ``content`` up to a `---` is keys, a body and its first thematic break."""
    rest = content[keys:]
    return (
        bool(rest)
        and _has_known_key(content[:keys])
        and _HEADING.search(content, max(0, keys - 4)) is not None
        and not _has_known_key(rest)
        and is_no_yaml(content)
    )


def is_no_yaml(content: str) -> bool:
    """Whether no reader of YAML takes ``content``, however lenient clients are."""
    try:
        yaml.safe_load(content)
    except (yaml.YAMLError, ValueError, RecursionError):
        return True
    return False


def _anything(_content: str) -> bool:
    return True


def _has_known_key(content: str) -> bool:
    return any(_KNOWN.match(line.group()) for line in _LINE.finditer(content))


def _reads_as_keys(content: str) -> bool:
    return _has_known_key(content) or bool(read_fields(content))


def _key_by_key(content: str) -> dict[str, Any]:
    """Each key of broken YAML by itself: its value where that is YAML, else its text."""
    found: dict[str, Any] = {}
    lines: list[str] = []
    for line in (*re.split(_NEWLINE, content), "end:"):
        if lines and re.match(r"[\w-]+:", line):
            key, _, value = "\n".join(lines).partition(":")
            found[key] = _lenient_value(value)
            lines = []
        if lines or re.match(r"[\w-]+:", line):
            lines.append(line)
    return found


def _lenient_value(value: str) -> Any:
    first_line = value.partition("\n")[0].strip()
    for text in (value, first_line):
        try:
            loaded = yaml.safe_load(text)
        except (yaml.YAMLError, ValueError, RecursionError):
            continue
        if not isinstance(loaded, dict) or first_line[:1] in {"", "{"}:
            return loaded
    quoted = len(first_line) > 1 and first_line[0] == first_line[-1] and first_line[0] in "\"'"
    return first_line[1:-1] if quoted else first_line


def _lead_flaws(lead: str) -> Iterator[str]:
    stands = "stands before the front matter; clients look for `---` on the first line: remove it"
    if "\ufeff" in lead:
        yield f"a byte order mark {stands}"
    unseen = next((mark for mark in lead if mark in _UNSEEN[1:]), None)
    if unseen:
        yield f"an invisible character (U+{ord(unseen):04X}) {stands}"
    if "<!--" in lead or "#" in lead:
        yield f"a comment or heading {stands}"
    elif lead.strip(_UNSEEN):
        yield f"a blank line {stands}"


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
