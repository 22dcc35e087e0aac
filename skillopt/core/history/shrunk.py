"""Rounds that shorten the skill, in a run that learns as well.

A deletion is compared with the last version that was accepted for a gain, never with the one before
it, so that small losses cannot add up between two gains. What such a stretch was measured to lose
is taken off the margin of the next one: the margin is for the whole run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from skillopt.core.gate import GateTask, Verdict
from skillopt.core.gate.contest import Standing
from skillopt.core.gate.power import least_margin
from skillopt.core.loop_settings import LoopSettings
from skillopt.core.value import Value


class Shrunk(Value):
    """What the shrinking rounds of a run have done so far."""

    rounds: tuple[int, ...] = ()
    """Their numbers."""
    anchor: str | None = None
    """Digest of the version before the deletions since the last gain; None where none was made."""
    lost: float = 0.0
    """Points that those were measured to lose."""
    conceded: float = 0.0
    """Points that earlier ones were measured to lose."""

    def refused(self, number: int) -> Shrunk:
        """After a refused deletion or merge."""
        return self.model_copy(update={"rounds": (*self.rounds, number)})

    def accepted(self, number: int, *, anchor: str, verdict: Verdict) -> Shrunk:
        """After an accepted one; the verdict is on all since the anchor together."""
        lost = max(0.0, -100 * (verdict.gain or 0.0))
        return self.refused(number).model_copy(update={"anchor": anchor, "lost": lost})

    def gained(self) -> Shrunk:
        """After a proposal that was accepted for a gain."""
        return Shrunk(rounds=self.rounds, conceded=self.conceded + self.lost)

    def learning(self, past: Sequence[bool]) -> tuple[bool, ...]:
        """The decided rounds without those that shortened the skill."""
        return tuple(won for number, won in enumerate(past, 1) if number not in self.rounds)


def is_due(settings: LoopSettings, *, number: int, silent: int) -> bool:
    """Whether round ``number`` is to shorten the skill: its turn, or the optimizer has nothing.

    Args:
        settings: of the run.
        number: of the round, from 1.
        silent: rounds in a row, up to now, in which the optimizer had nothing to propose.
    """
    every = settings.shrink_every
    return every is not None and (number % every == 0 or silent > 0)


def margin_left(
    settings: LoopSettings, shrunk: Shrunk, *, tasks: Sequence[GateTask]
) -> float | None:
    """The points that may still be lost; None where so few cannot be shown on ``tasks``."""
    left = settings.shrink_margin - shrunk.conceded
    units = len({task.cluster or f"task {task.id}" for task in tasks})
    if not units or left < least_margin(units, settings.gate.alpha):
        return None
    return left


def candidates_book(verdict: Verdict) -> dict[str, Standing]:
    """The record of a candidate that was accepted for being no worse: its own runs.

    A task on which it has none keeps the record of what it was compared with.
    """
    return {**verdict.book, **_measured(verdict)}


def _measured(verdict: Verdict) -> Mapping[str, Standing]:
    return {
        pair.task: Standing(
            total=pair.candidate * pair.candidate_runs,
            runs=pair.candidate_runs,
            passed=pair.candidate_runs if pair.candidate >= 1 else 0,
            failed=0 if pair.candidate >= 1 else pair.candidate_runs,
        )
        for pair in verdict.pairs
        if pair.candidate is not None and pair.candidate_runs
    }
