"""Wording: what two texts of a skill must share to say the same, and what they may say differently.

An instruction is read as three things. Its **marks** must agree to the last one: numbers, quoted
and backticked literals, names, negations, and words with an opposite (before and after, at least
and at most). Its **roles** must not be exchanged: what is negated, what stands in the condition,
what comes after "before" or "rather than". Its **words**, brought to one form by a small table of
synonyms and by cutting inflections, may differ in part, and how far is the measure of likeness
(:mod:`skillopt.core.skill.similarity`). The tables are for English; a text in another language has
words
and literals only, and so is alike less often. In doubt a text says something new.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from skillopt.core.skill.word_tables import (
    CONDITIONS,
    FRAME,
    MAIN_VERBS,
    MARKS,
    NEGATIONS,
    NUMBERS,
    PHRASES,
    PIVOTS,
    SILENT,
    SYNONYMS,
    UNGROUPED,
)

LONGEST_READ = 20_000
"""Characters of one text that are compared."""

_LITERAL = re.compile(
    r"""(``.+?``|`[^`\n]+`|"[^"\n]+"|\u201c[^\u201c\u201d\n]+\u201d|(?<!\w)'[^'\n]+'(?!\w))"""
)
_TOKEN = re.compile(
    r"""
      (?P<number> (?<![\w.])[+-]?\d+(?:[.,:/-]\d+)*\s?%? )
    | (?P<word> [^\W_]+(?:['\u2019_./-][^\W_]+)*(?:\(\))? )
    | (?P<stop> [.,;:!?\u2014()] | \n )
    """,
    re.VERBOSE,
)
_ENDINGS = (
    *(("ations", "at"), ("ation", "at"), ("ies", "y"), ("ied", "y")),
    *(("ing", ""), ("ed", ""), ("es", ""), ("s", "")),
)
_VOWEL = re.compile(r"[aeiouy]")


class Wording(NamedTuple):
    """A text as it is compared."""

    words: tuple[str, ...]
    """Canonical words, sorted; silent ones left out."""
    marks: tuple[str, ...]
    """What must agree, sorted: each literal, number and name once, each negation as often as it is
    there."""
    roles: frozenset[tuple[str, str]]
    """Pairs of a word or mark and the role it has in the text."""
    follows: frozenset[tuple[str, str]]
    """Pairs of words or marks that stand behind each other in one clause."""


@lru_cache(maxsize=4096)
def wording(text: str) -> Wording:
    """``text`` as it is compared."""
    reading = _Reading()
    for kind, token in _tokens(text[:LONGEST_READ]):
        reading.take(kind, token)
    return Wording(
        words=tuple(sorted(reading.words)),
        marks=tuple(sorted([*set(reading.marks), *reading.negations])),
        roles=frozenset(reading.roles),
        follows=frozenset(reading.follows),
    )


def exchanged(one: Wording, other: Wording) -> bool:
    """Whether two things that both texts speak of have exchanged a role."""
    known = {token for token, _ in one.roles} & {token for token, _ in other.roles}
    mine, theirs = _by_role(one, known), _by_role(other, known)
    return _swapped(one, other) or any(
        mine[role] - theirs[role] and theirs[role] - mine[role]
        for role in mine.keys() & theirs.keys()
    )


def _swapped(one: Wording, other: Wording) -> bool:
    """Whether two words have changed places: `p x … q y` here is `p y … q x` there."""
    return any(
        x != y and (p, y) in other.follows and (q, x) in other.follows
        for p, x in one.follows - other.follows
        for q, y in one.follows - other.follows
    )


def _by_role(text: Wording, known: set[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for token, role in text.roles:
        if token in known:
            found.setdefault(role, set()).add(token)
    return found


class _Reading:
    """Reads tokens in order and keeps track of what the place of each one means."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.marks: list[str] = []
        self.negations: list[str] = []
        self.roles: set[tuple[str, str]] = set()
        self.follows: set[tuple[str, str]] = set()
        self._denied = False
        self._last = ""
        self._condition = False
        self._pivot: str | None = None

    def take(self, kind: str, token: str) -> None:
        match kind:
            case "stop":
                self._denied, self._condition, self._pivot, self._last = False, False, None, ""
            case "literal":
                self._mark(f"literal {_bare_literal(token)}", named=True)
            case "number":
                self._mark(f"number {_bare_number(token)}", named=True)
            case _:
                self._word(token)

    def _word(self, token: str) -> None:
        lower = token.lower().replace("\u2019", "'")
        if lower in NEGATIONS:
            self.negations.append("not")
            self._denied = True
        elif lower in CONDITIONS:
            self._denied, self._condition = False, True
        elif lower in NUMBERS:
            self._mark(f"number {NUMBERS[lower]}", named=True)
        elif lower in MARKS or lower in PIVOTS:
            mark = MARKS.get(lower, lower)
            self._pivot = mark if mark in PIVOTS else self._pivot
            if lower in MARKS:
                self._mark(mark, named=False)
        elif lower in SILENT:
            return
        else:
            self._content(token, lower)

    def _content(self, token: str, lower: str) -> None:
        lower = lower.removesuffix("'s")
        canonical = _canonical(lower)
        if canonical in MAIN_VERBS:
            self._condition = False
        if _is_name(token, lower):
            self._mark(f"name {lower}", named=True)
            return
        self.words.append(canonical)
        self._place(canonical, named=False)

    def _mark(self, mark: str, *, named: bool) -> None:
        self.marks.append(mark)
        if named:
            self._place(mark, named=True)

    def _place(self, token: str, *, named: bool) -> None:
        self.roles.add((token, "denied" if self._denied else "stated"))
        self._denied = self._denied and token in FRAME
        if self._last:
            self.follows.add((self._last, token))
        self._last = token
        if named:
            self.roles.add((token, "condition" if self._condition else "consequence"))
        if self._pivot:
            self.roles.add((token, f"behind {self._pivot}"))
            self._pivot = None


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    for index, part in enumerate(_LITERAL.split(text)):
        if index % 2:
            yield "literal", part
            continue
        plain = part
        for pattern, word in PHRASES:
            plain = pattern.sub(word, plain)
        for match in _TOKEN.finditer(plain):
            yield match.lastgroup or "", match.group()


def _bare_literal(token: str) -> str:
    inside = token.strip("`\"'\u201c\u201d")
    return " ".join(inside.split()).rstrip(".,;:")


def _bare_number(token: str) -> str:
    plain = token.replace(" ", "")
    if re.fullmatch(r"[+-]?\d{1,3}(?:,\d{3})+%?", plain):
        plain = plain.replace(",", "")
    if re.fullmatch(r"[+-]?\d+\.\d+%?", plain):
        share = "%" if plain.endswith("%") else ""
        plain = plain.rstrip("%").rstrip("0").rstrip(".") + share
    return plain.lstrip("+")


def _is_name(token: str, lower: str) -> bool:
    """Whether a word names one thing: it has a digit, an underscore or inner capitals."""
    if any(char.isdigit() or char in "_/()." for char in token):
        return True
    inner_capital = any(char.isupper() for char in token[1:])
    return inner_capital and stem(lower) not in _synonyms()


def _canonical(word: str) -> str:
    if word in UNGROUPED:
        return word
    bare = stem(word)
    return _synonyms().get(bare, bare)


@cache
def _synonyms() -> dict[str, str]:
    return {stem(word): group[0] for group in SYNONYMS for word in group}


def stem(word: str) -> str:
    """``word`` without the endings of plural and verb forms."""
    for ending, put in _ENDINGS:
        base = word.removesuffix(ending)
        if base == word or len(base) < 3 or not _VOWEL.search(base) or word.endswith("ss"):  # noqa: PLR2004
            continue
        if ending in ("ing", "ed") and len(base) > 3 and base[-1] == base[-2] not in "ls":  # noqa: PLR2004
            base = base[:-1]
        return (base + put).removesuffix("e")
    return word.removesuffix("e") if len(word) > 3 else word  # noqa: PLR2004
