"""A skill: its exact text, and the map of it that edits need.

Bytes are kept: reading and writing are inverse, with or without a byte order mark, carriage
returns, a final newline or front matter keys nobody knows (Agent Skills format,
agentskills.io/specification). Nothing is ever re-serialised.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

from pydantic import Field, field_validator

from skillopt.core.skill.canonical_text import nfc
from skillopt.core.skill.encodings import conversion, probable_encoding
from skillopt.core.skill.format_rules import format_flaws
from skillopt.core.skill.front_matter import FrontMatter, find_front_matter, read_fields
from skillopt.core.skill.skill_file import SKILL_MD, SkillFile
from skillopt.core.value import Value, content_hash, is_empty, text_hash
from skillopt.errors import SkillError

LOCK_MARKS = ("skillopt:lock", "skillopt:unlock")
"""What no edit may write; tolerant of how the comment around it is spelled."""

LARGEST_SKILL = 1_000_000
"""Characters. Clients cap skills far lower; beyond this a file is not a skill."""

BOM = "\ufeff"
_NEWLINE = re.compile(r"\r\n?|\n")
_LOCKED = re.compile(r"<!--\s*skillopt:lock\s*-->.*?(?:<!--\s*skillopt:unlock\s*-->|\Z)", re.DOTALL)
_MARK = re.compile(r"<!--\s*skillopt:(?:un)?lock\s*-->")
_NEARLY_MARKS = re.compile(
    r"<!--[ \t]{0,9}skill[ _-]?opt[ \t]{0,9}:?[ \t]{0,9}(?:un)?lock[ \t]{0,9}-->", re.IGNORECASE
)
_SPELLING = "write `<!-- skillopt:lock -->` and `<!-- skillopt:unlock -->`, without further spaces"


class Span(NamedTuple):
    """A stretch of the text, ``[start, end)``, in characters."""

    start: int
    end: int

    def touches(self, other: Span) -> bool:
        """Whether ``other`` shares a character with this span or is a point inside it."""
        if other.start == other.end:
            return self.start < other.start < self.end
        return self.start < other.end and other.start < self.end


class Section(NamedTuple):
    """A heading and all that stands under it, deeper headings included."""

    path: tuple[str, ...]
    """The headings from the outermost to this one."""
    level: int
    span: Span
    content_start: int
    """Where the line after the heading begins."""

    def is_at(self, path: tuple[str, ...]) -> bool:
        """Whether ``path`` names this section: its whole heading path or the end of it."""
        wanted = tuple(nfc(_bare_heading(part)) for part in path)
        return tuple(nfc(part) for part in self.path[-len(wanted) :]) == wanted


class Skill(Value):
    """A skill: the text of its SKILL.md and the files around it, exactly as they are."""

    text: str
    """The SKILL.md, a byte order mark included."""
    files: tuple[SkillFile, ...] = Field(default=(), exclude_if=is_empty)
    """The folder's other files, by path."""

    @field_validator("files")
    @classmethod
    def _each_once(cls, files: tuple[SkillFile, ...]) -> tuple[SkillFile, ...]:
        ordered = sorted(files, key=lambda file: file.path)
        paths = [SKILL_MD, *(file.path for file in ordered)]
        twice = next((path for path, next_ in pairwise(sorted(paths)) if path == next_), None)
        if twice:
            raise ValueError(f"{twice!r} is there twice; a path names one file")
        return tuple(ordered)

    @classmethod
    def from_bytes(cls, data: bytes) -> Skill:
        """Read a file's content.

        Raises:
            SkillError: not UTF-8, a NUL byte, or larger than :data:`LARGEST_SKILL`.
        """
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise SkillError(
                f"byte {error.start} is not UTF-8; a skill is a UTF-8 text file: {conversion(data)}"
            ) from None
        if "\0" in text:
            utf_16 = probable_encoding(data).startswith("UTF-16")
            raise SkillError(
                f"NUL byte at {text.index(chr(0))}; a skill is a UTF-8 text file: "
                f"{conversion(data) if utf_16 else 'remove that byte'}"
            )
        if len(text) > LARGEST_SKILL:
            raise SkillError(f"{len(text)} characters; a skill has at most {LARGEST_SKILL}")
        return cls(text=text)

    def to_bytes(self) -> bytes:
        """The file's content; the inverse of :meth:`from_bytes`."""
        return self.text.encode("utf-8")

    @cached_property
    def digest(self) -> str:
        """64 hex digits: SHA-256 of the SKILL.md's bytes; with other files, of the tree."""
        if not self.files:
            return text_hash(self.text)
        others = [[file.path, file.digest, file.executable] for file in self.files]
        return content_hash({"skill": text_hash(self.text), "files": others})

    @cached_property
    def front_matter_found(self) -> FrontMatter:
        """Where the front matter is, what it says, and what is odd about its place."""
        return find_front_matter(self.text)

    @property
    def front_matter(self) -> str:
        """The front matter with its fences and all before it, or "" where there is none."""
        return self.text[: self.front_matter_found.end]

    @cached_property
    def body(self) -> Span:
        """Everything after the front matter."""
        start = self.front_matter_found.end
        if not start and self.text.startswith(BOM):
            start = 1
        return Span(start, len(self.text))

    @cached_property
    def fields(self) -> dict[str, Any]:
        """The front matter's keys, read leniently, as clients do: it is never written back."""
        return read_fields(self.front_matter_found.content)

    @property
    def name(self) -> str | None:
        """The front matter's `name`."""
        name = self.fields.get("name")
        return name if isinstance(name, str) and name else None

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What a validator of the Agent Skills format objects to, and marks that lock nothing."""
        found = self.front_matter_found
        flaws = (*found.flaws, *format_flaws(found, self.fields)) if found.end else ()
        return (*flaws, *(f"`{mark}` locks nothing: {_SPELLING}" for mark in self._no_marks))

    @property
    def _no_marks(self) -> list[str]:
        near = (match[0] for match in _NEARLY_MARKS.finditer(self.text))
        return [mark for mark in near if not _MARK.fullmatch(mark)]

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Every heading outside code fences, in order (CommonMark's rules)."""
        return _sections(self.text, self.body)

    @cached_property
    def locked(self) -> tuple[Span, ...]:
        """Regions between lock and unlock comments, marks included; an open one goes to the end."""
        return tuple(Span(*match.span()) for match in _LOCKED.finditer(self.text))

    @cached_property
    def locked_texts(self) -> tuple[str, ...]:
        """The locked regions' texts, in order."""
        return tuple(self.text[span.start : span.end] for span in self.locked)

    def with_own_newlines(self, text: str) -> str:
        """``text`` with the line endings this skill uses most."""
        return _NEWLINE.sub(self._newline, text)

    def as_written(self, text: str) -> str:
        """``text`` as it stands in the skill: with the skill's line endings, or as it is given."""
        own = self.with_own_newlines(text)
        return text if own not in self.text and text in self.text else own

    @cached_property
    def _newline(self) -> str:
        crlf = self.text.count("\r\n")
        uses = {
            "\n": self.text.count("\n") - crlf,
            "\r\n": crlf,
            "\r": self.text.count("\r") - crlf,
        }
        return max(uses, key=lambda newline: uses[newline])


def _sections(text: str, body: Span) -> tuple[Section, ...]:
    from markdown_it import MarkdownIt

    starts = [body.start, *(body.start + m.end() for m in _NEWLINE.finditer(text[body.start :]))]
    starts.append(len(text))
    tokens = MarkdownIt("commonmark").parse(text[body.start :])
    heads: list[tuple[int, str, int, int]] = []
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.map and token.level == 0:
            first, last = token.map
            heads.append((int(token.tag[1:]), inline.content, starts[first], starts[last]))
    found: list[Section] = []
    path: list[tuple[int, str]] = []
    for index, (level, title, start, content_start) in enumerate(heads):
        later = (head[2] for head in heads[index + 1 :] if head[0] <= level)
        path = [*(part for part in path if part[0] < level), (level, title)]
        names = tuple(_bare_heading(part[1]) for part in path)
        found.append(Section(names, level, Span(start, next(later, len(text))), content_start))
    return tuple(found)


def _bare_heading(title: str) -> str:
    return " ".join(title.lstrip("#").split())
