"""The two versions that `skillopt gate` is given: files, versions from git, or standard input."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from skillopt.cli.output import count
from skillopt.errors import SettingsError

if TYPE_CHECKING:
    from skillopt.adapters.files.skill_in_git import StoredSkill
    from skillopt.core.skill.skill import Skill

PIPE = "-"


class Versions(NamedTuple):
    """What is compared."""

    old: Skill | Path | StoredSkill
    new: Skill
    path: Path | None
    """The new version's file, whose tasks and settings hold; None where it has none."""


def versions_of(asked: Sequence[str], base: str | None) -> Versions:
    """Read what the command line names.

    Args:
        asked: OLD and NEW, or with ``base`` the skill alone.
        base: the ref whose version is the old one.

    Raises:
        SettingsError: the wrong number of versions, or standard input twice.
        InputError: a version cannot be read.
    """
    from skillopt.app.base_version import against_base, read_version

    wanted = 1 if base is not None else 2
    if len(asked) != wanted:
        form = "--base REF SKILL" if base is not None else "OLD NEW, or --base REF SKILL"
        raise SettingsError(
            f"{count(len(asked), 'version')} given, {wanted} wanted: skillopt gate {form}; "
            "--changed takes any number of folders"
        )
    if base is not None:
        path = Path(asked[0])
        if asked[0] == PIPE:
            raise SettingsError("--base needs the skill's file, and got - for standard input")
        found = against_base(path, base)
        return Versions(found.old, found.new, path)
    old, new = asked
    if old == new == PIPE:
        raise SettingsError("OLD and NEW are both -; only one can be standard input")
    first = piped() if old == PIPE else read_version(old)
    if new == PIPE:
        return Versions(first, piped(), None)
    second = read_version(new)
    if isinstance(second, Path):
        from skillopt.app.versions import read_current

        return Versions(first, read_current(second).skill, second)
    return Versions(first, second.skill, None)


def piped() -> Skill:
    """The skill on standard input.

    Raises:
        SkillError: it is no skill.
    """
    from skillopt.core.skill.skill import LARGEST_SKILL, Skill
    from skillopt.errors import SkillError

    data = sys.stdin.buffer.read(4 * LARGEST_SKILL + 4)
    if not data.strip():
        raise SkillError("standard input is empty; a version was expected there, for the -")
    try:
        return Skill.from_bytes(data)
    except SkillError as error:
        raise SkillError(f"standard input: {error}") from None
