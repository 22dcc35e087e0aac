"""A job: all that a use case is given, read and checked once, before any call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Unpack, cast

from skillopt.adapters.checks import OwnCheck
from skillopt.adapters.listeners.hub import Listener, Listeners
from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.models import Callers, OwnModel
from skillopt.adapters.targets import OwnTarget
from skillopt.app.inputs import Inputs, check_roles, read_inputs
from skillopt.app.listeners import listeners_of
from skillopt.app.options import Options
from skillopt.app.result_place import check_outside
from skillopt.core.evaluation.task import SPLITS
from skillopt.core.events import Event
from skillopt.core.skill.skill import Skill
from skillopt.errors import InputError
from skillopt.ports import Ledger, Model, Target

_ROLES = ("target", "optimizer", "judge")


@dataclass(frozen=True)
class Roles:
    """Roles that the caller fills with objects; None where a model string fills the role."""

    target: OwnTarget | Target | None = None
    optimizer: OwnModel | Model | None = None
    judge: OwnModel | Model | None = None
    checks: Mapping[str, OwnCheck] = field(default_factory=dict)
    """Checks that `python` checks call as `own:<name>`."""
    identity: str | None = None
    """What the caller names the target and its version; None where that is derived."""

    @property
    def filled(self) -> frozenset[str]:
        """The roles that are filled."""
        return frozenset(role for role in _ROLES if getattr(self, role) is not None)


@dataclass(frozen=True)
class Job:
    """A skill, its tasks and settings, who plays which role, and the ledger."""

    inputs: Inputs
    roles: Roles
    ledger: Ledger | str | Path | None
    """None for the project's default one."""
    self_judged: bool
    """The judge is the target itself, and the settings allow that."""
    listeners: Listeners = field(default_factory=Listeners)
    """Who hears of the events."""
    budget: SpendMeter | None = None
    """The limits of spend that it shares with other jobs, beside its own."""
    callers: Callers | None = None
    """What makes its calls and those of other jobs."""

    @property
    def emit(self) -> Callable[[Event], None]:
        """Passes on an event."""
        return self.listeners.emit

    @property
    def own_target(self) -> bool:
        """The target is a function, an object, a command or an agent, and no model string."""
        return self.roles.target is not None or self.inputs.settings.runs_target

    def for_single_edit(self) -> Job:
        """The same with the settings under which a single edit is decided.

        Raises:
            ValidationSetError: there are no tasks to decide it by.
        """
        self.inputs.validation_set.check_filled("validation")
        settings = self.inputs.settings.for_single_edit()
        return replace(self, inputs=replace(self.inputs, settings=settings))

    def heard_by(self, listener: Listener) -> Job:
        """The same with one listener, and no other."""
        return replace(self, listeners=Listeners([listener]))

    def with_skill(self, skill: Skill) -> Job:
        """The same with another text of the skill."""
        return replace(self, inputs=replace(self.inputs, skill=skill))


def read_job(
    skill: Skill | str | Path,
    *,
    proposes: bool = False,
    isolates: bool = False,
    only_triggers: bool = False,
    known: Skill | None = None,
    **options: Unpack[Options],
) -> Job:
    """Read the skill, its validation set and the settings, and check that each role has a model.

    Args:
        skill: path of a SKILL.md (or its folder, or any Markdown file), or a skill as a value.
        proposes: whether edits are proposed; who does that may need an optimizer.
        isolates: Python checks run in worker processes where no setting says otherwise.
        only_triggers: the skill's trigger queries are the tasks.
        known: what was read from that path already.
        options: roles, tasks, ledger, and any field of :class:`skillopt.core.settings.Settings`.

    Raises:
        InputError: the skill, the tasks or the settings cannot be used, or events are to be written
            into the skill's folder.
        MissingModelError: a role has no model.
    """
    given: dict[str, Any] = dict(options)
    filled = {role: given.pop(role, None) for role in _ROLES}
    named = {role: value for role, value in filled.items() if isinstance(value, str)}
    objects = {role: value for role, value in filled.items() if role not in named}
    identity = given.pop("identity", None)
    roles = Roles(checks=given.pop("checks", None) or {}, identity=identity, **objects)
    validation_set = given.pop("validation_set", None)
    events = given.get("events")
    ledger, listeners = given.pop("ledger", None), listeners_of(given)
    located = {"ledger": ledger} if isinstance(ledger, str) else {}
    inputs = read_inputs(
        skill,
        validation_set,
        {**named, **given, **located},
        isolates=isolates,
        only_triggers=only_triggers,
        known=known,
    )
    if events is not None:
        check_outside(Path(events), inputs, "name a file elsewhere for the events")
    if proposes:
        inputs.validation_set.check_filled(*SPLITS)
        inputs.settings.check_gains()
    _check_identity(inputs, roles)
    return Job(
        inputs=inputs,
        roles=roles,
        ledger=cast("Ledger | str | Path | None", ledger or inputs.settings.ledger),
        self_judged=check_roles(inputs, own=roles.filled, proposes=proposes),
        listeners=listeners,
    )


def _check_identity(inputs: Inputs, roles: Roles) -> None:
    """An identity names a function, a runnable or a command; the others have one.

    Raises:
        InputError: the target is something else, or the identity is empty.
    """
    program = inputs.settings.runs_target
    named = inputs.settings.target_identity
    if named is not None and roles.target is None and not (named and program):
        raise InputError(
            f"target_identity={named!r} names a target_command or an agent and its version, in a "
            "text such as 'agent 2'; set both, or leave it out"
        )
    if roles.identity is None:
        return
    if not roles.identity:
        raise InputError(
            "identity='' names nothing: pass a text such as 'agent 2', or leave it out"
        )
    if hasattr(roles.target, "answer"):
        raise InputError(
            f"identity={roles.identity!r}: the target {type(roles.target).__name__} has an "
            "identity of its own; set it there"
        )
    if roles.target is None and not program:
        raise InputError(
            f"identity={roles.identity!r} names a target of your own (a function, a runnable, a "
            "command, an agent); a model is named by its model string: leave identity out"
        )
