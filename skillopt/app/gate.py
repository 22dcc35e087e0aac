"""A hand-written edit through the gate: the old version against the new one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, Unpack

from skillopt.adapters.files.git import file_origin
from skillopt.adapters.files.skill_file import located_skill, read_skill
from skillopt.adapters.files.skill_in_git import StoredSkill
from skillopt.app.base_version import read_version
from skillopt.app.ci import in_ci
from skillopt.app.gate_links import check_links
from skillopt.app.job import Job, read_job
from skillopt.app.options import Options
from skillopt.app.session import open_session
from skillopt.app.single_edit import GatedEdit, decide
from skillopt.app.sync import wait_for
from skillopt.core.history.hand_edit import FileOrigin, HandEdit
from skillopt.core.skill.skill import Skill
from skillopt.errors import InputError


def gate(old: Skill | str | Path, new: Skill | str | Path, **options: Unpack[Options]) -> GatedEdit:
    """:func:`agate`, waited for.

    Raises:
        RuntimeError: an event loop is running already.
    """
    return wait_for(agate(old, new, **options), instead="agate")


async def agate(
    old: Skill | str | Path, new: Skill | str | Path, **options: Unpack[Options]
) -> GatedEdit:
    """Test ``new`` against ``old`` on the validation tasks.

    The edit budget does not apply, and the gate is `race` unless the settings name another. No file
    is written; the ledger keeps the edit, its verdict, and where the two files come from as a run
    of kind `gate`. The same edit under the same conditions is tested once: asked again, the answer
    is the ledger's. Tasks, settings and ledger are those of ``new``. In CI
    (the variable CI is set), Python checks of modules run in worker processes, unless
    `isolate_checks` says otherwise.

    Args:
        old: the version in use; a path, `REF:PATH` for a version from git, or a value.
        new: the edited version.
        options: as for :func:`skillopt.atune`.

    Raises:
        InputError: the two versions are equal, the new one links to a file that it has not, or the
            tasks or settings cannot be used.
        RunStopped: the provider refuses every call.
        SpendExhausted: a limit leaves no room.
    """
    return await gate_edit(read_job(new, isolates=in_ci(), **options).for_single_edit(), old)


def check_edit(job: Job, old: Skill | str | Path | StoredSkill) -> None:
    """Check that :func:`gate_edit` could begin; nothing is called.

    Raises:
        InputError: a version cannot be read, the two are equal, or the new one breaks a link.
    """
    _read(job, old)


async def gate_edit(job: Job, old: Skill | str | Path | StoredSkill) -> GatedEdit:
    """:func:`agate` for a job that is read: its skill is the new version."""
    edit = await asyncio.to_thread(_read, job, old)
    by_hand = await asyncio.to_thread(_origins, job, edit.old)
    before = replace(job, inputs=replace(job.inputs, skill=edit.incumbent))
    async with open_session(before, told=edit.told) as session:
        return await decide(session, job.inputs.skill, by_hand=by_hand)


class _Edit(NamedTuple):
    """A hand-written edit that can be tested."""

    old: Skill | Path | StoredSkill
    incumbent: Skill
    told: tuple[str, ...]
    """What a person should know of it."""


def _read(job: Job, old: Skill | str | Path | StoredSkill) -> _Edit:
    """The old version, and what is to be said of the new one.

    Raises:
        InputError: the versions are equal, or the new one breaks a link.
    """
    old = _version(old)
    incumbent = old if isinstance(old, Skill) else _text(old)
    candidate = job.inputs.skill
    if candidate.digest == incumbent.digest:
        raise InputError("the two versions are equal, byte for byte; there is nothing to decide")
    return _Edit(old, incumbent, check_links(incumbent, candidate, job.inputs.file))


def _version(old: Skill | str | Path | StoredSkill) -> Skill | Path | StoredSkill:
    """A version from git where ``old`` is `REF:PATH`, else what it is."""
    if isinstance(old, str):
        return read_version(old)
    return old


def _text(old: Path | StoredSkill) -> Skill:
    return read_skill(old) if isinstance(old, Path) else old.skill


def _origins(job: Job, old: Skill | Path | StoredSkill) -> HandEdit:
    """The two files, and what git knows of them."""
    project, new = job.inputs.project, job.inputs.path
    return HandEdit(
        old=_old_origin(old, project), new=None if new is None else _origin(new, project)
    )


def _old_origin(old: Skill | Path | StoredSkill, project: Path) -> FileOrigin | None:
    match old:
        case Skill():
            return None
        case StoredSkill():
            return old.origin
        case Path():
            return _origin(old, project)


def _origin(path: Path, project: Path) -> FileOrigin:
    return file_origin(located_skill(path), project=project)
