"""Skill files: reading them, and writing them so that nobody's work is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from skillopt.adapters.files.atomic import followed, only_writer, replace_file, takes_files
from skillopt.core.skill.skill import LARGEST_SKILL, Skill
from skillopt.core.value import Value
from skillopt.errors import SkillError

FILE = "SKILL.md"

MOST_BYTES = 4 * LARGEST_SKILL + 3
"""What a file may have that is read as a skill."""
_LONGEST_NAME = 200


class WrittenSkill(Value):
    """The outcome of writing a skill."""

    path: Path
    """Where the text is now."""
    kind: Literal["written", "unchanged", "beside"]
    """`unchanged`: it was there already. `beside`: the file was not to be touched."""
    note: str
    """One sentence for a person."""


def located_skill(path: Path) -> Path:
    """The skill's file: ``path`` itself, or the `SKILL.md` in it where it is a folder.

    Raises:
        SkillError: there is none.
    """
    try:
        if path.is_dir():
            inside = sorted(child for child in path.iterdir() if child.name.lower() == "skill.md")
            if not inside:
                raise SkillError(f"no {FILE} in {path}; name the skill's file itself")
            return next((child for child in inside if child.name == FILE), inside[0])
        if not path.exists():
            kind = "broken link" if path.is_symlink() else "no such file"
            raise SkillError(f"{kind}: {path}; create a skill with `skillopt init`")
        if not path.is_file():
            raise SkillError(f"not a regular file: {path}")
    except OSError as error:
        raise SkillError(f"{path} cannot be read: {error.strerror}") from None
    return path


def read_skill(path: Path) -> Skill:
    """Read a `SKILL.md`, the folder that holds one, or any Markdown file.

    Raises:
        SkillError: it is not there, cannot be read, or is no skill; the message names the file.
    """
    file = located_skill(path)
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise SkillError(f"{file} cannot be read: {error.strerror}") from None
    try:
        return Skill.from_bytes(data)
    except SkillError as error:
        raise SkillError(f"{file}: {error}") from None


def skill_name(path: Path | None, skill: Skill) -> str:
    """The front matter's `name`; else the name of the folder of a `SKILL.md`, else the file's."""
    own = skill.name
    if own and len(own) <= _LONGEST_NAME and own.isprintable():
        return own
    if path is None:
        return "skill"
    file = path.absolute()
    if file.is_dir():
        return file.name
    return file.parent.name if file.name.lower() == "skill.md" else file.stem


def write_skill(path: Path, skill: Skill, *, expected_digest: str | None) -> WrittenSkill:
    """Put ``skill`` into its file, whole or not at all.

    A symbolic link stays one; the file it points to is written, and keeps its mode. A file that is
    no longer what it was, or may not be written, is left alone: the text goes beside it, into
    `<stem>.skillopt<suffix>`, or a numbered one where that holds something else.

    Args:
        path: the skill's file, or the folder of its `SKILL.md`.
        skill: the text.
        expected_digest: digest of what the file must hold for it to be replaced; empty where there
            may be no file; None replaces whatever is there.

    Raises:
        SkillError: the place cannot be written to.
    """
    try:
        target = followed(path / FILE if path.is_dir() else path)
        data = skill.to_bytes()
        with only_writer(target.parent):
            hindrance = _hindrance(target, skill, expected_digest)
            if hindrance is None:
                replace_file(target, data)
                return WrittenSkill(path=path, kind="written", note=f"written to {path}")
            if hindrance == "":
                return WrittenSkill(path=path, kind="unchanged", note=f"{path} is up to date")
            beside = _beside(target, data)
    except UnicodeEncodeError as error:
        raise SkillError(f"the text cannot be written as UTF-8: {error.reason}") from None
    except (OSError, ValueError) as error:
        raise SkillError(f"{path} cannot be written: {error}") from None
    note = f"{path} {hindrance} and was left alone; the result is in {beside}"
    return WrittenSkill(path=beside, kind="beside", note=note)


def check_place(path: Path, *, instead: str) -> None:
    """Check that a result can be written to ``path``, before it is paid for.

    Args:
        path: the file, there or not.
        instead: what the user can do where it cannot.

    Raises:
        SkillError: no file can be created there.
    """
    try:
        folder = followed(path / FILE if path.is_dir() else path).parent
    except OSError as error:
        raise SkillError(f"{path} cannot be written: {error}") from None
    if not takes_files(folder):
        raise SkillError(
            f"{path} cannot be written: no file can be created in {folder}; {instead}; nothing was "
            "called"
        )


def held_digest(path: Path) -> str | None:
    """What :func:`write_skill` is to find again: the text's digest, empty where there is no file.

    None for a file that is no skill: there is no text to compare with.
    """
    try:
        file = followed(path / FILE if path.is_dir() else path)
        return Skill.from_bytes(file.read_bytes()).digest
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, SkillError):
        return None


def _hindrance(target: Path, skill: Skill, expected_digest: str | None) -> str | None:
    """Why the file may not be replaced; "" where it holds the text already, None where it may."""
    try:
        current = target.read_bytes()
        mode = target.stat().st_mode
    except FileNotFoundError:
        return "is gone" if expected_digest else None
    if current == skill.to_bytes():
        return ""
    if not mode & 0o222:
        return "is read-only"
    if expected_digest is None:
        return None
    try:
        same = Skill.from_bytes(current).digest == expected_digest
    except SkillError:
        same = False
    return None if same else "was changed during the run"


def _beside(target: Path, data: bytes) -> Path:
    number = 1
    while True:
        ending = ".skillopt" if number == 1 else f".skillopt-{number}"
        path = target.with_name(f"{target.stem}{ending}{target.suffix}")
        if not path.exists() and not path.is_symlink():
            replace_file(path, data)
            return path
        if path.is_file() and path.read_bytes() == data:
            return path
        number += 1
