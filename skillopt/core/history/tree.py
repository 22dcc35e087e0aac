"""A run's search as a tree: versions, what was tried on each, dead branches and ways back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal

from skillopt.core.history.run import AcceptedRound, Round
from skillopt.core.proposals.collapse import Way
from skillopt.core.value import Value

Place = Literal["line", "branch"]


class Tried(Value):
    """One round, under the version that it was proposed on."""

    number: int
    id: str
    outcome: str
    """`accepted`, `rejected` or `inconclusive`."""
    stage: str
    code: str
    idea: str
    losers: int = 0
    """Other proposals of the round, of which this one was chosen."""
    continues: str | None = None
    """Id of the near miss whose contest went on."""
    leave: Way | None = None
    """The way out that the proposal was bound to."""
    back: bool = False
    """The search had come back to this version for it."""
    beat_head: bool | None = None
    """On a branch, where accepted: whether it beat the version that the search had left, too."""
    version: TreeVersion | None = None
    """The version it made, where it was accepted."""


class TreeVersion(Value):
    """A version, and what was tried on it, in order."""

    digest: str
    place: Place
    """`line` if the run ended with it or with one made from it; else `branch`, a dead one."""
    last: bool
    """The run ended with it."""
    tried: tuple[Tried, ...] = ()


Tried.model_rebuild()


def search_tree(rounds: Sequence[Round], *, first: str, last: str) -> TreeVersion:
    """The tree that grows from ``first``.

    Args:
        rounds: of one run, in order.
        first: digest of the version it started from.
        last: digest of the version it ended with, or has reached.
    """
    by_parent: dict[str, list[Round]] = defaultdict(list)
    for round_ in rounds:
        by_parent[round_.parent].append(round_)
    return _version(first, by_parent, _line(rounds, last), _came_back(rounds, first), last)


def _version(
    digest: str,
    by_parent: dict[str, list[Round]],
    line: frozenset[str],
    came_back: frozenset[int],
    last: str,
) -> TreeVersion:
    tried: list[Tried] = []
    for round_ in by_parent.pop(digest, []):
        made = round_.decision.candidate if isinstance(round_.decision, AcceptedRound) else None
        version = _version(made, by_parent, line, came_back, last) if made else None
        tried.append(_tried(round_, version, back=round_.number in came_back))
    return TreeVersion(
        digest=digest,
        place="line" if digest in line else "branch",
        last=digest == last,
        tried=tuple(tried),
    )


def _tried(round_: Round, version: TreeVersion | None, *, back: bool) -> Tried:
    decision = round_.decision
    refused = None if isinstance(decision, AcceptedRound) else decision
    return Tried(
        number=round_.number,
        id=round_.id,
        outcome=decision.outcome,
        stage=refused.stage.value if refused else "gate",
        code=refused.code if refused else decision.verdict.code if decision.verdict else "",
        idea=round_.proposal.draft.idea if round_.proposal else "",
        losers=len(round_.losers),
        continues=round_.continues,
        leave=round_.leave.way if round_.leave else None,
        back=back,
        beat_head=round_.rematch.accepted if round_.rematch else None,
        version=version,
    )


def _line(rounds: Sequence[Round], last: str) -> frozenset[str]:
    """The versions from the first to the last."""
    parents = {
        round_.decision.candidate: round_.parent
        for round_ in rounds
        if isinstance(round_.decision, AcceptedRound)
    }
    found = {last}
    while last in parents and parents[last] not in found:
        last = parents[last]
        found.add(last)
    return frozenset(found)


def _came_back(rounds: Sequence[Round], first: str) -> frozenset[int]:
    """The rounds that set out from another version than the one before them came to."""

    def numbers() -> Iterator[int]:
        at = first
        for round_ in rounds:
            if round_.parent != at:
                yield round_.number
            accepted = isinstance(round_.decision, AcceptedRound)
            at = (round_.decision.candidate if accepted else None) or round_.parent

    return frozenset(numbers())
