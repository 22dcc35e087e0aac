"""Hold an accepted candidate against its placebo, where that was asked for."""

from __future__ import annotations

from skillopt.core.evaluation.rollout import Graded
from skillopt.core.gate import Contest, Outcome, Verdict
from skillopt.core.gate.contest import Outcomes
from skillopt.core.gate.guards import vetoed
from skillopt.core.gate.placebo import CODE, placebo_test, told
from skillopt.core.history.search import TRIALS_PER_CONTEST
from skillopt.core.skill.placebo import placebo
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import RunContext
from skillopt.engine.steps.roll_out import roll_out

TRIAL = TRIALS_PER_CONTEST - 1
"""The trial number of both: one that no contest uses, so that the candidate's runs are not those
that it was accepted for."""


async def check_placebo(
    context: RunContext,
    verdict: Verdict,
    *,
    contest: Contest,
    outcomes: Outcomes,
    incumbent: Skill,
    candidate: Skill,
) -> Verdict:
    """The verdict with the placebo's test; an acceptance only where the candidate beats it.

    A candidate that adds no word has no placebo. Where too many tasks lack a result the verdict is
    inconclusive.

    Args:
        context: the run.
        verdict: the gate's, after the guards.
        contest: the one it decided.
        outcomes: the contest's scores.
        incumbent: the version that the candidate beat.
        candidate: the version that was accepted.
    """
    policy = context.settings.gate
    if not policy.placebo or verdict.outcome is not Outcome.ACCEPTED:
        return verdict
    empty = placebo(incumbent, candidate, seed=context.settings.seed)
    if empty.digest == candidate.digest:
        return verdict
    scores = [await _scores(context, contest, skill) for skill in (candidate, empty)]
    test = placebo_test(
        *scores,
        tasks=contest.tasks,
        version=empty.digest,
        level=policy.alpha,
        seed=contest.seed,
    )
    verdict = verdict.model_copy(update={"placebo": test})
    if test.missing > policy.max_missing * len(contest.tasks):
        reason = f"{test.missing} of {len(contest.tasks)} tasks have no result beside the placebo"
        refused = vetoed(verdict, reason, code="missing", contest=contest, outcomes=outcomes)
        return refused.model_copy(update={"outcome": Outcome.INCONCLUSIVE})
    if test.p_value <= test.level:
        return verdict
    return vetoed(verdict, told(test), code=CODE, contest=contest, outcomes=outcomes)


async def _scores(context: RunContext, contest: Contest, skill: Skill) -> dict[str, float]:
    """One run of each task; a deterministic target's is the one there is."""
    tasks = {task.id: task for task in context.validation_set.split("validation")}
    trial = 0 if context.deterministic else TRIAL
    wishes = [(tasks[task.id], trial) for task in contest.tasks]
    rollouts = await roll_out(context, skill, wishes)
    return {one.task_id: one.score for one in rollouts if isinstance(one, Graded)}
