"""Hold an accepted candidate against the guards that take probes: calibration and consistency."""

from __future__ import annotations

from collections.abc import Sequence

from skillopt.core.evaluation.rollout import Graded
from skillopt.core.evaluation.task import Task
from skillopt.core.gate import Contest, Outcome, Verdict
from skillopt.core.gate.contest import Outcomes
from skillopt.core.gate.guards import vetoed
from skillopt.core.gate.probe_guards import ProbeGuard, ProbeName, probe_guard
from skillopt.core.probes.runs import Checked, ProbeRuns, values_of
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import RunContext
from skillopt.engine.steps.probe import both_graded, check_selves, wrap
from skillopt.engine.steps.roll_out import roll_out


async def check_probes(
    context: RunContext,
    verdict: Verdict,
    *,
    contest: Contest,
    outcomes: Outcomes,
    candidate: Skill,
    runs: Sequence[Graded],
) -> Verdict:
    """The verdict; a rejection where a guard vetoes. Nothing is run where nothing is accepted.

    The candidate and the first version are probed on the tasks that the candidate was run on, once
    each. The skill is not changed for it: what is asked beside the task stands in the prompt.

    Args:
        context: the run.
        verdict: after the other guards.
        contest: the one it decided.
        outcomes: the contest's scores.
        candidate: the new version.
        runs: its rollouts in the contest.
    """
    margins = context.settings.guards
    if verdict.outcome is not Outcome.ACCEPTED:
        return verdict
    if margins.calibration is None and margins.consistency is None:
        return verdict
    known = {task.id: task for task in context.validation_set.split("validation")}
    plain = {one.task_id: one for one in reversed(runs)}
    tasks = [known[task] for task in plain]
    before = await roll_out(context, context.first, [(task, 0) for task in tasks])
    both = ([one for one in before if isinstance(one, Graded)], list(plain.values()))
    versions = (context.first, candidate)
    if margins.calibration is not None:
        first, last = [
            await _brier(context, skill, own, known)
            for skill, own in zip(versions, both, strict=True)
        ]
        guard = _held("brier", first, last, tasks, margins.calibration)
        verdict = _with(verdict, guard, contest, outcomes)
    if margins.consistency is not None and verdict.outcome is Outcome.ACCEPTED:
        first, last = [
            await _inconsistency(context, skill, own, tasks, history=both[0])
            for skill, own in zip(versions, both, strict=True)
        ]
        guard = _held("inconsistency", first, last, tasks, margins.consistency)
        verdict = _with(verdict, guard, contest, outcomes)
    return verdict


def _with(verdict: Verdict, guard: ProbeGuard, contest: Contest, outcomes: Outcomes) -> Verdict:
    verdict = verdict.model_copy(update={"measures": (*verdict.measures, guard.measure)})
    if guard.veto is None:
        return verdict
    return vetoed(verdict, guard.veto, contest=contest, outcomes=outcomes)


async def _brier(
    context: RunContext, skill: Skill, plain: Sequence[Graded], tasks: dict[str, Task]
) -> dict[str, float]:
    pairs = await check_selves(context, skill, plain, tasks)
    checked = tuple(Checked(one, again) for one, again in pairs if isinstance(again, Graded))
    return values_of(ProbeRuns(plain=(), checked=checked))["brier"]


async def _inconsistency(
    context: RunContext,
    skill: Skill,
    plain: Sequence[Graded],
    tasks: Sequence[Task],
    *,
    history: Sequence[Graded],
) -> dict[str, float]:
    wrapped = await wrap(context, skill, plain, tasks, count=1, history=history)
    values = values_of(ProbeRuns(plain=(), wrapped=both_graded(wrapped)))
    return {task: 1 - share for task, share in values["consistency"].items()}


def _held(
    name: ProbeName,
    first: dict[str, float],
    last: dict[str, float],
    tasks: Sequence[Task],
    margin: float,
) -> ProbeGuard:
    units = {task.id: task.cluster or f"task {task.id}" for task in tasks}
    return probe_guard(name, first, last, units=units, margin=margin)
