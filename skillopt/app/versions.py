"""Versions of a skill: its file as it is, a version in the ledger, and restoring one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from skillopt.adapters.files.skill_file import (
    WrittenSkill,
    located_skill,
    read_skill,
    skill_name,
    write_skill,
)
from skillopt.app.skill_ids import file_id, moved_hint
from skillopt.core.history.views import SkillVersion
from skillopt.core.skill.skill import Skill
from skillopt.errors import InputError

if TYPE_CHECKING:
    from skillopt.adapters.ledger import SqlLedger


class CurrentSkill(NamedTuple):
    """A skill as its file has it now."""

    path: Path
    """The file itself, where a folder was named."""
    name: str
    skill: Skill
    skill_id: str
    """Its path in the project, by which the ledger keeps its versions."""


def read_current(path: Path) -> CurrentSkill:
    """Read a skill's file, or the `SKILL.md` in a folder.

    Raises:
        SkillError: there is none, or it is not a skill.
    """
    file = located_skill(path)
    skill = read_skill(file)
    return CurrentSkill(file, skill_name(file, skill), skill, file_id(file))


async def find_version(
    ledger: SqlLedger, skill_id: str, given: str | None, *, current: CurrentSkill | None = None
) -> Skill:
    """The version of a skill that ``given`` names, by its hash or the first characters of it.

    Without ``given`` it is the version that the newest run started from.

    Args:
        ledger: where it is looked for.
        skill_id: the skill, by its path in the project (or its name where only one has it).
        given: the hash.
        current: its file, which may have been moved: then the error says how to attach it.

    Raises:
        InputError: there is none, or several, or its text is not in the ledger any more.
    """
    versions = await ledger.skill_versions(skill_id)
    if given is None:
        runs = await ledger.list_runs(skill=skill_id, limit=1)
        digests = {run.record.first for run in runs}
    else:
        digests = {one.digest for one in versions if one.digest.startswith(given)}
    if not digests:
        hint = await moved(ledger, current) if current else ""
        raise InputError("; ".join(filter(None, [_unknown(skill_id, given, versions), hint])))
    if len(digests) > 1:
        several = ", ".join(sorted(digest[:12] for digest in digests))
        raise InputError(
            f"version {given!r} of {skill_id} could be {several}; type more of the hash"
        )
    digest = digests.pop()
    skill = await ledger.skill(digest)
    if skill is None:
        raise InputError(f"the text of version {digest[:12]} is not in the ledger any more")
    return skill


async def moved(ledger: SqlLedger, current: CurrentSkill) -> str:
    """What to type where the skill's file may have been moved; "" where that cannot be."""
    return await moved_hint(ledger, current.path, name=current.name)


async def restore_version(ledger: SqlLedger, current: CurrentSkill, version: Skill) -> WrittenSkill:
    """Write a version into the skill's file; beside it, where the ledger lacks the file's text.

    Raises:
        SkillError: the file cannot be written.
    """
    known = await ledger.skill(current.skill.digest) is not None
    expected = current.skill.digest if known else ""
    return write_skill(current.path, version, expected_digest=expected, began_with=current.skill)


def _unknown(skill_id: str, given: str | None, versions: Sequence[SkillVersion]) -> str:
    if not versions or given is None:
        return (
            f"the ledger has no version of {skill_id}; `skillopt tune` or `skillopt gate` adds "
            "them, --ledger names another ledger"
        )
    newest = versions[-1].digest[:12]
    return (
        f"no version {given!r} of {skill_id} in the ledger; the newest is {newest}, and `skillopt "
        "revert SKILL` without a version lists them all"
    )
