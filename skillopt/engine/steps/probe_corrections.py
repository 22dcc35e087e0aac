"""Second attempts at the end of a run: what its first and last version correct by themselves."""

from __future__ import annotations

from skillopt.core.probes.corrections import Corrections, corrections
from skillopt.core.probes.plan import ProbePlan
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import RunContext
from skillopt.engine.steps.probe import run_probe
from skillopt.errors import SpendExhausted


async def probe_corrections(context: RunContext, last: Skill) -> Corrections | None:
    """Both versions on the validation tasks; None where nobody asked, or a limit leaves no room.

    Nothing is decided by it, and no version is accepted for it: what is deployed answers once.
    """
    if not context.settings.report_second_attempts:
        return None
    tasks, plan = context.validation_set.split("validation"), ProbePlan(second_attempts=True)
    try:
        first = await run_probe(context, context.first, tasks, plan)
        if last.digest == context.first.digest:
            return corrections(first.runs, None, tasks)
        return corrections(first.runs, (await run_probe(context, last, tasks, plan)).runs, tasks)
    except SpendExhausted:
        return None
