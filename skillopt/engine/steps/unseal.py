"""Open the sealed test, once: the first version against the last on tasks nobody looked at."""

from __future__ import annotations

from skillopt.core.evaluation.outcomes import mostly_missing, told_missing
from skillopt.core.evaluation.rollout import Missing
from skillopt.core.events import SealedOpened
from skillopt.core.gate import GateTask, sealed_test
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.history.sealed_openings import held_to, opened_by
from skillopt.core.skill.skill import Skill
from skillopt.core.value import content_hash
from skillopt.engine.context import RunContext
from skillopt.engine.steps.judged_attempts import judged_attempts
from skillopt.errors import OutcomesMissing


async def open_sealed_test(
    context: RunContext, last: Skill, *, before: tuple[str, ...] = (), insisted: bool = False
) -> SealedTest:
    """The result, from one run of each version on each test task.

    Args:
        context: the run.
        last: the version it came to.
        before: earlier runs that have looked at these tasks; it does not certify then.
        insisted: the user wants it to, all the same.

    Raises:
        OutcomesMissing: most tasks have no outcome in both versions. The same command resumes the
            run, and opens the test again.
    """
    tasks = context.validation_set.split("test")
    scores: dict[str, dict[str, tuple[float | None, ...]]] = {}
    lost: list[Missing] = []
    for version, skill in (("first", context.first), ("last", last)):
        judged = await judged_attempts(context, skill, [(task, 0) for task in tasks])
        scores[version] = {task.id: (one.score,) for task, one in zip(tasks, judged, strict=True)}
        lost += [one.compared for one in judged if isinstance(one.compared, Missing)]
    sealed = sealed_test(
        scores["first"],
        scores["last"],
        tasks=tuple(
            GateTask(id=task.id, cluster=task.cluster, weight=task.weight) for task in tasks
        ),
        seed=context.settings.seed,
    )
    if mostly_missing(sealed.missing, of=len(tasks)):
        none = (
            f"{sealed.missing} of {len(tasks)} sealed test tasks have no outcome in both versions"
        )
        raise OutcomesMissing(told_missing(lost, have_none=f"{none}, too many for a result"))
    sealed = held_to(sealed, before=before, insisted=insisted)
    sealed = sealed.model_copy(update={"split": content_hash(opened_by(tasks))})
    context.emit(SealedOpened(sealed=sealed))
    return sealed
