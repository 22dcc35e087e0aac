"""A skill's validation tasks as tests, judged against the version that was accepted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from skillopt.app.base_version import base_version
from skillopt.app.ci import in_ci
from skillopt.app.evaluate import TaskResult, evaluate_skill
from skillopt.app.job import Job, read_job
from skillopt.app.ledger import open_ledger
from skillopt.app.options import Options
from skillopt.app.skill_ids import file_id
from skillopt.app.sync import run_to_end
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value
from skillopt.errors import LedgerError

Kind = Literal["passed", "failed", "regression", "as before", "missing"]


class Known(Value):
    """The version that the tasks are compared with."""

    skill: Skill
    told: str
    """How a person calls it: `the accepted version 3f9a... of the ledger`."""


@dataclass(frozen=True)
class TaskTests:
    """A skill with its tasks, read and checked, before any call."""

    path: Path
    job: Job
    known: Known | None
    """None where no version was accepted yet: then every task must be fully met."""

    @property
    def tasks(self) -> tuple[str, ...]:
        """Ids of the validation tasks."""
        return tuple(task.id for task in self.job.inputs.validation_set.split("validation"))


class TaskVerdict(Value):
    """How a task went, in words."""

    kind: Kind
    told: str


def read_task_tests(skill: Path, *, base: str | None = None, **options: object) -> TaskTests:
    """Read a skill's tasks and settings, and find the version to compare with.

    Args:
        skill: the file, or its folder.
        base: a git ref; by default the version that the ledger has accepted last.
        options: any setting.

    Raises:
        InputError: something cannot be used.
    """
    given: Options = options  # type: ignore[assignment] # read_job checks every name and value
    job = read_job(skill, isolates=in_ci(), **given)
    job.inputs.validation_set.check_filled("validation")
    known = _accepted(skill, job) if base is None else _in_git(skill, base)
    return TaskTests(skill, job, known)


def run_task_tests(tests: TaskTests, tasks: Collection[str]) -> dict[str, TaskResult]:
    """Run some of the tasks with both versions; what the ledger has is not paid again.

    Raises:
        SkilloptError: the provider fails, a limit is reached, or most tasks have no outcome.
    """
    other = tests.known.skill if tests.known else None
    found = run_to_end(evaluate_skill(tests.job, against=other, only=frozenset(tasks)))
    return {result.task: result for result in found.by_task}


def task_verdict(result: TaskResult, known: Known | None) -> TaskVerdict:
    """Whether a task has passed.

    With a version to compare with, a task fails that scores lower than there; one that is not fully
    met, and was not there either, is `as before`. Without, a task fails that is not fully met.

    Args:
        result: of the task, in both versions.
        known: the version it is compared with.
    """
    if result.score is None:
        return TaskVerdict(kind="missing", told="\n".join(["no result", *result.faults]))
    score, other = f"{result.score:.2f}", result.other
    faults = ["", *result.faults] if result.faults else []
    if known is not None and other is not None:
        if result.score < other:
            first = f"regression against {known.told}: score {other:.2f} -> {score}"
            return TaskVerdict(kind="regression", told="\n".join([first, *faults]))
        if result.score < 1:
            return TaskVerdict(kind="as before", told=f"score {score}; {other:.2f} in {known.told}")
    if result.score < 1:
        return TaskVerdict(kind="failed", told="\n".join([f"score {score}", *faults]))
    return TaskVerdict(kind="passed", told=f"score {score}")


def _in_git(skill: Path, base: str) -> Known | None:
    found = base_version(skill, base)
    if found is None:
        return None
    return Known(skill=found.skill, told=f"{base} (version {found.skill.digest[:12]})")


def _accepted(skill: Path, job: Job) -> Known | None:
    """The version that was accepted last, where the ledger is there and has its text."""

    async def newest() -> Skill | None:
        async with open_ledger(where, of=skill) as ledger:
            versions = await ledger.skill_versions(file_id(skill))
            digests = [one.digest for one in versions if one.outcome == "accepted"]
            return await ledger.skill(digests[-1]) if digests else None

    where = str(job.ledger) if isinstance(job.ledger, str | Path) else None
    try:
        found = run_to_end(newest())
    except LedgerError:  # there is none yet; one that cannot be read fails when the tasks are run
        return None
    if found is None:
        return None
    return Known(skill=found, told=f"the accepted version {found.digest[:12]} of the ledger")
