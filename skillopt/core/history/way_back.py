"""Where the next round sets out from: the incumbent, an earlier version, or the head again.

A search that has collapsed (:mod:`skillopt.core.proposals.collapse`) tries the ways out in turn.
Between two of them one proposal is free: a mode may be the right one after all. One way goes back
to an earlier version of the accepted line, with its stored rollouts and record, to branch off from
there. The version that was left stays the head: it is what the run ends with, unless a version of
the branch beats it in a contest of its own. So a branch never lowers the bar of the gate.
"""

from __future__ import annotations

from typing import NamedTuple

from skillopt.core.history.search import Search, moved
from skillopt.core.proposals.collapse import Leave, collapsed, ways_out
from skillopt.core.skill.skill import Skill

BRANCH_PATIENCE = 2
"""Refused rounds in a row after which the search returns from a branch to the head."""


class Setting(NamedTuple):
    """What the next round starts with."""

    search: Search
    """With the incumbent of the round."""
    leave: Leave | None = None
    """The mode that its proposal must leave."""


def set_out(search: Search, incumbent: Skill) -> Setting:
    """The start of the next round.

    Args:
        search: after the last round.
        incumbent: its version.
    """
    if search.head is not None:
        if search.away < BRANCH_PATIENCE:
            return Setting(search)
        return Setting(moved(search, search.head))
    mode = None if search.bound else collapsed(search.moves)
    if mode is None:
        return Setting(search)
    ways = ways_out(mode, incumbent, back_to=earlier_version(search))
    if not ways:
        return Setting(search)
    leave = ways[search.leaves % len(ways)]
    return Setting(moved(search, leave.back_to) if leave.back_to else search, leave)


def earlier_version(search: Search) -> str | None:
    """The newest version before the incumbent that the search has not gone back to yet."""
    parents = {step.version: step.parent for step in search.line}
    at = parents.get(search.incumbent)
    while at is not None and at in search.visited:
        at = parents.get(at)
    return at
