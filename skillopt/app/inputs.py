"""What a command is given, read and checked before any call is made."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skillopt.adapters.files.neighbours import read_neighbours
from skillopt.adapters.files.places import place_of, project_for
from skillopt.adapters.files.settings_file import project_of, read_settings
from skillopt.adapters.files.skill_file import located_skill, read_skill, skill_name
from skillopt.adapters.files.trigger_file import find_triggers, read_triggers
from skillopt.adapters.files.validation_file import find_validation_set, read_validation_set
from skillopt.core.evaluation.checks import File
from skillopt.core.evaluation.loading import described
from skillopt.core.evaluation.triggers import trigger_set, with_triggers
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.health import Role
from skillopt.core.history.skill_ids import path_id, skill_id
from skillopt.core.merged_settings import merged_settings
from skillopt.core.proposals.proposer import asks_optimizer
from skillopt.core.redaction import redacted
from skillopt.core.role_settings import names_practice_model
from skillopt.core.settings import Settings
from skillopt.core.skill.skill import Skill
from skillopt.errors import MissingModelError, SettingsError, SkillError


@dataclass(frozen=True)
class Inputs:
    """A skill, its tasks, and the settings that hold for them."""

    skill: Skill
    name: str
    """The skill's name: the front matter's, else its folder's or file's."""
    path: Path | None
    """Where the skill was read from; None where it was given as a value."""
    project: Path
    """The folder whose `.skillopt` holds the ledger."""
    validation_set: ValidationSet
    settings: Settings
    neighbours: tuple[Skill, ...] = ()
    """The skills beside it, where the target decides what to load."""

    @property
    def skill_path(self) -> str | None:
        """The path relative to the project; None where the skill was given as a value."""
        return None if self.path is None else within(self.project, self.path)

    @property
    def skill_id(self) -> str:
        """Under which the ledger keeps the skill's record."""
        path = self.skill_path
        return skill_id(name=redacted(self.name), path=None if path is None else redacted(path))

    @property
    def file(self) -> Path | None:
        """The skill's own file, where a folder was named; None for a skill given as a value.

        Raises:
            SkillError: it is gone.
        """
        return None if self.path is None else located_skill(self.path)


def within(project: Path, path: Path) -> str:
    """``path`` relative to its project, links followed.

    A link in the project to a file outside of it is not followed: the way there is no place in the
    project, and is another one from a copy of it.
    """
    real, named = path.resolve(), Path(os.path.normpath(path.absolute()))
    inside = next((one for one in (real, named) if one.is_relative_to(project)), real)
    return os.path.relpath(inside, project)


def read_inputs(
    skill: Skill | str | Path,
    validation_set: ValidationSet | str | Path | None,
    given: Mapping[str, Any],
    *,
    isolates: bool = False,
    only_triggers: bool = False,
    known: Skill | None = None,
) -> Inputs:
    """Read the skill, find its validation set, and merge the settings.

    Args:
        skill: a path, or a skill as a value.
        validation_set: a path, a value, or None: the one named after the skill is found by itself.
        given: settings from flags or arguments, the strongest.
        isolates: Python checks run in worker processes where no file and no flag says otherwise.
        only_triggers: the trigger queries are the tasks, and a validation set is only asked for
            its settings, where there is one.
        known: what was read from that path already.

    Raises:
        SkillError, ValidationSetError, SettingsError: with the way out.
    """
    path = None if isinstance(skill, Skill) else Path(skill)
    text = skill if isinstance(skill, Skill) else known or read_skill(Path(skill))
    project = project_for(path) if path is not None else project_of(Path.cwd())
    flags, files = ("command line", _from_here(given, project)), read_settings(project)
    default = ("the default in CI", {"isolate_checks": True} if isolates else {})
    isolated = _isolates([flags, *files, default])
    is_needed = validation_set is not None or not only_triggers or _has_tasks(path)
    tasks = _tasks(validation_set, path, isolates=isolated) if is_needed else None
    settings = merged_settings([flags, *files, default, *_from_header(tasks)])
    own = None if path is None else located_skill(path)
    return Inputs(
        skill=text,
        name=skill_name(path, text),
        path=path,
        project=project,
        validation_set=_measured(None if only_triggers else tasks, path, text, settings),
        settings=settings,
        neighbours=_neighbours(settings, own),
    )


def _has_tasks(skill: Path | None) -> bool:
    return skill is not None and bool(place_of(skill).validation_sets)


def _from_header(tasks: ValidationSet | None) -> list[tuple[str, dict[str, Any]]]:
    """The header's settings; their relative paths are from the folder of the validation set."""
    if tasks is None:
        return []
    folder, settings = tasks.folder, dict(tasks.settings)
    for name in ("neighbours", "triggers"):
        path = settings.get(name)
        if folder is not None and isinstance(path, str) and path:
            settings[name] = str(Path(folder) / path)
    return [(f"the header of validation set {tasks.name!r}", settings)]


def _measured(
    tasks: ValidationSet | None, path: Path | None, skill: Skill, settings: Settings
) -> ValidationSet:
    """The tasks with the trigger queries that count among them, or the queries alone."""
    if tasks is not None and settings.triggers is None:
        return tasks
    named = settings.triggers
    queries = read_triggers(find_triggers(path) if named is None else Path(named))
    name = described(skill).name
    if tasks is None:
        return trigger_set(queries, skill=name)
    return with_triggers(tasks, queries, skill=name)


def _neighbours(settings: Settings, own: Path | None) -> tuple[Skill, ...]:
    return (
        () if settings.neighbours is None else read_neighbours(Path(settings.neighbours), but=own)
    )


def needed_roles(inputs: Inputs, *, proposes: bool = True) -> list[Role]:
    """The roles that are called.

    Args:
        inputs: what was read.
        proposes: whether edits are proposed; who does that may need an optimizer.
    """
    settings = inputs.settings
    needed: list[Role] = ["target"]
    if proposes and asks_optimizer(settings.who_proposes):
        needed.append("optimizer")
    if inputs.validation_set.uses_rubric or (proposes and settings.compare_answers):
        needed.append("judge")
    return needed


def check_roles(
    inputs: Inputs, *, own: frozenset[str] = frozenset(), proposes: bool = True
) -> bool:
    """Check that each role has a model, and that the target does not judge itself unasked.

    Args:
        inputs: what was read.
        own: the roles that the caller fills with callables.
        proposes: whether edits are proposed; who does that may need an optimizer.

    Returns:
        Whether the judge is the target itself, which the user has allowed.

    Raises:
        MissingModelError: a role has no model; the message names the ways out.
        SettingsError: the judge is the target, and that was not allowed.
    """
    settings = inputs.settings
    _check_seat(settings)
    rubric = inputs.validation_set.uses_rubric
    if settings.runs_target:
        own |= {"target"}
    if "target" not in own or settings.target_command is not None:
        _check_workspaces(inputs)
    for role in needed_roles(inputs, proposes=proposes):
        if role not in own and settings.model(role) is None:
            raise MissingModelError(
                f"no model for the {role}; set one with --{role} (a LiteLLM model string,"
                f" for example --{role} openai/gpt-4o-mini), with `{role}` in skillopt.toml or in"
                " the validation set's settings, or use the offline practice models with --practice"
            )
    itself = (
        rubric
        and not own & {"target", "judge"}
        and settings.model("judge") == settings.model("target")
        and settings.base("judge") == settings.base("target")
    )
    if itself and not settings.allow_self_judging:
        raise SettingsError(
            f"the judge {settings.model('judge')!r} is also the target, and models overrate their "
            "own answers; set another --judge, or pass --allow-self-judging"
        )
    return itself


def _check_seat(settings: Settings) -> None:
    """A target is one thing, and the settings of an agent need one."""
    if settings.agent is None:
        for name in ("agent_model", "agent_args", "keep_workspaces"):
            if value := getattr(settings, name):
                raise SettingsError(
                    f"{name} is {value!r}, and there is no agent; name one with --agent, or leave "
                    "it out"
                )
    elif settings.target_command is not None:
        raise SettingsError(
            f"target_command is {settings.target_command!r}, and agent is "
            f"{settings.agent.name!r}: the target is one of them; take the other out"
        )


def _check_workspaces(inputs: Inputs) -> None:
    """Files need a target that works in a folder."""
    for task in inputs.validation_set.tasks:
        checks = any(isinstance(check, File) for check in task.checks)
        if checks or task.files or task.git:
            what = "a `file` check" if checks else "`files`" if task.files else "`git`"
            raise SettingsError(
                f"task {task.id!r} has {what}, and the target has no workspace; name an agent with "
                "--agent (docs/agent-clis.md), or take it out of the task"
            )


def is_practice(settings: Settings) -> bool:
    """Whether the target is a practice model: what is measured says nothing about a model."""
    if settings.runs_target:
        return False
    return names_practice_model(settings.model("target"))


def _from_here(given: Mapping[str, Any], project: Path) -> dict[str, Any]:
    """``given``, where a sibling that is a path from the working directory is one of the project.

    What is no skill from here is a name, or a path of the project already, as in a settings file.
    """
    siblings = given.get("siblings")
    if not isinstance(siblings, list | tuple):
        return dict(given)
    return {**given, "siblings": tuple(_sibling(one, project) for one in siblings)}


def _sibling(given: Any, project: Path) -> Any:
    try:
        file = located_skill(Path(given))
    except (SkillError, TypeError, ValueError):
        return given
    return path_id(redacted(within(project, file)))


def _isolates(sources: Iterable[tuple[str, Mapping[str, Any]]]) -> bool | None:
    """Whether Python checks run in worker processes; None where only the header can say."""
    found = [values for _, values in sources]
    if any(values.get("sandbox") for values in found):
        return True
    said = (values.get("isolate_checks") for values in found)
    return next((bool(one) for one in said if one is not None), None)


def _tasks(
    given: ValidationSet | str | Path | None, skill: Path | None, *, isolates: bool | None
) -> ValidationSet:
    if isinstance(given, ValidationSet):
        return given
    if given is not None:
        return read_validation_set(Path(given), isolates=isolates)
    if skill is None:
        raise SettingsError("a skill given as a value needs a validation_set")
    return read_validation_set(find_validation_set(skill), isolates=isolates)
