"""Repeats: statements that an edit adds although the skill has them already."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from skillopt.core.skill.changes import FENCE, statements
from skillopt.core.skill.places import place_name
from skillopt.core.skill.similarity import text_similarity
from skillopt.core.skill.skill import Skill

FEWEST_WORDS = 2
"""Shorter statements ("Example:", "or") may stand in a section twice."""
FEWEST_WORDS_ELSEWHERE = 3
"""Shorter ones ("Write JSON.") may stand in two sections."""
SAME = 1 - 1e-9
"""The similarity of two statements that say the same."""

_WORD = re.compile(r"\w+")


class Repeat(NamedTuple):
    """A statement that a new version adds, and the one that says the same already."""

    added: str
    present: str
    section: str
    """Where `present` stands (:mod:`skillopt.core.skill.places`); "" above the first heading."""


class _Statement(NamedTuple):
    section: str
    text: str
    words: tuple[str, ...]


def first_repeat(before: Skill, after: Skill) -> Repeat | None:
    """The first statement that ``after`` adds to ``before`` and that it says elsewhere already.

    The same words count wherever they stand, the same statement in other words within one section.
    Headings, table rows, code and very short statements are not compared. What is moved or
    reworded is no repeat: the statement it was is gone.
    """
    kept, added = _kept_and_added(before, after)
    by_words: dict[tuple[str, ...], _Statement] = {}
    by_section: dict[str, list[_Statement]] = {}
    for one in kept:
        by_words.setdefault(_name(one), one)
        by_section.setdefault(one.section, []).append(one)
    for new in added:
        present = by_words.setdefault(_name(new), new)
        if present is not new:
            return Repeat(new.text, present.text, present.section)
        for old in by_section.get(new.section, ()):
            if text_similarity(old.text, new.text) >= SAME:
                return Repeat(new.text, old.text, old.section)
    return None


def _name(one: _Statement) -> tuple[str, ...]:
    """What two statements share that say the same: their words; short ones their section too."""
    return one.words if len(one.words) >= FEWEST_WORDS_ELSEWHERE else ("", one.section, *one.words)


def _kept_and_added(before: Skill, after: Skill) -> tuple[list[_Statement], list[_Statement]]:
    """The statements of ``after`` that ``before`` has, and those it has not (or not so often)."""
    left = Counter(one.words for one in _statements(before))
    kept: list[_Statement] = []
    added: list[_Statement] = []
    for one in _statements(after):
        (kept if left[one.words] > 0 else added).append(one)
        left[one.words] -= 1
    return kept, added


def _statements(skill: Skill) -> Iterator[_Statement]:
    """The statements that are compared, with their sections, in the order of the text."""
    for file, document in skill.documents.items():
        text, sections = document.text, document.sections
        ends = [*(section.span.start for section in sections), document.body.end]
        yield from _of_text(place_name(file, ()), text[document.body.start : ends[0]])
        for section, end in zip(sections, ends[1:], strict=True):
            place = place_name(file, section.path)
            yield from _of_text(place, text[section.content_start : end])


def _of_text(section: str, text: str) -> Iterator[_Statement]:
    for said in statements(_without_code(text)):
        words = tuple(_WORD.findall(said.casefold()))
        if len(words) >= FEWEST_WORDS and not said.startswith(("#", "|")):
            yield _Statement(section, said, words)


def _without_code(text: str) -> str:
    """The text without its fenced blocks; an empty line stands for each."""
    kept: list[str] = []
    in_code = False
    for line in text.splitlines():
        if FENCE.match(line):
            in_code = not in_code
            kept.append("")
        elif not in_code:
            kept.append(line)
    return "\n".join(kept)
