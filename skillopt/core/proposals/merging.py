"""Merges: two list items that differ in one place become one that names both.

`- rolls: bakery` and `- cake: bakery` become `- rolls or cake: bakery`. Only items of one section
that end alike are merged: what differs is then what they ask about, and what they say of it is the
same. Whether the target reads the shorter rule as it read the two is for the gate to find out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, takewhile
from typing import NamedTuple

from skillopt.core.skill.edit import Delete, Edit, Replace, apply
from skillopt.core.skill.skill import Skill

LONGEST_DIFFERENCE = 60
"""Characters in which one of the two items may differ from the other."""

_TOKEN = re.compile(r"\"[^\"\n]*\"|`[^`\n]*`|\w+(?:[-'\u2019.]\w+)*|\s+|.", re.DOTALL)
_ITEM = re.compile(r"(?P<bullet>\s*(?:[-*+]|\d{1,9}[.)])\s+)(?P<said>.*?)(?P<end>\s*)\Z", re.DOTALL)

_PARTS = frozenset(",;:.!?()[]{}|")
_CONSEQUENCE = re.compile(r"[,:]|\b(?:then|means|is|are)\b")
"""What follows has a consequence in it: the two differ in what it follows from."""


class Merge(NamedTuple):
    """Two items in one."""

    first: str
    second: str
    """The two as they stand, without bullets."""
    edits: tuple[Edit, ...]
    saved: int
    """Characters."""


class _Item(NamedTuple):
    piece: Delete
    bullet: str
    said: str
    end: str


def merges(skill: Skill, pieces: Sequence[Delete]) -> tuple[Merge, ...]:
    """The merges that fit ``skill``, those that save most first.

    Args:
        skill: the version whose rules are merged.
        pieces: what can be deleted from it; its list items are looked at.
    """
    found = (
        merge
        for one, other in combinations(_items(skill, pieces), 2)
        if (merge := _merge(one, other))
        if isinstance(apply(skill, merge.edits), Skill)
    )
    return tuple(sorted(found, key=lambda merge: -merge.saved))


def _items(skill: Skill, pieces: Sequence[Delete]) -> Iterator[_Item]:
    """The list items, in the order of the text."""
    texts = {file: document.text for file, document in skill.documents.items()}
    places = {file: place for place, file in enumerate(texts)}
    for piece in sorted(
        pieces, key=lambda piece: (places[piece.file], texts[piece.file].find(piece.anchor))
    ):
        item = _ITEM.fullmatch(piece.anchor)
        if item and "\n" not in item["said"]:
            yield _Item(piece, item["bullet"], item["said"], item["end"])


def _merge(one: _Item, other: _Item) -> Merge | None:
    mine, theirs = one.piece, other.piece
    if (mine.file, mine.section) != (theirs.file, theirs.section):
        return None
    if one.bullet.strip()[-1] != other.bullet.strip()[-1]:
        return None
    said = joined(one.said, other.said)
    if said is None:
        return None
    text = f"{one.bullet}{said}{one.end}"
    merged = Replace(anchor=mine.anchor, text=text, section=mine.section, file=mine.file)
    edits = (merged, theirs)
    saved = len(mine.anchor) + len(theirs.anchor) - len(text)
    return Merge(one.said, other.said, edits, saved) if saved > 0 else None


def joined(one: str, other: str) -> str | None:
    """One statement that says what both say; None where they do not differ in one place alone."""
    mine, theirs = _TOKEN.findall(one), _TOKEN.findall(other)
    most = min(len(mine), len(theirs))
    start = _alike(mine, theirs, most)
    end = _alike(mine[::-1], theirs[::-1], most - start)
    before, behind = "".join(mine[:start]), "".join(mine[len(mine) - end :])
    middles = ["".join(all_[start : len(all_) - end]) for all_ in (mine, theirs)]
    wide = max(map(len, middles))
    if not all(map(_is_phrase, middles)) or wide > LONGEST_DIFFERENCE:
        return None
    if not re.search(r"\w", behind) or len(before) + len(behind) < wide:
        return None
    first, second = middles
    gap = first[: len(first) - len(first.lstrip())], first[len(first.rstrip()) :]
    link = "or" if _CONSEQUENCE.search(behind) else "and"
    return f"{before}{gap[0]}{first.strip()} {link} {second.strip()}{gap[1]}{behind}"


def _is_phrase(text: str) -> bool:
    """Whether it has words, and no mark that parts clauses outside of literals."""
    tokens = _TOKEN.findall(text)
    return bool(text.strip()) and not any(token in _PARTS for token in tokens)


def _alike(mine: Sequence[str], theirs: Sequence[str], most: int) -> int:
    pairs = zip(mine[:most], theirs[:most], strict=True)
    return len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
