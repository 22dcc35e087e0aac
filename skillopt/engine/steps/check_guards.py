"""Hold a candidate against the guards: what its runs took, and those of the first version."""

from __future__ import annotations

from collections.abc import Sequence

from skillopt.core.evaluation.rollout import Graded, Rollout
from skillopt.core.gate import Contest, Measure, Outcome, Verdict
from skillopt.core.gate.contest import Outcomes
from skillopt.core.gate.guards import (
    exceeded,
    length_of,
    measured,
    told,
    too_long,
    unmeasured,
    vetoed,
    vetoed_unrun,
)
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import RunContext
from skillopt.engine.steps.roll_out import rollout_key
from skillopt.errors import SettingsError


def check_price(context: RunContext, rollouts: Sequence[Rollout]) -> None:
    """Refuse to begin where the cost is to be guarded and no price is known.

    Raises:
        SettingsError: a rollout of the baseline has no price.
    """
    guarded = context.settings.guards.cost is not None
    if guarded and any(rollout.usage.cost is None for rollout in rollouts):
        raise SettingsError(
            f"guard_cost is {context.settings.guards.cost}, and no price is known for the target's "
            "calls; take a model with a known price, or leave the guard out"
        )


def refused_for_length(
    context: RunContext, contest: Contest, candidate: Skill
) -> tuple[Measure, Verdict | None]:
    """How long the candidate is, and the guard's verdict where that is too long."""
    length = length_of(context.first.all_text, candidate.all_text, context.settings.guards)
    reason = too_long(length)
    if reason is None:
        return length, None
    return length, vetoed_unrun(contest, reason).model_copy(update={"measures": (length,)})


async def check_guards(
    context: RunContext,
    verdict: Verdict,
    *,
    contest: Contest,
    outcomes: Outcomes,
    runs: Sequence[Graded],
    length: Measure,
) -> Verdict:
    """The gate's verdict with what the candidate took; an acceptance only where the guards hold.

    Args:
        context: the run.
        verdict: the gate's.
        contest: the one it decided.
        outcomes: the contest's scores.
        runs: the candidate's rollouts.
        length: of the skill.
    """
    margins = context.settings.guards
    tasks = {task.id: task for task in context.validation_set.split("validation")}
    ran = dict.fromkeys(run.task_id for run in runs)
    keys = [rollout_key(context, context.first, tasks[task], 0) for task in ran]
    first = await context.ledger.rollouts(keys)
    units = {task.id: task.cluster or f"task {task.id}" for task in tasks.values()}
    pairs = measured(list(first.values()), runs, units=units)
    measures = {name: told(name, both, margins) for name, both in pairs.items()}
    verdict = verdict.model_copy(update={"measures": (length, *measures.values())})
    if verdict.outcome is not Outcome.ACCEPTED:
        return verdict
    reasons = [exceeded(measure, pairs[name]) for name, measure in measures.items()]
    reason = next(filter(None, reasons), None) or unmeasured(margins, measures)
    return vetoed(verdict, reason, contest=contest, outcomes=outcomes) if reason else verdict
