"""The search so far, as a value: what the next round needs to know of the rounds before it.

It is derived from the ledger's rounds, never stored: a run that was killed derives the same one.
Where a round was proposed on another version than the incumbent, the search went there first
(:mod:`skillopt.core.history.way_back`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pydantic import Field

from skillopt.core.gate.contest import GateMemory, Standing, Verdict
from skillopt.core.gate.drift_result import Drift
from skillopt.core.history.near_miss import NearMiss, after_round
from skillopt.core.history.run import AcceptedRound, Round
from skillopt.core.history.shrunk import Shrunk, candidates_book
from skillopt.core.history.waiting import is_edited
from skillopt.core.loop_settings import LoopSettings
from skillopt.core.proposals.collapse import Move
from skillopt.core.proposals.refusal import Stage
from skillopt.core.skill.edit import MisfitReason
from skillopt.core.value import Value

TRIALS_PER_CONTEST = 16
"""Trial numbers set aside for each contest: an incumbent's fresh runs are never old ones."""

SILENT_ROUNDS = 2
"""The loop ends when the optimizer has nothing to propose this often in a row: each round shows it
other failures, so that once is not enough."""


class Accepted(NamedTuple):
    """One step of the accepted line."""

    number: int
    """The round."""
    idea: str
    version: str
    """Digest of the version it made."""
    parent: str = ""
    """Digest of the version it was made from."""
    left: bool = False
    """The search went back behind it, since the head did not hold."""


class Held(NamedTuple):
    """A version that is not the incumbent now, as it was when it last was."""

    book: dict[str, Standing]
    contests: int


class Search(Value):
    """Where the search stands."""

    incumbent: str
    """Digest of the version to beat."""
    book: dict[str, Standing]
    """The incumbent's record on the validation tasks."""
    past: tuple[bool, ...] = ()
    """One entry per decided round: accepted or not."""
    contests: int = 0
    """Rounds that this incumbent has stood at the gate."""
    memory: GateMemory = GateMemory()
    """What the contests so far have taught the gate."""
    silent: int = 0
    """Rounds in a row, up to now, in which the optimizer had nothing to propose."""
    line: tuple[Accepted, ...] = ()
    """The accepted proposals, in order, those of branches that were left included."""
    moves: tuple[Move, ...] = ()
    """The refused proposals since the last acceptance, in order."""
    leaves: int = 0
    """Rounds since the last acceptance that were bound to leave a mode."""
    bound: bool = False
    """The last round was bound to leave a mode."""
    head: str | None = None
    """On a branch from an earlier version: digest of the version that was left, still the best."""
    shelf: dict[str, Held] = Field(default_factory=dict)
    """Versions that were the incumbent before."""
    visited: tuple[str, ...] = ()
    """Earlier versions that the search has gone back to."""
    away: int = 0
    """On a branch: refused rounds in a row, up to now."""
    marks: tuple[str, ...] = ()
    """Digests of the first version, and of the last one that held where there was a check; empty
    before the first acceptance."""
    unchecked: int = 0
    """Acceptances since the last check of the head."""
    near_misses: tuple[NearMiss, ...] = ()
    """Contests since the last acceptance that may be continued."""
    shrunk: Shrunk = Shrunk()
    """What the rounds did that shortened the skill."""
    edited: bool = False
    """The next round tests a person's own version of what the last one proposed."""

    @property
    def best(self) -> str:
        """Digest of the version that the run ends with if it ends now."""
        return self.head or self.incumbent

    @property
    def last_held(self) -> str:
        """Digest of the version that held at the last check; the first version before."""
        return self.marks[-1] if self.marks else self.incumbent

    @property
    def ideas(self) -> tuple[str, ...]:
        """Ideas of the accepted proposals, in order."""
        return tuple(step.idea for step in self.line)

    @property
    def next_trial(self) -> int:
        """The first trial number for fresh runs of the incumbent."""
        return TRIALS_PER_CONTEST * (self.contests + 1)

    @property
    def trial_of_round(self) -> int:
        """The same where every round so far was a contest of the version that is run again."""
        return TRIALS_PER_CONTEST * (len(self.past) + 1)

    @property
    def learning(self) -> tuple[bool, ...]:
        """One entry per decided round that did not shorten the skill: accepted or not."""
        return self.shrunk.learning(self.past)

    @property
    def stalled(self) -> int:
        """Such rounds in a row without an acceptance, up to now."""
        past = self.learning
        return next((index for index, won in enumerate(reversed(past)) if won), len(past))


def resumed(first: Search, rounds: Sequence[Round]) -> Search:
    """The search after ``rounds``."""
    search = first
    for round_ in rounds:
        search = after(search, round_)
    return search


def moved(search: Search, to: str) -> Search:
    """The search with a version from the shelf as its incumbent, its record as it was left.

    The version that is left stays the head, the one to beat in the end, until it is taken again.
    """
    shelf = {**search.shelf, search.incumbent: Held(search.book, search.contests)}
    held = shelf[to]
    at_home = to == search.best
    return search.model_copy(
        update={
            "incumbent": to,
            "book": held.book,
            "contests": held.contests,
            "shelf": shelf,
            "head": None if at_home else search.best,
            "visited": search.visited if at_home else (*search.visited, to),
            "away": 0,
        }
    )


def set_out_from(search: Search, parent: str) -> Search:
    """The search as it stood for a round that was proposed on ``parent``."""
    away = parent in search.shelf and parent != search.incumbent
    return moved(search, parent) if away else search


def after(search: Search, round_: Round) -> Search:
    """The search after one more round."""
    if round_.against is not None:
        return _after_shrinking(search, round_, round_.against)
    search = set_out_from(search, round_.parent)
    decision = round_.decision
    if isinstance(decision, AcceptedRound):
        return _after_acceptance(search, round_, decision)
    verdict = decision.verdict
    if verdict is not None and decision.stage is Stage.APPROVAL:
        return _after_a_persons_no(search, round_, verdict)
    move = (round_.move,) if round_.move else ()
    return search.model_copy(
        update={
            "past": (*search.past, False),
            "contests": search.contests + (verdict is not None),
            "book": verdict.book if verdict else search.book,
            "memory": verdict.memory if verdict else search.memory,
            "silent": search.silent + 1 if decision.code == MisfitReason.NO_EDITS else 0,
            "moves": (*search.moves, *move),
            "leaves": search.leaves + (round_.leave is not None),
            "bound": round_.leave is not None,
            "away": search.away + 1 if search.head else 0,
            "near_misses": after_round(search.near_misses, round_),
            "edited": False,
        }
    )


def _after_a_persons_no(search: Search, round_: Round, verdict: Verdict) -> Search:
    """The contest was held and won; the incumbent stays, with the record that it had before."""
    return search.model_copy(
        update={
            "past": (*search.past, False),
            "contests": search.contests + 1,
            "memory": verdict.memory,
            "silent": 0,
            "bound": round_.leave is not None,
            "leaves": search.leaves + (round_.leave is not None),
            "away": search.away + 1 if search.head else 0,
            "edited": is_edited(round_),
        }
    )


def _after_acceptance(search: Search, round_: Round, decision: AcceptedRound) -> Search:
    """The candidate is the incumbent; on a branch it is the head only if it beat that as well."""
    idea = round_.proposal.draft.idea if round_.proposal else ""
    step = Accepted(round_.number, idea, decision.candidate, search.incumbent)
    shelf = {**search.shelf, search.incumbent: Held(search.book, search.contests + 1)}
    rematch = round_.rematch
    if rematch is not None and search.head is not None:
        left = shelf[search.head]
        shelf[search.head] = Held(
            left.book if rematch.accepted else rematch.book, left.contests + 1
        )
    verdict = decision.verdict if rematch is None else rematch
    won = rematch is None or rematch.accepted
    made = Search(
        incumbent=decision.candidate,
        book=verdict.book if won else decision.verdict.book,
        past=(*search.past, True),
        memory=verdict.memory,
        line=(*search.line, step),
        head=None if won else search.head,
        shelf=shelf,
        visited=search.visited,
        marks=search.marks or (search.incumbent,),
        unchecked=search.unchecked + 1,
        shrunk=search.shrunk.gained(),
    )
    return checked(made, round_.drift) if round_.drift else made


def _after_shrinking(search: Search, round_: Round, anchor: str) -> Search:
    """The skill may be shorter; all that rounds go by which look for gains stays as it was."""
    decision, number, verdict = round_.decision, round_.number, round_.decision.verdict
    won = isinstance(decision, AcceptedRound)
    made = search.model_copy(
        update={"past": (*search.past, won), "shrunk": search.shrunk.refused(number)}
    )
    if verdict is None:
        return made
    # The numbers of its fresh runs follow from the round: those of its next contest lie above.
    held = Held(verdict.book, number)
    if anchor == search.incumbent and not won:
        return made.model_copy(update={"book": held.book, "contests": held.contests})
    shelf = {**search.shelf, search.incumbent: Held(search.book, search.contests), anchor: held}
    made = made.model_copy(update={"shelf": shelf})
    if not isinstance(decision, AcceptedRound):
        return made
    idea = round_.proposal.draft.idea if round_.proposal else ""
    step = Accepted(number, idea, decision.candidate, search.incumbent)
    return made.model_copy(
        update={
            "incumbent": decision.candidate,
            "book": candidates_book(decision.verdict),
            "contests": number,
            "line": (*search.line, step),
            "marks": search.marks or (search.incumbent,),
            "shrunk": search.shrunk.accepted(number, anchor=anchor, verdict=decision.verdict),
        }
    )


def checked(search: Search, drift: Drift) -> Search:
    """The search after a check of its head: it stays there, or goes back."""
    if drift.back_to is None:
        return search.model_copy(
            update={"marks": (search.marks[0], search.incumbent), "unchecked": 0}
        )
    held = search.shelf[drift.back_to]
    kept = next(
        (number for number, step in enumerate(search.line, 1) if step.version == drift.back_to), 0
    )
    left = (step._replace(left=True) for step in search.line[kept:])
    return search.model_copy(
        update={
            "incumbent": drift.back_to,
            "book": held.book,
            "contests": held.contests,
            "line": (*search.line[:kept], *left),
            "marks": search.marks[: search.marks.index(drift.back_to) + 1],
            "unchecked": 0,
        }
    )


def stop_reason(search: Search, settings: LoopSettings) -> str | None:
    """Why no further round is run, or None."""
    if search.edited:
        return None
    if len(search.past) >= settings.rounds:
        return "rounds"
    if search.stalled >= settings.patience:
        return "patience"
    if search.silent >= SILENT_ROUNDS:
        return "nothing left to propose"
    return None
