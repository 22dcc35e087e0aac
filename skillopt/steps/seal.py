"""Open the sealed test, once: the first version against the last on tasks nobody looked at."""

from __future__ import annotations

from skillopt.core.events import SealedOpened
from skillopt.core.gate import GateTask, sealed_test
from skillopt.core.rollout import Graded
from skillopt.core.run import SealedTest
from skillopt.core.skill import Skill
from skillopt.steps.context import RunContext
from skillopt.steps.roll_out import roll_out


async def open_sealed_test(context: RunContext, last: Skill) -> SealedTest:
    """The result, from one run of each version on each test task."""
    tasks = context.validation_set.split("test")
    scores: dict[str, dict[str, tuple[float | None, ...]]] = {}
    for version, skill in (("first", context.first), ("last", last)):
        rollouts = await roll_out(context, skill, [(task, 0) for task in tasks])
        scores[version] = {
            rollout.task_id: (rollout.score if isinstance(rollout, Graded) else None,)
            for rollout in rollouts
        }
    sealed = sealed_test(
        scores["first"],
        scores["last"],
        tasks=tuple(
            GateTask(id=task.id, cluster=task.cluster, weight=task.weight) for task in tasks
        ),
        seed=context.settings.seed,
    )
    context.emit(SealedOpened(sealed=sealed))
    return sealed
