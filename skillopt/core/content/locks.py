"""Locks: marks that an edit writes, and what would make a locked region say nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest
from typing import NamedTuple

from skillopt.core.content.finding import Hit, shown
from skillopt.core.content.overrides import UNDO
from skillopt.core.content.reading import prose
from skillopt.core.skill.document import Document, Span
from skillopt.core.skill.skill import Skill

_MARK = re.compile(r"skill[\s_-]{0,3}opt\s{0,5}:\s{0,5}(?:un\s{0,3})?lock")
_OPENED = re.compile(
    r"(?P<comment><!--)|(?P<closed>-->)"
    r"|^(?P<quote>(?:[ ]{0,3}>[ ]?){0,8})[ ]{0,3}(?P<fence>`{3,}|~{3,})(?P<info>[^\n\r]*)"
    r"|<(?P<end>/?)(?P<tag>details|template|script|style|textarea|noscript|del|s|strike|pre|code|"
    r"blockquote|div|span|title|svg|xmp)\b(?P<rest>[^<>]{0,300})>",
    re.MULTILINE | re.IGNORECASE,
)
_VOID = re.compile(
    r"""
    \b(?:rules?|sections?|parts?|texts?|instructions?|guidelines?|requirements?|polic(?:y|ies)|blocks?
       |regions?|statements?|passages?|locks?|what|everything|all|that|this|these|those)
    \ (?:[\w'-]{1,20},?\ ){0,6}?
    (?:no\ longer\ (?:appl|hold|valid|count|bind|in\ (?:force|use))\w{0,4}
     |(?:is|are|was|were|has\ become|have\ become)\ (?:now\ |only\ |just\ |merely\ )?
        (?:obsolete|void|outdated|deprecated|optional|superseded|replaced|withdrawn|expired|invalid
          |a\ joke|an?\ examples?|examples?|not\ binding|not\ in\ force|suggestions?|historical|old)
     |(?:can|may|should|must)\ (?:now\ |safely\ )?be\ (?:ignored|skipped|disregarded|dropped)
     |(?:does|do|did)\ not\ apply|(?:doesn't|don't)\ apply|need\ not\ be\ followed)\b
  | \b(?:locked|lock|marks|markers)\b(?:\ [^ .!?;:]{1,20}){0,6}\ UNDO\b
  | \bUNDO\b(?:\ [^ .!?;:]{1,20}){0,5}\ (?:locked|lock|marks|markers)\b
  | \b(?:between|inside|within)\ the\ (?:lock\ )?(?:marks|markers|comments)\b
      (?:\ [^ .!?;:]{1,20}){0,5}\ UNDO\b
  | \b(?:ignore|disregard|forget|skip|bypass|override|do\ not\ follow|don't\ follow)
    \ (?:[\w'-]{1,20},?\ ){0,5}?(?:lock|locks|locked|above|below|before|previous|preceding|following
      |between)\b
    """.replace("UNDO", UNDO.replace(" ", r"\ ")),
    re.VERBOSE,
)


class _Place(NamedTuple):
    """Where a locked region stands."""

    inside: frozenset[str]
    """What is open there: a fence, a comment, elements."""
    on_its_lines: tuple[str, str]
    """What stands before it and after it on its lines."""


def lock_marks(text: str) -> Iterator[Hit]:
    """Each lock mark in ``text``, however it is spelled."""
    for match in _MARK.finditer(prose(text)[0]):
        yield Hit("locks", "a lock mark", "".join(match[0].split()).lower(), shown(match[0]))


def voids(skill: Skill) -> Iterator[Hit]:
    """Each sentence that says of rules that they do not hold; nothing without a locked region.

    It may stand in another file than what is locked.
    """
    documents = skill.documents.values()
    if not any(document.locked for document in documents):
        return
    for document in documents:
        for match in _VOID.finditer(prose(_unlocked(document))[0]):
            yield Hit("locks", "words against what is locked", match[0], shown(match[0]))


def lost_locks(before: Skill, after: Skill) -> Iterator[Hit]:
    """What of the locked regions changed, and what came around them, file by file."""
    for path in {**before.documents, **after.documents}:
        was, now = (one.documents.get(path, _NOTHING) for one in (before, after))
        if was != now:
            yield from _lost_in(was, now)


_NOTHING = Document(text="")


def _lost_in(before: Document, after: Document) -> Iterator[Hit]:
    if before.locked_texts != after.locked_texts:
        gone = Counter(before.locked_texts) - Counter(after.locked_texts)
        for text in gone or after.locked_texts:
            yield Hit("locks", "a change of what is locked", text, shown(text))
    if not after.locked:
        return
    for was, now in zip_longest(_places(before), _places(after)):
        if was is None or now is None:
            return
        for what in sorted(now.inside - was.inside):
            yield Hit("locks", "something around what is locked", what, shown(what))
        for old, new in zip(was.on_its_lines, now.on_its_lines, strict=True):
            if new != old:
                yield Hit("locks", "something on the line of a lock mark", new, shown(new))


def _unlocked(document: Document) -> str:
    """The text without the locked regions."""
    parts, at = [], 0
    for span in document.locked:
        parts.append(document.text[at : span.start])
        at = span.end
    return "\n".join([*parts, document.text[at:]])


def _places(document: Document) -> list[_Place]:
    text, found, at = document.text, [], 0
    opened = _Open()
    for span in document.locked:
        for match in _OPENED.finditer(text, at, span.start):
            opened.take(match)
        found.append(_Place(opened.names(), _around(text, span)))
        at = span.end
    return found


def _around(text: str, span: Span) -> tuple[str, str]:
    start = max(text.rfind("\n", 0, span.start), text.rfind("\r", 0, span.start)) + 1
    ends = (at for at in (text.find(end, span.end) for end in "\r\n") if at >= 0)
    return text[start : span.start], text[span.end : min(ends, default=len(text))].strip()


class _Open:
    """What is open at a place in Markdown, as it is read on."""

    def __init__(self) -> None:
        self._fence = ""
        self._comment = False
        self._tags: Counter[str] = Counter()

    def names(self) -> frozenset[str]:
        open_tags = {f"<{tag}>" for tag, count in self._tags.items() if count > 0}
        fence = {"a block of code"} if self._fence else set()
        return frozenset(open_tags | fence | ({"an HTML comment"} if self._comment else set()))

    def take(self, match: re.Match[str]) -> None:
        if match["closed"]:
            self._comment = False
        elif match["fence"] and not self._comment:
            self._take_fence(match["fence"], match["info"])
        elif match["comment"] and not self._fence:
            self._comment = True
        elif match["tag"] and not self._fence and not self._comment:
            tag = match["tag"].lower()
            closes = -1 if match["end"] else 0 if match["rest"].endswith("/") else 1
            self._tags[tag] = max(0, self._tags[tag] + closes)

    def _take_fence(self, fence: str, info: str) -> None:
        if not self._fence:
            self._fence = "" if fence[0] == "`" and "`" in info else fence
        elif fence.startswith(self._fence) and not info.strip():
            self._fence = ""
