"""The composition root: adapters are built here and nowhere else."""

from __future__ import annotations

import shlex
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, cast

from skillopt.adapters.checks import ProgramChecks
from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.models import CallableModel, LiteLLMModel, ModelSettings, OwnModel
from skillopt.adapters.targets import (
    CallableTarget,
    ChatTarget,
    CommandTarget,
    RunnableTarget,
)
from skillopt.adapters.targets.runnable import Runnable
from skillopt.app.inputs import uses_rubric
from skillopt.app.job import Job
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.value import digest_of
from skillopt.engine.context import Grader, Setup
from skillopt.ports import Ledger, Model, Target


class Wiring:
    """Builds the adapters of one job; closing ``stack`` closes them."""

    def __init__(self, job: Job, stack: AsyncExitStack) -> None:
        self._job = job
        self._seats = _Seats(job, SpendMeter(job.inputs.settings.limits()), stack)

    @property
    def meter(self) -> SpendMeter:
        """Counts what all roles spend."""
        return self._seats.meter

    def optimizer(self) -> Model:
        """The optimizer's model.

        Raises:
            MissingModelError, SettingsError: before anything is called.
        """
        return self._seats.model("optimizer", self._job.own.optimizer)

    def setup(self, ledger: Ledger) -> Setup:
        """Target, grader and settings, with ``ledger``.

        Raises:
            MissingModelError, SettingsError: before anything is called.
        """
        inputs, own = self._job.inputs, self._job.own
        tasks, loop = inputs.validation_set, inputs.settings.loop()
        target = self._seats.target(loop.seed)
        judge = self._seats.model("judge", own.judge) if uses_rubric(tasks) else None
        runner = ProgramChecks(folder=tasks.folder, own=own.checks)
        identity = _identity(target, judge, runner, tasks)
        rules = [loop.gate.model_dump(), loop.guards.model_dump()]
        return Setup(
            skill_name=inputs.name,
            validation_set=tasks,
            settings=loop,
            target=target,
            grader=Grader(runner=runner, judge=judge, criteria=tasks.criteria),
            ledger=ledger,
            concurrency=inputs.settings.concurrency,
            clock=time.perf_counter,
            emit=self._job.emit,
            fact=digest_of([identity, tasks.digest, *rules]),
            target_identity=identity,
            deterministic=target.deterministic,
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

    def __init__(self, job: Job, meter: SpendMeter, stack: AsyncExitStack) -> None:
        self.meter = meter
        self._settings = job.inputs.settings
        self._own = job.own
        self._stack = stack

    def target(self, seed: int) -> Target:
        own, settings = self._own.target, self._settings
        if own is None and settings.target_command is None:
            return ChatTarget(self._lite("target"), seed=seed, deterministic=settings.deterministic)
        if hasattr(own, "answer"):
            return cast("Target", own)
        shared: dict[str, Any] = {
            "meter": self.meter,
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
        return CallableModel(own, meter=self.meter, timeout=self._settings.timeout)

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
            meter=self.meter,
        )
        model.check()
        self._stack.push_async_callback(model.aclose)
        return model
