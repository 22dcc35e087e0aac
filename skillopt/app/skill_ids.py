"""Which skill of the ledger a command is about, and a skill whose file was moved."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from skillopt.adapters.files.places import project_for
from skillopt.adapters.files.skill_file import located_skill
from skillopt.app.inputs import within
from skillopt.core.evaluation.task import Task
from skillopt.core.history.sealed_openings import opened_before, told_runs
from skillopt.core.history.skill_ids import path_id
from skillopt.core.redaction import redacted
from skillopt.core.value import Value
from skillopt.errors import InputError, SkillError

if TYPE_CHECKING:
    from skillopt.adapters.ledger import SqlLedger


class AttachedSkill(Value):
    """A skill's record that goes on under a new path."""

    old: str
    """The skill's path in the project before, or the name of one that was given as a value."""
    new: str
    """Its path from now on."""
    runs: int
    """How many runs its record has."""


def file_id(path: Path) -> str:
    """The id of the skill in a file: its path in its project.

    Raises:
        SkillError: there is no skill.
    """
    return _place(located_skill(path), project_for(path))


def asked_skill(given: str) -> str:
    """What the ledger is asked for: the id of a file or folder that is there, else what is given.

    Args:
        given: a path, or a skill's name.
    """
    path = Path(given)
    try:
        return file_id(path) if path.exists() else given
    except SkillError:
        return given


async def attach(ledger: SqlLedger, old: str, new: Path) -> AttachedSkill:
    """Let the record of a skill whose file was moved go on under the file's new path.

    Args:
        ledger: where the record is.
        old: the path before the move, from the project or from here; or the name of a skill that
            was given as a value.
        new: the file now, or the folder of its `SKILL.md`.

    Raises:
        InputError: the old file is still there, or the ledger has no run of it.
        SkillError: there is no new file.
    """
    found, project = file_id(new), project_for(new)
    known = await _known(ledger, old, project)
    if known == found:
        raise InputError(f"{known} is {new} already; there is nothing to attach")
    if _is_there(known, project):
        raise InputError(
            f"{known} is still there, so {found} is another skill; to only show its refusals to "
            f"the optimizer, use --sibling {known}"
        )
    return AttachedSkill(old=known, new=found, runs=await ledger.attach(known, found))


async def moved_hint(
    ledger: SqlLedger, file: Path, *, name: str, tests: Sequence[Task] = ()
) -> str:
    """What to type where a skill's file may have been moved; "" where that cannot be.

    It may have been where the ledger has a skill of its name whose file is gone, and either no run
    of the file itself, or looks at its test tasks that do not count for it.

    Args:
        ledger: where it is looked for.
        file: the skill's file.
        name: what the skill is called; a moved file is called the same.
        tests: its test tasks.
    """
    gone = await _gone(ledger, file, name=name)
    used = await _openings(ledger, gone, tests)
    if not gone or (not used and await ledger.count_runs(skill=file_id(file))):
        return ""
    first = next(iter(used), gone[0])
    runs = told_runs(tuple(run for some in used.values() for run in some)) if used else ""
    spent = f"; {runs} used its test tasks, which counts here only if it is attached"
    command = f"skillopt ledger attach {shlex.quote(first)} {shlex.quote(str(file))}"
    return (
        f"the ledger has a skill of that name at {', '.join(gone)}{spent if used else ''}; if it "
        f"was moved: {command}"
    )


async def _gone(ledger: SqlLedger, file: Path, *, name: str) -> list[str]:
    """The skills of a name that have runs, and no file any more."""
    here, project = file_id(file), project_for(file)
    others = await ledger.skills_named([name])
    gone = [one for one in others if one != here and not _is_there(one, project)]
    return [one for one in gone if await ledger.count_runs(skill=one)]


async def _openings(
    ledger: SqlLedger, skills: Sequence[str], tests: Sequence[Task]
) -> dict[str, tuple[str, ...]]:
    """The runs of these skills that have looked at any of these test tasks."""
    found = {
        skill: opened_before(await ledger.openings(skill), run="", tasks=tests, versions=("", ""))
        for skill in skills
    }
    return {skill: runs for skill, runs in found.items() if runs}


def _is_there(skill: str, project: Path) -> bool:
    return skill.startswith((".", "/")) and (project / skill).exists()


async def _known(ledger: SqlLedger, old: str, project: Path) -> str:
    """The id that ``old`` stands for: a path from here, a path of the project, or a name."""
    from_here = _place(Path(old), project)
    if await ledger.count_runs(skill=from_here):
        return from_here
    return await ledger.one_skill(old)


def _place(path: Path, project: Path) -> str:
    return path_id(redacted(within(project, path)))
