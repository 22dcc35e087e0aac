"""The attempts that are compared: the first ones, or what is answered after a look at those.

Advice to check one's work shows in second attempts only (SCoRe: Kumar et al. 2024, arXiv
2409.12917). The request is the neutral one of the probe.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from skillopt.core.evaluation.outcomes import told_missing
from skillopt.core.evaluation.rollout import Graded, Missing, Rollout
from skillopt.core.gate import Contest, open_book
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import RunContext
from skillopt.engine.steps.probe import second_attempts
from skillopt.engine.steps.roll_out import Wish, roll_out
from skillopt.errors import OutcomesMissing


class Judged(NamedTuple):
    """A rollout of a task, and the one that is compared; by default the same."""

    plain: Rollout
    compared: Rollout

    @property
    def score(self) -> float | None:
        """What is compared; None where it could not be had."""
        return self.compared.score if isinstance(self.compared, Graded) else None


async def judged_attempts(
    context: RunContext, skill: Skill, wishes: Sequence[Wish]
) -> tuple[Judged, ...]:
    """One for each wish, in their order.

    Without a first answer there is nothing to look at: that attempt counts.
    """
    plain = await roll_out(context, skill, wishes) if wishes else ()
    if context.settings.gate.attempt == "first":
        return tuple(Judged(one, one) for one in plain)
    known = {task.id: task for task, _ in wishes}
    graded = [one for one in plain if isinstance(one, Graded)]
    again = {
        first.key: second for first, second in await second_attempts(context, skill, graded, known)
    }
    return tuple(Judged(one, again.get(one.key, one)) for one in plain)


async def judged_contest(context: RunContext, contest: Contest, incumbent: Skill) -> Contest:
    """The contest as it is; with second attempts, against a fresh record of the incumbent's.

    Both versions are then compared by attempts that nobody chose: an incumbent that was accepted
    for lucky ones has no advantage. A target that answers alike every time is not asked again.

    Raises:
        OutcomesMissing: more tasks than the gate allows have no outcome.
    """
    if context.settings.gate.attempt == "first":
        return contest
    tasks = {task.id: task for task in context.validation_set.split("validation")}
    trial = 0 if context.deterministic else contest.next_trial
    judged = await judged_attempts(
        context, incumbent, [(tasks[one.id], trial) for one in contest.tasks]
    )
    scores = {
        one.id: again.score
        for one, again in zip(contest.tasks, judged, strict=True)
        if again.score is not None
    }
    lacking = len(contest.tasks) - len(scores)
    if lacking > contest.policy.max_missing * len(contest.tasks):
        lost = [one.compared for one in judged if isinstance(one.compared, Missing)]
        none = f"{lacking} of {len(contest.tasks)} second attempts have no outcome"
        raise OutcomesMissing(told_missing(lost, have_none=none))
    return contest.model_copy(
        update={
            "tasks": tuple(one for one in contest.tasks if one.id in scores),
            "book": open_book(scores),
            "next_trial": contest.next_trial + 1,
        }
    )
