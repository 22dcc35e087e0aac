"""Which skill a record belongs to: its path in the project, not its name.

Two skills of one project may have the same name, so a name is only a label. A skill that was given
as a value has no path; its name is its id.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from typing import NamedTuple

_FILE = "skill.md"


class SkillMove(NamedTuple):
    """A skill's record goes on under another id."""

    seq: int
    """Its place in the ledger's chain."""
    origin: str | None
    """The ledger it was imported from; None for a move that was entered here."""
    old: str
    new: str


def skill_id(*, name: str, path: str | None) -> str:
    """The id of a skill: by its path, or by its name where it was given as a value."""
    return name if path is None else path_id(path)


def path_id(path: str) -> str:
    """The id of the skill at a path of the project.

    It is the skill's folder where the file is a `SKILL.md`, else the file itself, and begins with
    `./` or `../`, so that it is no name.

    Args:
        path: relative to the project; a file, or the folder of a `SKILL.md`.
    """
    place = posixpath.normpath(path.replace("\\", "/"))
    folder, file = posixpath.split(place)
    if file.lower() == _FILE:
        place = folder or "."
    if place in (".", ".."):
        return f"{place}/"
    return place if place.startswith(("/", "../")) else f"./{place}"


def id_now(first: str, *, seq: int, origin: str | None, moves: Sequence[SkillMove]) -> str:
    """The id that a run's record has now, after the moves that were entered later than it.

    A move that was imported concerns only the runs that came from the same ledger.

    Args:
        first: the id of the run's skill when it was entered.
        seq: the run's place in the chain.
        origin: the ledger it was imported from; None for a run that was entered here.
        moves: all moves, oldest first.
    """
    found = first
    for move in moves:
        concerned = move.seq > seq and move.origin in (None, origin)
        if concerned and move.old == found:
            found = move.new
    return found
