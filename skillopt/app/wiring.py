"""The composition root: adapters are built here, from settings, and nowhere else."""

from __future__ import annotations

import shlex
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from skillopt.adapters.checks import OwnCheck, ProgramChecks
from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.models import CallableModel, LiteLLMModel, ModelSettings, OwnModel
from skillopt.adapters.targets import (
    CallableTarget,
    ChatTarget,
    CommandTarget,
    OwnTarget,
    RunnableTarget,
)
from skillopt.adapters.targets.runnable import Runnable
from skillopt.app.inputs import Inputs, check_roles, uses_rubric
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.events import Event
from skillopt.core.settings import Settings
from skillopt.core.value import digest_of
from skillopt.engine.context import Grader, RunContext
from skillopt.ports import Ledger, Model, Target


@dataclass(frozen=True)
class Own:
    """Roles the caller fills with something of their own; None is a model by its string."""

    target: OwnTarget | Target | None = None
    optimizer: OwnModel | Model | None = None
    judge: OwnModel | Model | None = None
    checks: Mapping[str, OwnCheck] = field(default_factory=dict)
    """The caller's own checks, which `python` checks call `own:<name>`."""

    @property
    def roles(self) -> frozenset[str]:
        """The roles that are filled."""
        seats = {"target": self.target, "optimizer": self.optimizer, "judge": self.judge}
        return frozenset(role for role, seat in seats.items() if seat is not None)


@dataclass(frozen=True)
class Wired:
    """A context without a run, and what stands around it."""

    context: RunContext
    meter: SpendMeter
    self_judged: bool


@asynccontextmanager
async def wired(
    inputs: Inputs, *, own: Own, ledger: Ledger, emit: Callable[[Event], None]
) -> AsyncIterator[Wired]:
    """Build what ``inputs`` ask for, and close it at the end.

    Raises:
        MissingModelError, SettingsError: before anything is called.
    """
    self_judged = check_roles(inputs, own=own.roles)
    settings = inputs.settings
    loop = settings.loop()
    meter = SpendMeter(settings.limits())
    async with AsyncExitStack() as stack:
        seats = _Seats(settings, own, meter, stack)
        target = seats.target(loop.seed)
        judge = seats.model("judge", own.judge) if uses_rubric(inputs.validation_set) else None
        runner = ProgramChecks(folder=inputs.validation_set.folder, own=own.checks)
        identity = _identity(target, judge, runner, inputs.validation_set)
        rules = [loop.gate.model_dump(), loop.guards.model_dump()]
        fact = digest_of([identity, inputs.validation_set.digest, *rules])
        yield Wired(
            context=RunContext(
                run="",
                first=inputs.skill,
                skill_name=inputs.name,
                validation_set=inputs.validation_set,
                settings=loop,
                target=target,
                optimizer=seats.model("optimizer", own.optimizer),
                grader=Grader(runner=runner, judge=judge, criteria=inputs.validation_set.criteria),
                ledger=ledger,
                concurrency=settings.concurrency,
                clock=time.perf_counter,
                emit=emit,
                fact=fact,
                target_identity=identity,
                deterministic=target.deterministic,
            ),
            meter=meter,
            self_judged=self_judged,
        )


@asynccontextmanager
async def opened_ledger(
    given: Ledger | str | Path | None, project: Path, *, create: bool = True
) -> AsyncIterator[Ledger]:
    """The caller's own ledger, or one by path or URL, or the project's default one.

    Raises:
        LedgerError: there is none, and ``create`` is off.
    """
    if given is not None and not isinstance(given, str | Path):
        yield given
        return
    from skillopt.adapters.ledger import SqlLedger

    async with SqlLedger.open(given or default_ledger(project), create=create) as ledger:
        yield ledger


def default_ledger(project: Path) -> Path:
    """`.skillopt/ledger.db` of a project."""
    return project / ".skillopt" / "ledger.db"


def _identity(
    target: Target, judge: Model | None, runner: ProgramChecks, tasks: ValidationSet
) -> str:
    """Digest of all that a rollout's score depends on beside skill, task and trial.

    The code of Python checks is in it, and with a judge the sentences of the criteria: a score from
    before one of them was mended is never taken for one from after.
    """
    judged = [judge.identity, tasks.criteria] if judge else None
    return digest_of([target.identity, runner.identity(tasks.tasks), judged])


class _Seats:
    """Puts a model or the caller's own in each role."""

    def __init__(
        self, settings: Settings, own: Own, meter: SpendMeter, stack: AsyncExitStack
    ) -> None:
        self._settings = settings
        self._own = own
        self._meter = meter
        self._stack = stack

    def target(self, seed: int) -> Target:
        own, settings = self._own.target, self._settings
        if own is None and settings.target_command is None:
            return ChatTarget(self._lite("target"), seed=seed, deterministic=settings.deterministic)
        if hasattr(own, "answer"):
            return cast("Target", own)
        shared: dict[str, Any] = {
            "meter": self._meter,
            "timeout": settings.timeout,
            "deterministic": bool(settings.deterministic),
        }
        if own is None:
            return CommandTarget(shlex.split(settings.target_command or ""), **shared)
        if hasattr(own, "ainvoke"):
            return RunnableTarget(cast("Runnable", own), **shared)
        return CallableTarget(own, **shared)

    def model(self, role: str, own: OwnModel | Model | None) -> Model:
        if own is None:
            return self._lite(role)
        if hasattr(own, "reply"):
            return cast("Model", own)
        return CallableModel(own, meter=self._meter, timeout=self._settings.timeout)

    def _lite(self, role: str) -> LiteLLMModel:
        settings = self._settings
        name = settings.model(role)
        assert name is not None, "check_roles has seen to it"
        model = LiteLLMModel(
            ModelSettings(
                model=name,
                api_base=settings.api_base,
                params=getattr(settings, f"{role}_params"),
                timeout=settings.timeout,
                max_attempts=settings.max_attempts,
            ),
            meter=self._meter,
        )
        model.check()
        self._stack.push_async_callback(model.aclose)
        return model
