"""The composition root: adapters are built here and nowhere else."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

from skillopt.adapters.checks import ProgramChecks
from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.metered import MeteredModel, MeteredTarget
from skillopt.adapters.models import CallableModel, Callers, LiteLLMModel, ModelSettings, OwnModel
from skillopt.adapters.models.dialect import FORMAT
from skillopt.adapters.models.nobody import Nobody
from skillopt.adapters.pace import pace_of
from skillopt.adapters.practice import PracticeModel
from skillopt.adapters.processes import Fence, check_sandbox
from skillopt.adapters.targets import (
    AgentTarget,
    CallableTarget,
    ChatTarget,
    CommandTarget,
    OwnTarget,
    RunnableTarget,
)
from skillopt.adapters.targets.runnable import Runnable
from skillopt.adapters.user_code import Identified
from skillopt.adapters.workspace import Workspaces
from skillopt.app.job import Job
from skillopt.app.ledger import default_ledger
from skillopt.app.workers import Placed, Recipe, on_workers
from skillopt.core.current_work import placed
from skillopt.core.evaluation.loading import described
from skillopt.core.evaluation.prompt_template import prompt_template
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.events import (
    IdentityRole,
    IdentityUnknown,
    ModelCalled,
    ParameterChanged,
    WaitStarted,
)
from skillopt.core.health import Role
from skillopt.core.proposals.proposer import asks_optimizer
from skillopt.core.role_settings import names_practice_model
from skillopt.core.settings import Settings
from skillopt.core.settings_groups import loop_settings
from skillopt.core.value import content_hash
from skillopt.engine.context import Grader, Setup
from skillopt.errors import SettingsError
from skillopt.ports import Endpoint, Ledger, Model, Target

_Adapter = TypeVar("_Adapter", Target, Model)


class Wiring:
    """Builds the adapters of one job; closing ``stack`` closes them."""

    def __init__(self, job: Job, stack: AsyncExitStack) -> None:
        self._settings = job.inputs.settings
        self._job = job
        self._stack = stack
        self.meter = SpendMeter(
            self._settings.limits(),
            pace=None if job.budget else pace_of([self._settings]),
            within=job.budget,
        )
        """Counts what all roles spend."""
        self._callers = job.callers or callers_of([self._settings])
        if job.callers is None:
            stack.push_async_callback(self._callers.close)
        self._fence = fence_of(self._settings)
        self._runner: ProgramChecks | None = None
        self._recipe: Recipe | None = None
        self.unidentified: list[IdentityUnknown] = []
        """The roles that no other run can recognize, as far as they are built."""

    def optimizer(self) -> Model:
        """The optimizer's model.

        Raises:
            MissingModelError, SettingsError: before anything is called.
        """
        if not asks_optimizer(self._settings.who_proposes):
            return Nobody()
        own = self._job.roles.optimizer
        return self._counted(self._noted("optimizer", self._model("optimizer", own)), own)

    def target(self) -> Target:
        """The target.

        Raises:
            MissingModelError, SettingsError: before anything is called.
        """
        return self._target(self._job.roles.target, seed=self._settings.seed)

    def judge(self) -> Model:
        """The judge's model.

        Raises:
            MissingModelError, SettingsError: before anything is called.
        """
        return self._model("judge", self._job.roles.judge)

    def setup(self, ledger: Ledger, *, tunes: bool = False) -> Setup:
        """Target, grader and settings, with ``ledger``.

        Args:
            ledger: where the record is.
            tunes: candidates are proposed, which a judge may compare.

        Raises:
            MissingModelError, SettingsError: before anything is called.
        """
        tasks, loop = self._job.inputs.validation_set, loop_settings(self._settings)
        if not tunes:  # a single edit is a person's
            loop = loop.model_copy(update={"approve": False})
        target = self._noted("target", self.target())
        compares = tunes and loop.compare_answers
        asked = self._asked_judge() if tasks.uses_rubric or compares else None
        judge = asked if tasks.uses_rubric else None
        runner = ProgramChecks(
            folder=tasks.folder,
            own=self._job.roles.checks,
            fence=self._fence,
            isolates=self._settings.isolates,
        )
        self._runner = runner
        self._stack.push_async_callback(runner.close)
        self._note("checks", runner.unidentified(tasks.tasks))
        self._stack.callback(runner.settle, tasks.tasks)
        named = partial(_identity, target, judge, runner.identity(tasks.tasks), tasks)
        identity = named()
        endpoints = _endpoints({"target": target, "judge": asked})
        rules = [loop.gate.model_dump(), loop.guards.model_dump()]
        where = on_workers(
            self._job,
            Placed(target, runner, self._settings.concurrency),
            self._recipe,
            fence=self._fence,
            meter=self.meter,
            stack=self._stack,
        )
        return Setup(
            skill_id=self._job.inputs.skill_id,
            skill_name=self._job.inputs.name,
            validation_set=tasks,
            settings=loop,
            target=self._counted_target(where.target),
            grader=Grader(runner=where.checks, judge=judge, criteria=tasks.criteria),
            ledger=ledger,
            concurrency=where.concurrency,
            clock=time.perf_counter,
            emit=self._job.emit,
            caught_up=self._job.listeners.caught_up,
            fact=content_hash([identity, tasks.digest, *rules]),
            target_identity=identity,
            deterministic=target.deterministic,
            comparer=asked if compares else None,
            converses=bool(getattr(target, "converses", False)),
            loads_skill=self._settings.loading == "described",
            checked=self.called_roles() if self._settings.health_check else {},
            endpoints=endpoints,
            answering=named if endpoints else None,
        )

    async def prepare(self) -> None:
        """Start what has to be there before anything is spent.

        Raises:
            InputError: a check cannot run in a worker process.
        """
        if self._runner is not None:
            await self._runner.prepare(self._job.inputs.validation_set.tasks)

    def _noted(self, role: IdentityRole, adapter: _Adapter) -> _Adapter:
        """``adapter``; where it has no identity from run to run, that is noted."""
        if isinstance(adapter, Identified):
            self._note(role, adapter.unidentified)
            self._stack.callback(adapter.settle)
        return adapter

    def _asked_judge(self) -> Model:
        return self._counted(self._noted("judge", self.judge()), self._job.roles.judge)

    def _counted_target(self, target: Target) -> Target:
        own = hasattr(self._job.roles.target, "answer")
        return MeteredTarget(target, meter=self.meter) if own else target

    def _counted(self, model: Model, own: OwnModel | Model | None) -> Model:
        """``model``, counted by the run's meter where it is an object that knows of none."""
        return MeteredModel(model, meter=self.meter) if hasattr(own, "reply") else model

    def _note(self, role: IdentityRole, reason: str | None) -> None:
        if reason is not None:
            self.unidentified.append(IdentityUnknown(role=role, reason=reason))

    def called_roles(self) -> dict[Role, str]:
        """The roles that a language model fills, and its model string: what can be unwell."""
        settings, filled = self._settings, self._job.roles.filled
        named = {role: settings.model(role) for role in get_args(Role) if role not in filled}
        if settings.runs_target:
            named.pop("target", None)
        if not asks_optimizer(settings.who_proposes):
            named.pop("optimizer", None)
        return {
            role: name for role, name in named.items() if name and not names_practice_model(name)
        }

    def _target(self, own: OwnTarget | Target | None, *, seed: int) -> Target:
        settings = self._settings
        if own is None and not settings.runs_target:
            model = self._named_model("target")
            return ChatTarget(
                model,
                seed=seed,
                deterministic=settings.deterministic,
                template=settings.target_template,
                neighbours=tuple(map(described, self._job.inputs.neighbours)),
                loading=settings.loading,
            )
        if settings.target_template is not None:
            raise SettingsError(
                "target_template is for a target that is a model; a command, an agent or an object "
                "of your own writes its prompt itself; take the template out of the settings"
            )
        if settings.loading != "always":
            raise SettingsError(
                f"loading={settings.loading!r} is for a target that is a model; an agent, a command"
                " or an object of your own decides by itself what to load: take it out of the "
                "settings"
            )
        if hasattr(own, "answer"):
            return cast("Target", _renewed(own))
        shared: dict[str, Any] = {
            "identity": self._job.roles.identity,
            "timeout": settings.timeout,
            "deterministic": bool(settings.deterministic),
        }
        if own is None:
            named = self._job.roles.identity or settings.target_identity
            self._recipe = self._program({**shared, "identity": named, "fence": self._fence})
        elif hasattr(own, "ainvoke"):
            return RunnableTarget(cast("Runnable", own), meter=self.meter, **shared)
        else:
            self._recipe = partial(CallableTarget, own, **shared)
        return self._recipe(meter=self.meter)

    def _program(self, shared: Mapping[str, Any]) -> Recipe:
        """A command, or an agent with a command line."""
        settings = self._settings
        if settings.agent is None:
            command = shlex.split(settings.target_command or "")
            return partial(CommandTarget, command, folder=settings.target_folder, **shared)
        return partial(
            AgentTarget,
            settings.agent.told(model=settings.agent_model, args=settings.agent_args),
            workspaces=Workspaces(settings.keep_workspaces),
            neighbours=self._job.inputs.neighbours,
            **shared,
        )

    def _model(self, role: str, own: OwnModel | Model | None) -> Model:
        if own is None:
            return self._named_model(role)
        if hasattr(own, "reply"):
            return cast("Model", _renewed(own))
        return CallableModel(own, meter=self.meter, timeout=self._settings.timeout)

    def _named_model(self, role: str) -> LiteLLMModel | PracticeModel:
        settings = self._settings
        name = settings.model(role)
        assert name is not None, "check_roles runs first"
        called_with = model_settings(settings, role, name)
        if role != "target":
            called_with.check_asked(role)
        emit = self._job.emit

        def tell(event: ModelCalled | WaitStarted | ParameterChanged) -> None:
            emit(placed(event, role=role))

        if called_with.practice:
            return PracticeModel(called_with, meter=self.meter, on_event=tell)
        model = LiteLLMModel(called_with, meter=self.meter, on_event=tell, callers=self._callers)
        model.check()
        self._stack.push_async_callback(model.aclose)
        return model


def fence_of(settings: Settings) -> Fence:
    """How commands are held.

    Raises:
        SettingsError: they are to be in a sandbox, and there is none here.
    """
    if settings.sandbox:
        check_sandbox()
    return Fence(
        passes=settings.pass_env, memory=settings.max_memory or None, sandbox=settings.sandbox
    )


def callers_of(settings: Iterable[Settings]) -> Callers:
    """What makes the calls of some runs: in as few processes as one of them says."""
    said = (one.caller_processes for one in settings)
    return Callers(min((most for most in said if most is not None), default=None))


def check_call(settings: Settings, role: Role) -> None:
    """Find out, without LiteLLM, whether a role's call can be written at all.

    Raises:
        SettingsError: a parameter cannot be used, or the target's template has no place for what
            goes into it.
    """
    name = settings.model(role)
    if name is None or (role == "target" and settings.runs_target):
        return
    called_with = model_settings(settings, role, name)
    if role != "target":
        called_with.check_asked(role)
    elif settings.target_template is not None:
        prompt_template(settings.target_template, plain=called_with.plain)


def _renewed(own: object) -> object:
    return own.renewed() if isinstance(own, Identified) else own


def model_settings(settings: Settings, role: str, name: str) -> ModelSettings:
    """What the model ``name`` is called with in a role.

    Raises:
        SettingsError: a parameter cannot be used.
    """
    return ModelSettings(
        model=name,
        api_base=settings.base(role),
        params=getattr(settings, f"{role}_params"),
        drop=settings.drop_params,
        force=settings.force_params,
        timeout=settings.timeout,
        max_attempts=settings.max_attempts,
    )


def ledger_of(
    job: Job, *, create: bool = True
) -> tuple[Ledger, AbstractAsyncContextManager[Ledger]]:
    """The ledger of a job and what opens it: before that nothing is written.

    It is the caller's own ledger, or one by path or URL, or the project's default one.

    Raises:
        LedgerError: there is none, and ``create`` is off.
    """
    given = job.ledger
    if given is not None and not isinstance(given, str | Path):
        return given, nullcontext(given)
    from skillopt.adapters.ledger import SqlLedger

    ledger = SqlLedger.open(given or default_ledger(job.inputs.project), create=create)
    return ledger, ledger


def _endpoints(roles: Mapping[Role, Target | Model | None]) -> dict[Role, Endpoint]:
    """The roles whose endpoint may refuse parameters."""
    return {role: one for role, one in roles.items() if isinstance(one, ChatTarget | LiteLLMModel)}


def _identity(target: Target, judge: Model | None, checks: str, tasks: ValidationSet) -> str:
    """Hash of all that a rollout's score depends on apart from skill, task and trial.

    It covers the code of Python checks (``checks``) and, with a judge, the text of the criteria:
    after a change of either, earlier scores are not reused.
    """
    judged = [judge.identity, tasks.criteria] if judge else None
    if judged and isinstance(judge, LiteLLMModel):
        # A verdict has to have its shape, whether the endpoint was asked for that or not.
        without = {name: now for name, now in judge.left_out.items() if name != FORMAT}
        judged += [without] if without else []
    return content_hash([target.identity, checks, judged])
