"""Which skill of the ledger a command is about, and a skill whose file was moved."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from skillopt.adapters.files.settings_file import project_of
from skillopt.adapters.files.skill_file import located_skill
from skillopt.app.inputs import within
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
    file = located_skill(path)
    return _place(file, project_of(file.resolve()))


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
    found = file_id(new)
    project = project_of(located_skill(new).resolve())
    known = await _known(ledger, old, project)
    if known == found:
        raise InputError(f"{known} is {new} already; there is nothing to attach")
    if _is_there(known, project):
        raise InputError(
            f"{known} is still there, so {found} is another skill; to only show its refusals to "
            f"the optimizer, use --sibling {known}"
        )
    return AttachedSkill(old=known, new=found, runs=await ledger.attach(known, found))


async def moved_from(ledger: SqlLedger, file: Path, *, name: str) -> tuple[str, ...]:
    """Under which ids the record of a file without one may be: those of files that are gone.

    Args:
        ledger: where it is looked for.
        file: the skill's file.
        name: what the skill is called; a moved file is called the same.
    """
    here, project = file_id(file), project_of(located_skill(file).resolve())
    if await ledger.count_runs(skill=here):
        return ()
    others = await ledger.skills_named([name])
    gone = [one for one in others if one != here and not _is_there(one, project)]
    return tuple([one for one in gone if await ledger.count_runs(skill=one)])


def moved_hint(ids: Sequence[str], file: Path) -> str:
    """What to type where a file may have been moved; "" for no ids."""
    if not ids:
        return ""
    command = f"skillopt ledger attach {shlex.quote(ids[0])} {shlex.quote(str(file))}"
    return f"the ledger has a skill of that name at {', '.join(ids)}; if it was moved: {command}"


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
