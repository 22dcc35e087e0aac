"""What is missing before a skill can be tuned, and how to fix it. Calls no model unasked."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from skillopt.adapters.files.places import place_of, project_for
from skillopt.adapters.files.settings_file import read_settings
from skillopt.adapters.files.skill_file import located_skill, read_skill, skill_name
from skillopt.adapters.files.validation_file import find_validation_set, read_validation_set
from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.models import LiteLLMModel
from skillopt.adapters.practice import PracticeModel
from skillopt.app.agent_checkup import about_agent
from skillopt.app.files_used import files_used
from skillopt.app.finding import Finding
from skillopt.app.folder_checkup import about_folder
from skillopt.app.inputs import Inputs, check_roles
from skillopt.app.ledger import default_ledger
from skillopt.app.power import measured_power
from skillopt.app.skill_ids import file_id, moved_hint
from skillopt.app.wiring import model_settings
from skillopt.core.evaluation.checks import Check, Regex, ToolArguments
from skillopt.core.evaluation.near_copies import NearCopy, near_copy_warnings
from skillopt.core.evaluation.task import SPLITS
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.health import Health, Role
from skillopt.core.history.sealed_openings import opened_before, told_runs
from skillopt.core.history.task_usage import Looks, looked_at
from skillopt.core.limits import limit_warnings
from skillopt.core.merged_settings import merged_settings
from skillopt.core.redaction import redacted
from skillopt.core.settings import Settings
from skillopt.core.settings_groups import loop_settings
from skillopt.core.skill.format_rules import folder_flaw
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import is_skill_md
from skillopt.core.value import Value
from skillopt.errors import (
    ChargedError,
    InputError,
    LedgerError,
    SettingsError,
    ValidationSetError,
)

_Read = TypeVar("_Read")

MOST_NEAR_COPIES = 20
"""How many near-copies in two splits, and how many in one, are said; the checkup holds all."""

KEYS = {
    "openai/": "OPENAI_API_KEY",
    "anthropic/": "ANTHROPIC_API_KEY",
    "gemini/": "GEMINI_API_KEY",
    "mistral/": "MISTRAL_API_KEY",
    "groq/": "GROQ_API_KEY",
}
"""The environment variable LiteLLM reads a provider's key from."""


class Checkup(Value):
    """All findings."""

    findings: tuple[Finding, ...]
    near_copies: tuple[NearCopy, ...] = ()
    """Tasks that ask nearly the same; see :mod:`skillopt.core.evaluation.near_copies`."""

    health: tuple[Health, ...] = ()
    """What the calls measured, where they were asked for."""

    @property
    def ready(self) -> bool:
        """Nothing is missing."""
        return all(finding.level != "missing" for finding in self.findings)


def check_up(
    skill: Path,
    *,
    validation_set: Path | None = None,
    given: Mapping[str, Any],
    call: bool = False,
) -> Checkup:
    """Check a skill, its tasks, settings and models; go on after each problem.

    Args:
        skill: path of the skill.
        validation_set: path of its tasks; by default the one named after the skill.
        given: settings from flags, the strongest.
        call: call each role that a language model fills, once.
    """
    findings: list[Finding] = []
    create = None if skill.is_file() else f"skillopt init {_named(skill)}"
    file = _tried(findings, "skill", lambda: located_skill(skill), create)
    if file is None:
        return Checkup(findings=tuple(findings))
    text = _tried(findings, "skill", lambda: read_skill(skill), None)
    findings += _about_skill(skill, text) if text else []
    findings += files_used(skill, tasks=validation_set, given=given)
    tasks = _tried(
        findings,
        "validation set",
        lambda: read_validation_set(validation_set or find_validation_set(skill)),
        _missing_tasks(skill) if validation_set is None else None,
    )
    if tasks is None:
        return Checkup(findings=tuple(findings))
    findings += [*_about_tasks(tasks), *_about_near_copies(skill, tasks)]
    if text is None:
        return Checkup(findings=tuple(findings), near_copies=tasks.near_copies)
    settings = _tried(
        findings, "settings", lambda: _settings(skill, tasks, given), "correct the value it names"
    )
    if settings is not None:
        findings += _about_models(skill, text, tasks, settings)
        findings += [
            Finding(level="warning", about="limits", says=says)
            for says in limit_warnings(text, tasks, settings)
        ]
        project = project_for(skill)
        findings += _about_power(project, tasks, settings)
        findings += _about_ledger(project, skill, tasks, settings)
    health = _called(findings, skill, text, tasks, settings) if call and settings else ()
    return Checkup(findings=tuple(findings), near_copies=tasks.near_copies, health=health)


def _tried(
    findings: list[Finding], about: str, read: Callable[[], _Read], mend: str | None
) -> _Read | None:
    try:
        return read()
    except InputError as error:
        findings.append(Finding(level="missing", about=about, says=str(error), mend=mend))
        return None


def _missing_tasks(skill: Path) -> str | None:
    """What to write where the skill has no validation set; what is wrong in one says itself."""
    if place_of(skill).validation_sets:
        return None
    return f"write validation_sets/{_named(skill)}.yaml; docs/validation-sets.md shows how"


def _about_skill(path: Path, skill: Skill) -> list[Finding]:
    says = f"{path}: {len(skill.text)} characters, {len(skill.sections)} headings"
    if skill.files:
        size = sum(len(file.data) for file in skill.files)
        says += f", {len(skill.files)} other files with {size:,} bytes"
    found = [Finding(level="good", about="skill", says=says)]
    body = skill.text[len(skill.front_matter) :]
    empty = [] if body.strip("\ufeff \t\r\n") else ["it has no instructions yet"]
    file = located_skill(path)
    warnings = [*empty, *skill.warnings, *_about_place(file, skill)]
    found += [Finding(level="warning", about="skill", says=warning) for warning in warnings]
    return found + about_folder(file, skill)


def _about_place(file: Path, skill: Skill) -> list[str]:
    """What the format asks of a file called SKILL.md."""
    if not is_skill_md(file.name):
        return []
    if not skill.front_matter:
        return ["no front matter; the Agent Skills format wants `name` and `description` in it"]
    folders = (file.absolute().parent.name, file.resolve().parent.name)
    flaws = [folder_flaw(skill.name, folder) for folder in folders]
    return [flaws[0]] if flaws[0] and all(flaws) else []


def _about_tasks(tasks: ValidationSet) -> list[Finding]:
    sizes = ", ".join(f"{len(tasks.split(name))} {name}" for name in SPLITS)
    says = f"{tasks.name}: {len(tasks.tasks)} tasks ({sizes})"
    read = [Finding(level="good", about="validation set", says=line) for line in tasks.imported]
    sized = Finding(level="good", about="validation set", says=says)
    return [sized, *read, *_about_empty(tasks), *_about_silent(tasks)]


def _about_empty(tasks: ValidationSet) -> list[Finding]:
    try:
        tasks.check_filled(*SPLITS)
    except ValidationSetError as error:
        return [Finding(level="missing", about="validation set", says=str(error))]
    return []


def _about_silent(tasks: ValidationSet) -> list[Finding]:
    """Patterns stay with the grader: without `says` nobody tells the optimizer what they want."""
    silent = sum(
        any(_by_pattern(check) and not check.says for check in task.checks)
        for task in tasks.split("train")
    )
    if not silent:
        return []
    says = f"{silent} train {'task has' if silent == 1 else 'tasks have'} a `regex` check without "
    says += "`says`: the optimizer sees that it failed, and not what it wants"
    mend = "add `says:` with the rule in plain words; docs/validation-sets.md shows how"
    return [Finding(level="warning", about="checks", says=says, mend=mend)]


def _by_pattern(check: Check) -> bool:
    return isinstance(check, Regex) or (isinstance(check, ToolArguments) and check.match == "regex")


def _about_near_copies(path: Path, tasks: ValidationSet) -> list[Finding]:
    pairs = tasks.near_copies
    told = near_copy_warnings(pairs, most=MOST_NEAR_COPIES, more="`skillopt doctor --json`")
    found = [Finding(level="warning", about="near-copies", says=says) for says in told]
    if any(not pair.leak for pair in pairs):
        mend = f"skillopt doctor {path} --tag-clusters"
        found[-1] = found[-1].model_copy(update={"mend": mend})
    return found


def _settings(skill: Path, tasks: ValidationSet, given: Mapping[str, Any]) -> Settings:
    project = project_for(skill)
    header = (f"the header of validation set {tasks.name!r}", tasks.settings)
    settings = merged_settings([("command line", given), *read_settings(project), header])
    settings.check_gains()
    loop_settings(settings)
    return settings


def _about_models(
    path: Path, skill: Skill, tasks: ValidationSet, settings: Settings
) -> list[Finding]:
    inputs = _inputs(path, skill, tasks, settings)
    found: list[Finding] = []
    if (
        _tried(found, "models", lambda: check_roles(inputs), "add --practice, or name models")
        is None
    ):
        return found
    for role in get_args(Role):
        model = settings.model(role)
        if model and not (role == "target" and settings.runs_target):
            found += _about_role(role, model, settings)
    return found + about_agent(settings)


def _about_role(role: Role, model: str, settings: Settings) -> list[Finding]:
    from skillopt.app.wiring import check_call

    try:
        check_call(settings, role)
    except SettingsError as error:
        return [Finding(level="missing", about=role, says=str(error))]
    return [_about_model(role, model, settings)]


def _inputs(path: Path, skill: Skill, tasks: ValidationSet, settings: Settings) -> Inputs:
    return Inputs(
        skill=skill,
        name=skill_name(path, skill),
        path=path,
        project=project_for(path),
        validation_set=tasks,
        settings=settings,
    )


def _called(
    findings: list[Finding], path: Path, skill: Skill, tasks: ValidationSet, settings: Settings
) -> tuple[Health, ...]:
    """Each role's one call; what is wrong becomes a finding."""
    from skillopt.app.health import call_role

    inputs, made = _inputs(path, skill, tasks, settings), []
    judges = tasks.uses_rubric or settings.compare_answers
    roles: tuple[Role, ...] = ("target", "optimizer", *(("judge",) if judges else ()))
    unusable = {finding.about for finding in findings if finding.level == "missing"}
    for role in roles:
        if role in unusable:
            continue
        try:
            health = asyncio.run(call_role(inputs, role))
        except (InputError, ChargedError) as error:
            findings.append(Finding(level="missing", about=f"call of the {role}", says=str(error)))
            continue
        if health is not None:
            made.append(health)
            findings += _about_call(health, settings)
    return tuple(made)


def _about_call(health: Health, settings: Settings) -> list[Finding]:
    about = f"call of the {health.role}"
    waiting = () if health.role == "optimizer" else health.waiting(settings.concurrency)
    told = (*health.warnings, *waiting)
    warnings = [Finding(level="warning", about=about, says=says) for says in told]
    return [Finding(level="good", about=about, says=health.text), *warnings]


def _about_model(role: str, model: str, settings: Settings) -> Finding:
    try:
        called_with = model_settings(settings, role, model)
        if called_with.practice:
            PracticeModel(called_with)
            return Finding(level="good", about=role, says=f"{model} (offline practice model)")
        key = next((name for start, name in KEYS.items() if model.startswith(start)), None)
        if key and not called_with.base and not os.environ.get(key):
            says = f"{model}: {key} is not set"
            return Finding(level="missing", about=role, says=says, mend=f"export {key}=...")
        LiteLLMModel(called_with, meter=SpendMeter(settings.limits())).check()
    except InputError as error:
        return Finding(level="missing", about=role, says=str(error))
    own = f" at {called_with.base}" if called_with.base else ""
    return Finding(level="good", about=role, says=redacted(f"{model}{own}"))


def _about_power(project: Path, tasks: ValidationSet, settings: Settings) -> list[Finding]:
    if not tasks.split("validation"):
        return []
    found = asyncio.run(measured_power(tasks, settings, project))
    told = [Finding(level="good", about="power", says=found.text)]
    return told + [
        Finding(level="warning", about="power", says=warning) for warning in found.warnings
    ]


def _about_ledger(
    project: Path, skill: Path, tasks: ValidationSet, settings: Settings
) -> list[Finding]:
    """How often the tasks were used; nothing if there is no ledger yet."""
    where = settings.ledger or default_ledger(project)
    if "://" not in str(where) and not Path(where).exists():
        return []
    try:
        looks, opened, moved = asyncio.run(_looked(where, skill, tasks))
    except LedgerError as error:
        return [Finding(level="warning", about="ledger", says=str(error))]
    found: list[Finding] = []
    if looks:
        level: Literal["good", "warning"] = "warning" if looks.warning else "good"
        found.append(Finding(level=level, about="task usage", says=looks.warning or looks.text))
    if opened:
        says = (
            f"already used by {told_runs(opened)}; another run on the same test tasks cannot "
            "certify"
        )
        mend = "replace the test tasks, or override with --reopen-sealed"
        found.append(Finding(level="warning", about="sealed test", says=says, mend=mend))
    if moved:
        found.append(Finding(level="warning", about="ledger", says=moved))
    return found


async def _looked(
    where: str | Path, skill: Path, tasks: ValidationSet
) -> tuple[Looks | None, tuple[str, ...], str]:
    """How often the tasks were used, which runs opened the sealed ones, and a hint of a move."""
    from skillopt.adapters.ledger import SqlLedger

    validation, test = tasks.split("validation"), tasks.split("test")
    async with SqlLedger.open(where, create=False) as ledger:
        counts = await ledger.looks([task.digest for task in validation])
        records = await ledger.openings(file_id(skill))
        name = skill_name(skill, read_skill(skill))
        moved = await moved_hint(ledger, skill, name=name, tests=test)
    opened = opened_before(records, run="", tasks=test, versions=("", ""))
    return looked_at(counts, validation), opened, moved


def _named(path: Path) -> str:
    return path.parent.name if path.name == "SKILL.md" else path.stem
