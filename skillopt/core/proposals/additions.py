"""What an edited version of a skill says that the one before does not."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property

from skillopt.core.evaluation.check_mechanics import pattern_key
from skillopt.core.evaluation.leak_index import Shingle, shingles_of
from skillopt.core.evaluation.plain_words import placed_words, plain_text, plain_words
from skillopt.core.skill.skill import Skill

_PIECES = re.compile(r"[\"“”„«»`|]|(?<=\w)[:;](?=\s)|→|->|=>")


class Before:
    """The version that is edited, in the forms that additions are compared with."""

    def __init__(self, skill: Skill) -> None:
        self._text = skill.all_text
        self.lines = frozenset(self._text.splitlines())

    @cached_property
    def plain(self) -> str:
        """All of it in plain form."""
        return plain_text(self._text)

    @cached_property
    def words(self) -> frozenset[str]:
        """Its plain words."""
        return frozenset(plain_words(self._text))

    @cached_property
    def shingles(self) -> frozenset[Shingle]:
        """Its runs of plain words."""
        return frozenset(shingles_of(plain_words(self._text)))

    @cached_property
    def pattern(self) -> str:
        """Its text as patterns are compared."""
        return pattern_key(self._text)


class Added:
    """What an edited version has that the one before has not."""

    def __init__(self, before: Before, lines: list[str]) -> None:
        self.before = before
        self.lines = lines
        self.words, self.chunks = placed_words(self.lines)
        self.places: dict[Shingle, list[int]] = defaultdict(list)
        for at, shingle in enumerate(shingles_of([word.plain for word in self.words])):
            if shingle not in before.shingles:
                self.places[shingle].append(at)

    @classmethod
    def of(cls, before: Skill, after: Skill) -> Added:
        """The lines that are new, in any of the files, and the names of files that are."""
        old = Before(before)
        return cls(old, [line for line in after.all_text.splitlines() if line not in old.lines])

    @cached_property
    def plain_lines(self) -> list[str]:
        """The lines in plain form."""
        return [plain_text(line) for line in self.lines]

    @cached_property
    def plain(self) -> str:
        """All of it in plain form."""
        return plain_text("\n".join(self.lines))

    @cached_property
    def pieces(self) -> list[tuple[Shingle, int]]:
        """What stands between quotes and in cells, or on a line, as words, and on which line."""
        return [
            (tuple(plain_words(piece)), number)
            for number, line in enumerate(self.lines)
            for piece in {line, *_PIECES.split(line)}
        ]

    def passage(self, first: int, last: int) -> str:
        """The text from one word to another one, as it is written."""
        return " ".join(self.chunks[self.words[first].chunk : self.words[last].chunk + 1])
