"""What tuning a library gives back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from skillopt.app.result import Shipped, Written, shipped_of
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.history.run import AcceptedRound, Round, RunRecord
from skillopt.core.loop_settings import SpendLimits
from skillopt.core.value import Value

State = Literal["tuned", "not begun", "waits", "left out", "invalid", "failed"]


class TunedSkill(Value):
    """A skill of a library, and how its run ended."""

    path: str
    """Its file."""
    state: State
    """`tuned`: its run has ended. `not begun`: the budget had no room for it. `waits`: a proposal
    waits for approval. `left out`: it has no tasks. `invalid`: its tasks or settings cannot be
    used. `failed`: the provider or the ledger failed. What waits or failed goes on with the same
    call."""
    reason: str | None = None
    """Why it was not tuned to the end, in one sentence."""
    run: str | None = None
    """Id of its run, where one has begun."""
    baseline: float | None = None
    """The first version's mean score on the validation tasks."""
    sealed: SealedTest | None = None
    """The first version against the last, where an edit was accepted and spend was left for it."""
    shipped: Shipped | None = None
    """As for a run of one skill."""
    rounds: int = 0
    accepted: int = 0
    """Proposals that were accepted."""
    stopped_by: str | None = None
    """Why its rounds ended."""
    usage: Usage = Usage()
    """What its run has paid."""
    written: Written | None = None
    """The outcome for its file, where this call has ended the run."""


class TunedLibrary(Value):
    """A library after its tuning."""

    library: str | None
    """Its id, which its runs in the ledger name; None where none could begin."""
    limits: SpendLimits
    """The budget of all of them together."""
    skills: tuple[TunedSkill, ...]
    """By path."""

    @property
    def usage(self) -> Usage:
        """What all of them paid."""
        return sum((one.usage for one in self.skills), Usage())

    def of(self, *states: State) -> tuple[TunedSkill, ...]:
        """The skills in one of these states."""
        return tuple(one for one in self.skills if one.state in states)


def tuned_skill(
    path: str,
    record: RunRecord,
    rounds: Sequence[Round],
    *,
    state: State = "tuned",
    reason: str | None = None,
    usage: Usage | None = None,
    written: Written | None = None,
) -> TunedSkill:
    """A skill whose run has begun, by what the ledger has of it.

    Args:
        path: its file.
        record: its run.
        rounds: the decided ones.
        state: how it is.
        reason: why it was not tuned to the end.
        usage: what the run has paid, where it has no end; by default what its end says.
        written: the outcome for its file.
    """
    ended = state == "tuned"
    return TunedSkill(
        path=path,
        state=state,
        reason=reason,
        run=record.id,
        baseline=record.baseline,
        sealed=record.sealed,
        shipped=shipped_of(record, rounds) if ended else None,
        rounds=len(rounds),
        accepted=sum(isinstance(one.decision, AcceptedRound) for one in rounds),
        stopped_by=record.stopped_by if ended else None,
        usage=record.usage if usage is None else usage,
        written=written,
    )
