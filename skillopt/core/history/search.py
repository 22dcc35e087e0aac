"""The search so far, as a value: what the next round needs to know of the rounds before it.

It is derived from the ledger's rounds, never stored: a run that was killed derives the same one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from skillopt.core.gate.contest import GateMemory, Standing
from skillopt.core.gate.drift_result import Drift
from skillopt.core.history.run import AcceptedRound, Round
from skillopt.core.loop_settings import LoopSettings
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
    left: bool = False
    """The search went back behind it."""


class Mark(Value):
    """A version that the search may go back to, as it was left."""

    version: str
    """Its digest."""
    book: dict[str, Standing]
    """Its record on the validation tasks."""
    contests: int
    """Rounds that it has stood at the gate."""


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
    """The accepted proposals, in order."""
    marks: tuple[Mark, ...] = ()
    """The first version, and the last one that held where there was a check; empty before the first
    acceptance."""
    unchecked: int = 0
    """Acceptances since the last check of the head."""

    @property
    def last_held(self) -> str:
        """Digest of the version that held at the last check; the first version before."""
        return self.marks[-1].version if self.marks else self.incumbent

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
    def stalled(self) -> int:
        """Rounds in a row without an acceptance, up to now."""
        return next(
            (index for index, accepted in enumerate(reversed(self.past)) if accepted),
            len(self.past),
        )


def resumed(first: Search, rounds: Sequence[Round]) -> Search:
    """The search after ``rounds``."""
    search = first
    for round_ in rounds:
        search = after(search, round_)
    return search


def after(search: Search, round_: Round) -> Search:
    """The search after one more round."""
    decision = round_.decision
    if isinstance(decision, AcceptedRound):
        idea = round_.proposal.draft.idea if round_.proposal else ""
        moved = Search(
            incumbent=decision.candidate,
            book=decision.verdict.book,
            past=(*search.past, True),
            memory=decision.verdict.memory,
            line=(*search.line, Accepted(round_.number, idea, decision.candidate)),
            marks=_left(search),
            unchecked=search.unchecked + 1,
        )
        return checked(moved, round_.drift) if round_.drift else moved
    verdict = decision.verdict
    return search.model_copy(
        update={
            "past": (*search.past, False),
            "contests": search.contests + (verdict is not None),
            "book": verdict.book if verdict else search.book,
            "memory": verdict.memory if verdict else search.memory,
            "silent": search.silent + 1 if decision.code == MisfitReason.NO_EDITS else 0,
        }
    )


def checked(search: Search, drift: Drift) -> Search:
    """The search after a check of its head: it stays there, or goes back."""
    first, *_ = search.marks
    if drift.back_to is None:
        held = Mark(version=search.incumbent, book=search.book, contests=0)
        return search.model_copy(update={"marks": (first, held), "unchecked": 0})
    at = next(index for index, one in enumerate(search.marks) if one.version == drift.back_to)
    mark = search.marks[at]
    kept = next(
        (number for number, step in enumerate(search.line, 1) if step.version == mark.version), 0
    )
    left = (step._replace(left=True) for step in search.line[kept:])
    return search.model_copy(
        update={
            "incumbent": mark.version,
            "book": mark.book,
            "contests": mark.contests,
            "line": (*search.line[:kept], *left),
            "marks": search.marks[: at + 1],
            "unchecked": 0,
        }
    )


def _left(search: Search) -> tuple[Mark, ...]:
    """The marks once the incumbent is left: its trial numbers are used up by one more contest."""
    here = Mark(version=search.incumbent, book=search.book, contests=search.contests + 1)
    if not search.marks:
        return (here,)
    return tuple(here if one.version == here.version else one for one in search.marks)


def stop_reason(search: Search, settings: LoopSettings) -> str | None:
    """Why no further round is run, or None."""
    if len(search.past) >= settings.rounds:
        return "rounds"
    if search.stalled >= settings.patience:
        return "patience"
    if search.silent >= SILENT_ROUNDS:
        return "nothing left to propose"
    return None
