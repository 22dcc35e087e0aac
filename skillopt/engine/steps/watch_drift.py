"""Run the head again every few acceptances: are the accepted steps still there?"""

from __future__ import annotations

from skillopt.core.evaluation.rollout import Graded
from skillopt.core.gate import Outcome, Verdict
from skillopt.core.gate.drift import drift_check
from skillopt.core.gate.drift_result import Drift
from skillopt.core.history.search import Search
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import RunContext
from skillopt.engine.steps.roll_out import roll_out
from skillopt.engine.steps.run_contest import gate_tasks
from skillopt.errors import SpendExhausted

FIRST_TRIAL = 10_000
"""Trial numbers of the checks: no contest comes so far, so that their runs have decided nothing."""


async def watch_drift(
    context: RunContext, search: Search, *, number: int, head: Skill, verdict: Verdict
) -> Drift | None:
    """The check of ``head``, where one is due; None elsewhere.

    None also where the limits leave no room, and where the target answers alike every time: there
    is no fresh run then, and what the gate saw is all there is to see on these tasks.

    Args:
        context: the run.
        search: where it stood before the round.
        number: of the round.
        head: its candidate.
        verdict: the gate's.
    """
    every = context.settings.drift_every
    due = every is not None and search.unchecked + 1 >= every
    steady = context.deterministic or verdict.memory.noise.absent
    if not due or steady or verdict.outcome is not Outcome.ACCEPTED:
        return None
    held, first = search.last_held, context.first.digest
    try:
        scores = {
            version: await _fresh(context, await _text(context, version, head), number)
            for version in dict.fromkeys((head.digest, held, first))
        }
    except SpendExhausted:
        return None
    tasks = gate_tasks(context.validation_set.split("validation"), search.book)
    return drift_check(scores, head=head.digest, held=held, first=first, tasks=tasks)


async def _text(context: RunContext, version: str, head: Skill) -> Skill:
    """The head is not in the ledger yet: its round is being decided."""
    return head if version == head.digest else await context.version(version)


async def _fresh(context: RunContext, skill: Skill, number: int) -> dict[str, float]:
    tasks = context.validation_set.split("validation")
    rollouts = await roll_out(context, skill, [(task, FIRST_TRIAL + number) for task in tasks])
    return {one.task_id: one.score for one in rollouts if isinstance(one, Graded)}
