"""Whether the runs of the last version agree more than those of the first, and score lower."""

from __future__ import annotations

from skillopt.core.probes.agreement import FEWEST, parted_between
from skillopt.core.probes.report import differences
from skillopt.core.probes.runs import ProbeRuns
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import RunContext
from skillopt.engine.steps.roll_out import rollout_key


async def watch_agreement(context: RunContext, last: Skill) -> str | None:
    """A sentence where agreement and score part between the two versions; None where they do not.

    It rests on the train rollouts that the ledger has of both versions: nothing is run for it, and
    it decides nothing. With one trial of each task, or a deterministic target, there is nothing to
    compare.
    """
    trials = context.settings.trials
    if context.deterministic or trials < 2 or last.digest == context.first.digest:  # noqa: PLR2004
        return None
    tasks = context.validation_set.split("train")
    before, after = [await _runs(context, skill, trials) for skill in (context.first, last)]
    apart = differences(before, after, tasks)
    agreement = apart.get("agreement")
    if agreement is None or agreement.tasks < FEWEST:
        return None
    parted = parted_between(agreement, apart.get("score"))
    return f"on train tasks {parted}" if parted else None


async def _runs(context: RunContext, skill: Skill, trials: int) -> ProbeRuns:
    keys = [
        rollout_key(context, skill, task, trial)
        for task in context.validation_set.split("train")
        for trial in range(trials)
    ]
    known = await context.ledger.rollouts(keys)
    return ProbeRuns(plain=tuple(known[key] for key in keys if key in known), agreement=True)
