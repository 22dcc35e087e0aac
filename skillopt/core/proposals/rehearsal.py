"""Rehearsals: what a proposal does on train tasks that it was not shown, before the gate.

A proposal fits what it was made from. What it breaks elsewhere only the gate finds, for a rollout
of every validation task. Train tasks that the proposal has not seen find most of it for fewer, and
may be shown: the proposal is revised once, with what it broke in the evidence (Shinn et al. 2023,
"Reflexion", but the reflection is measured). Nothing of it counts as evidence at the gate.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pydantic import Field

from skillopt.core.evaluation.task import Task
from skillopt.core.proposals.lessons import touched
from skillopt.core.proposals.proposal import Draft
from skillopt.core.proposals.refusal import Stage, TrainEffect
from skillopt.core.proposals.screen import Screened
from skillopt.core.proposals.train_race import CLEAR, coin
from skillopt.core.skill.changes import Change
from skillopt.core.value import Value

MOST = 24
"""Tasks of one rehearsal."""

SHARE = 1 / 4
"""Tasks of one rehearsal at most, for each task that a proposal is tested on at the gate."""


RUNS_OF_A_REHEARSAL = 3
"""Of each of its tasks at most: the incumbent, the proposal, and the revised one."""


class Rehearsal(Value):
    """What the optimizer reads of the rehearsal of its first proposal."""

    proposed: Draft
    fixed: tuple[str, ...] = Field(default=())
    """Ids of the rollouts on tasks that it fixed, as they are in the evidence."""
    broke: tuple[str, ...] = Field(default=())
    """The same for tasks that it broke."""


def rehearsed(
    train: Sequence[Task], changes: Sequence[Change], *, shown: Collection[str], tested: int
) -> tuple[Task, ...]:
    """The train tasks that a proposal is rehearsed on: those its words touch, unseen by it.

    Args:
        train: the train tasks.
        changes: what it changes, by statement.
        shown: ids of the tasks that the proposal was made from.
        tested: tasks that a proposal is tested on at the gate.
    """
    unseen = [task for task in touched(train, changes) if task.id not in shown]
    return tuple(unseen[: most_rehearsed(tested)])


def most_rehearsed(tested: int) -> int:
    """Tasks of one rehearsal at most, where a proposal is tested on so many at the gate."""
    return min(MOST, int(tested * SHARE))


def is_better(revised: TrainEffect, first: TrainEffect) -> bool:
    """Whether the revised proposal goes on: it is as good as the first one on the same tasks."""
    return _net(revised) >= _net(first)


def clearly_harmful(effect: TrainEffect) -> bool:
    """Whether it broke so many more than it fixed that chance is no excuse: a sign test."""
    broke, fixed = len(effect.broke), len(effect.mended)
    return broke > fixed and coin(broke, broke + fixed) <= CLEAR


def rehearsal_lost(effect: TrainEffect) -> Screened:
    """Why a proposal does not go on, in a sentence that the optimizer may read."""
    tasks = len(effect.mended) + len(effect.broke) + effect.same
    reason = (
        f"of the {tasks} train tasks that it was not shown and that its words touch it fixed "
        f"{len(effect.mended)} and broke {len(effect.broke)}"
    )
    code = "harm" if clearly_harmful(effect) else "revised"
    return Screened(stage=Stage.RACE, code=code, reason=reason)


def _net(effect: TrainEffect) -> int:
    return len(effect.mended) - len(effect.broke)
