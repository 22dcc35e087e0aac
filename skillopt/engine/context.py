"""What the steps of a run work with, built once by `app` and passed down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from skillopt.core.current_work import placed
from skillopt.core.evaluation.loading import described
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.events import Event
from skillopt.core.health import Role
from skillopt.core.loop_settings import LoopSettings
from skillopt.core.skill.edit_scope import EditScope
from skillopt.core.skill.skill import Skill
from skillopt.errors import LedgerError
from skillopt.ports import CheckRunner, Endpoint, Ledger, Model, Target


@dataclass(frozen=True)
class Grader:
    """What grading needs of the world."""

    runner: CheckRunner
    judge: Model | None = None
    """None where no task has a rubric."""
    criteria: Mapping[str, str] = field(default_factory=dict)
    """The validation set's criteria, which rubrics refer to by name."""


async def _nobody_is_behind() -> None:
    """No listener is waited for."""


@dataclass(frozen=True)
class Setup:
    """Settings and connections to the outside, whatever is run with them."""

    skill_id: str
    """The id under which the ledger keeps the skill's record."""
    skill_name: str
    """What the skill is called."""
    validation_set: ValidationSet
    settings: LoopSettings
    target: Target
    grader: Grader
    ledger: Ledger
    concurrency: int
    """Rollouts in flight at once."""
    clock: Callable[[], float]
    """Monotonic seconds, for measuring durations."""
    emit: Callable[[Event], None]
    """Receives each event as it happens."""
    fact: str
    """Hash of target, validation set and gate policy: the conditions a refusal holds for."""
    target_identity: str
    """Hash of the target's identity, and of the judge's where a rubric uses one."""
    deterministic: bool
    """The target gives the same answer every time."""
    comparer: Model | None = None
    """The judge, where it compares the answers of candidates."""
    converses: bool = False
    """The target takes conversations, also for a task that is one text."""
    loads_skill: bool = False
    """The target has the skill only for tasks for which it loads it."""
    checked: Mapping[Role, str] = field(default_factory=dict)
    """The roles that are called once before a run spends, and their model strings."""
    endpoints: Mapping[Role, Endpoint] = field(default_factory=dict)
    """The roles that a language model fills, with what is known of their endpoints."""
    answering: Callable[[], str] | None = None
    """The target's identity with what the endpoints are known to refuse by now."""
    reused: set[str] = field(default_factory=set)
    """The identities whose rollouts of earlier runs were taken from the ledger."""
    caught_up: Callable[[], Awaitable[None]] = _nobody_is_behind
    """Returns once every listener has had all events: a run is never far ahead of a slow one."""

    @property
    def identity_now(self) -> str:
        """What a rollout that is made now is filed under.

        It is ``target_identity`` until a parameter is found to be refused: answers that are made
        without are never filed with those that were made with it. What names a run, or the facts
        that a refusal holds for, stays ``target_identity``.
        """
        return self.answering() if self.answering else self.target_identity

    def loaded_name(self, skill: Skill) -> str | None:
        """The name by which the target loads ``skill``; None where it always has it."""
        return described(skill).name if self.loads_skill else None

    def for_run(self, run: str, *, first: Skill) -> RunContext:
        """The context of a run that starts from ``first``."""
        return RunContext(**self._of_run(run), first=first)

    def for_tuning(self, run: str, *, first: Skill, optimizer: Model) -> TuningContext:
        """The context of a run in which ``optimizer`` proposes edits."""
        return TuningContext(**self._of_run(run), first=first, optimizer=optimizer)

    def _of_run(self, run: str) -> dict[str, Any]:
        """The fields of a context whose events all name ``run``."""
        return {**vars(self), "run": run, "emit": lambda event: self.emit(placed(event, run=run))}


@dataclass(frozen=True, kw_only=True)
class RunContext(Setup):
    """A setup and the run that its rollouts belong to."""

    run: str
    """The run's id in the ledger."""
    first: Skill
    """The version the run starts from."""

    @property
    def edit_scope(self) -> EditScope:
        """What the edits of the run may touch."""
        return self.settings.edit_scope._replace(folder=bool(self.first.files))

    async def version(self, digest: str) -> Skill:
        """The text of a version.

        Raises:
            LedgerError: the ledger does not have it.
        """
        if digest == self.first.digest:
            return self.first
        found = await self.ledger.skill(digest)
        if found is None:
            raise LedgerError(
                f"skill version {digest[:12]} is not in the ledger; run `skillopt ledger verify`"
            )
        return found


@dataclass(frozen=True, kw_only=True)
class TuningContext(RunContext):
    """The context of a run in which edits are proposed."""

    optimizer: Model
