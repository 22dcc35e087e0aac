"""See how the incumbent does on train tasks: the only evidence the optimizer ever gets."""

from __future__ import annotations

from collections.abc import Sequence

from skillopt.core.evaluation.rollout import Graded
from skillopt.core.proposals.sampling import evidence_sample, train_order
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import RunContext
from skillopt.engine.steps.roll_out import roll_out


async def observe_train(
    context: RunContext, incumbent: Skill, *, number: int, telling: Sequence[str] = ()
) -> tuple[Graded, ...]:
    """The rollouts that round ``number`` learns from; none of them failed means nothing to fix.

    The train tasks come in an order of the round's own, a minibatch at a time, until one holds a
    failure. Runs that the incumbent already has are looked up, so after the first round this
    costs little until an edit is accepted.

    Args:
        context: the run.
        incumbent: the version that is run.
        number: the round.
        telling: ids of train tasks that tell how to repair what was refused; they are shown first.
    """
    settings = context.settings
    order = train_order(context.validation_set.split("train"), seed=settings.seed, number=number)
    order = tuple(sorted(order, key=lambda task: task.id not in telling))
    seen: list[Graded] = []
    for start in range(0, len(order), settings.minibatch):
        batch = order[start : start + settings.minibatch]
        wishes = [(task, trial) for task in batch for trial in range(settings.trials)]
        rollouts = await roll_out(context, incumbent, wishes)
        seen += [rollout for rollout in rollouts if isinstance(rollout, Graded)]
        if any(not rollout.passed for rollout in seen):
            break
    return evidence_sample(seen, most=settings.evidence, first=telling)
