"""One text of a skill: its SKILL.md, or a text file beside it, with the map that edits need.

Bytes are kept: reading and writing are inverse, with or without a byte order mark, carriage
returns, a final newline or front matter keys nobody knows (Agent Skills format,
agentskills.io/specification). Nothing is ever re-serialised.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from skillopt.core.skill.canonical_text import nfc
from skillopt.core.skill.front_matter import FrontMatter, find_front_matter
from skillopt.core.value import Value

LOCK_MARKS = ("skillopt:lock", "skillopt:unlock")
"""What no edit may write; tolerant of how the comment around it is spelled."""

BOM = "\ufeff"
_NEWLINE = re.compile(r"\r\n?|\n")
_LOCKED = re.compile(r"<!--\s*skillopt:lock\s*-->.*?(?:<!--\s*skillopt:unlock\s*-->|\Z)", re.DOTALL)
_MARK = re.compile(r"<!--\s*skillopt:(?:un)?lock\s*-->")
_NEARLY_MARKS = re.compile(
    r"<!--[ \t]{0,9}skill[ _-]?opt[ \t]{0,9}:?[ \t]{0,9}(?:un)?lock[ \t]{0,9}-->", re.IGNORECASE
)


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


class Document(Value):
    """One text, exactly as it is, and where its parts are."""

    text: str
    """A byte order mark included."""
    markdown: bool = True
    """It may have front matter and headings; a script's comments are none."""

    @cached_property
    def front_matter_found(self) -> FrontMatter:
        """Where the front matter is, what it says, and what is odd about its place."""
        return find_front_matter(self.text) if self.markdown else FrontMatter()

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

    @property
    def body_text(self) -> str:
        """The text after the front matter."""
        return self.text[self.body.start :]

    @cached_property
    def unread_marks(self) -> tuple[str, ...]:
        """What looks like a lock mark and locks nothing."""
        near = (match[0] for match in _NEARLY_MARKS.finditer(self.text))
        return tuple(mark for mark in near if not _MARK.fullmatch(mark))

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Every heading outside code fences, in order (CommonMark's rules)."""
        return _sections(self.text, self.body) if self.markdown else ()

    @cached_property
    def locked(self) -> tuple[Span, ...]:
        """Regions between lock and unlock comments, marks included; an open one goes to the end."""
        return tuple(Span(*match.span()) for match in _LOCKED.finditer(self.text))

    @cached_property
    def locked_texts(self) -> tuple[str, ...]:
        """The locked regions' texts, in order."""
        return tuple(self.text[span.start : span.end] for span in self.locked)

    def with_own_newlines(self, text: str) -> str:
        """``text`` with the line endings this text uses most."""
        return _NEWLINE.sub(self._newline, text)

    def as_written(self, text: str) -> str:
        """``text`` as it stands in this one: with its line endings, or as it is given."""
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
