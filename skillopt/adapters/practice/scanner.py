"""The sentences of a skill, each as a short list of tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from skillopt.core.skill.document import Span
from skillopt.core.skill.skill import Skill

MOST_SENTENCES = 5_000
LONGEST_SENTENCE = 8_000
"""Characters; what is longer is no rule."""


class Kind(Enum):
    """What a token is."""

    WORD = auto()
    COMMA = auto()
    PHRASE = auto()
    """Text in double quotes."""
    CODE = auto()
    """Text in backticks."""


class Token(NamedTuple):
    """A word in lower case, a comma, or quoted text as it stands."""

    kind: Kind
    text: str


class Sentence(NamedTuple):
    """A sentence of the skill's body."""

    span: Span
    """Where it stands, list marker apart, full stop included."""
    tokens: tuple[Token, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """One entry per token: its text where it is a word, else ""."""
        return tuple(token.text if token.kind is Kind.WORD else "" for token in self.tokens)


_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_FENCE = re.compile(r"[ \t]*(?:>[ \t]?)*(?:[-*+][ \t]+)?(`{3,}|~{3,})")
_MARKER = re.compile(r"[ \t]*(?:>[ \t]?)*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?:\[[ xX]\][ \t]+)?")
_APART = re.compile(r"\s*(?:#{1,6}(?:\s|$)|<!--|\||-{3,}\s*$|={3,}\s*$|$)")
_OPENER = re.compile(
    r"(?:When|Whenever|If|Otherwise|By default|Set|Answer|Reply|Write|Start|End|Keep|Drop)\b"
)
_PIECE = re.compile(
    r'"[^"]{0,300}"|\u201c[^\u201c\u201d]{0,300}\u201d|`[^`]{0,2000}`|[.!?](?=\s|$)'
)
_TOKEN = re.compile(
    r'"(?P<straight>[^"]{0,300})"|\u201c(?P<curly>[^\u201c\u201d]{0,300})\u201d|'
    r"`(?P<code>[^`]{0,2000})`|(?P<comma>,)|(?P<word>\w+(?:-\w+)*)"
)


def sentences(skill: Skill) -> tuple[Sentence, ...]:
    """The sentences outside front matter, headings, tables, comments and code fences."""
    found: list[Sentence] = []
    for paragraph in _paragraphs(skill):
        found += [
            Sentence(span, _tokens(skill.text[span.start : span.end]))
            for span in _split(skill.text, paragraph)
            if span.end - span.start <= LONGEST_SENTENCE
        ]
        if len(found) >= MOST_SENTENCES:
            break
    return tuple(found[:MOST_SENTENCES])


def _paragraphs(skill: Skill) -> Iterator[Span]:
    """List items and runs of lines; a line that opens like a rule opens a paragraph."""
    fence = ""
    start = end = -1
    for line in _LINE.finditer(skill.text, skill.body.start):
        text = line.group()
        mark = _FENCE.match(text)
        marker = _MARKER.match(text)
        begin = line.start() + (marker.end() if marker else 0)
        apart = bool(fence) or mark is not None or _APART.match(text) is not None
        fresh = begin > line.start() + len(text) - len(text.lstrip())
        if start >= 0 and (apart or fresh or _OPENER.match(skill.text, begin)):
            yield Span(start, end)
            start = -1
        fence = _after(fence, mark, text)
        if not apart:
            start = begin if start < 0 else start
            end = line.start() + len(text.rstrip())
    if start >= 0:
        yield Span(start, end)


def _after(fence: str, mark: re.Match[str] | None, line: str) -> str:
    """The open fence after this line, "" where none is."""
    if mark is None:
        return fence
    if not fence:
        return mark.group(1)
    closes = mark.group(1).startswith(fence) and not line[mark.end() :].strip()
    return "" if closes else fence


def _split(text: str, paragraph: Span) -> Iterator[Span]:
    start = paragraph.start
    for piece in _PIECE.finditer(text, paragraph.start, paragraph.end):
        if piece.group() in ".!?":
            yield Span(start, piece.end())
            start = piece.end()
            while start < paragraph.end and text[start].isspace():
                start += 1
    if start < paragraph.end:
        yield Span(start, paragraph.end)


def _tokens(text: str) -> tuple[Token, ...]:
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind, content = match.lastgroup, match.group(match.lastgroup or 0)
        if kind in {"straight", "curly"}:
            found.append(Token(Kind.PHRASE, " ".join(content.split())))
        elif kind == "code":
            found.append(Token(Kind.CODE, content))
        elif kind == "comma":
            found.append(Token(Kind.COMMA, ","))
        else:
            found.append(Token(Kind.WORD, content.lower()))
    return tuple(found)
