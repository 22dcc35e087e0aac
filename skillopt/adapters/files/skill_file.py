"""Skills on disk: reading them, and writing them so that nobody's work is lost."""

from __future__ import annotations

import logging
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple

from skillopt.adapters.files.atomic import (
    followed,
    free_place,
    no_writer,
    only_writer,
    replace_file,
    takes_files,
)
from skillopt.adapters.files.folder_write import (
    Change,
    changes_between,
    check_paths,
    complete,
    is_unfinished,
    write_changes,
)
from skillopt.adapters.files.located_skill import located_skill, skill_inside
from skillopt.adapters.files.rendered import put_beside, remove_left_beside, whole
from skillopt.adapters.files.skill_folder import read_around, read_files, root_of
from skillopt.adapters.files.temporaries import is_temporary, remove_left, temporary_of
from skillopt.adapters.files.written_files import written_note
from skillopt.core.skill.file_names import TEXT
from skillopt.core.skill.skill import LARGEST_SKILL, Skill
from skillopt.core.skill.skill_file import SKILL_MD, SkillFile, is_skill_md
from skillopt.core.value import Value
from skillopt.errors import SkillError

__all__ = [
    "MOST_BYTES",
    "WrittenSkill",
    "check_place",
    "held_digest",
    "located_skill",
    "read_skill",
    "skill_name",
    "write_skill",
]

MOST_BYTES = 4 * LARGEST_SKILL + 3
"""What a file may have that is read as a skill."""
_LONGEST_NAME = 200
_MOST_NAMED = 5
_LOG = logging.getLogger("skillopt")


class WrittenSkill(Value):
    """The outcome of writing a skill."""

    path: Path
    """Where the text is now."""
    kind: Literal["written", "unchanged", "beside"]
    """`unchanged`: it was there already. `beside`: the file was not to be touched."""
    note: str
    """One sentence for a person: it names the files that were written and deleted."""
    files: tuple[str, ...] = ()
    """The files of its folder that were written or deleted, by their paths in it; empty for a file
    alone, and where it was put beside."""


def read_skill(path: Path) -> Skill:
    """Read a skill's folder, by its name or that of its `SKILL.md`, or any other Markdown file.

    A folder is read as a whole (:mod:`skillopt.adapters.files.skill_folder`); a write of it that
    was interrupted is completed first, and the logger `skillopt` says so. Temporary files that
    killed writers left are deleted.

    Raises:
        SkillError: it is not there, cannot be read, or is no skill; the message names the file.
    """
    file = located_skill(path)
    root = root_of(file)
    remove_left(temporary_of(followed(file)))
    if root is None:
        return read_text(file)
    try:
        remove_left_beside(root)
        with no_writer(root):
            if not is_unfinished(root):
                return _read_folder(file, root)
        with only_writer(root):
            note = complete(root, followed(file))
            found = _read_folder(file, root)
    except OSError as error:
        raise SkillError(f"{root} cannot be read: {error.strerror}") from None
    if note:
        _LOG.warning(note)
    return found


def _read_folder(file: Path, root: Path) -> Skill:
    skill = read_text(file)
    files, left_out = read_around(root, own=file.name)
    for one in left_out:
        if is_temporary(PurePosixPath(one.path).name):
            remove_left(root / one.path)
    return skill.model_copy(update={"files": files}) if files else skill


def read_text(file: Path) -> Skill:
    """Read one file as the text of a skill, without its folder.

    Raises:
        SkillError: it cannot be read, or is no skill.
    """
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
    return file.parent.name if is_skill_md(file.name) else file.stem


def write_skill(
    path: Path, skill: Skill, *, expected_digest: str | None, began_with: Skill | None = None
) -> WrittenSkill:
    """Put ``skill`` into its file, or into its folder with all that belongs to it: whole or not.

    A symbolic link stays one; the file it points to is written, and keeps its mode. What is no
    longer what it was, or may not be written, is left alone: a text goes beside it, into
    `<stem>.skillopt<suffix>`, a folder into `<name>.skillopt`, or a numbered one where that holds
    something else.

    Args:
        path: the skill's file, or its folder.
        skill: the version.
        expected_digest: digest of what must be there for it to be replaced; empty where there may
            be nothing; None replaces whatever is there.
        began_with: what was there, so that the files that were changed are named, and those that
            came since (a log, a ledger) are left where they are.

    Raises:
        SkillError: the place cannot be written to.
    """
    try:
        skill.to_bytes()
        file = _target(path, skill)
        target, root = followed(file), root_of(file)
        with only_writer(target.parent if root is None else root):
            place = _place(target, root).without_newcomers(skill, began_with)
            hindrance = _hindrance(place, skill, expected_digest, began_with)
            changes = place.changes_to(skill)
            if hindrance is None:
                hindrance = _replaced(place, skill, changes)
            if hindrance is None:
                return _done(path, place, changes)
            if hindrance == "":
                return WrittenSkill(path=path, kind="unchanged", note=f"{path} is up to date")
            beside = _beside(place, skill)
    except UnicodeEncodeError as error:
        raise SkillError(f"the text cannot be written as UTF-8: {error.reason}") from None
    except (OSError, ValueError) as error:
        raise SkillError(f"{path} cannot be written: {error}") from None
    note = f"{path} {hindrance} and was left alone; the result is in {beside}"
    return WrittenSkill(path=beside, kind="beside", note=note)


def check_place(path: Path, *, instead: str, skill: Skill) -> None:
    """Check that a result can be written to ``path``, before it is paid for.

    Args:
        path: the file or folder, there or not.
        instead: what the user can do where it cannot.
        skill: what the result is made from.

    Raises:
        SkillError: no file can be created there, or it is a folder with other files.
    """
    try:
        file = _target(path, skill)
        folder, root = followed(file).parent, root_of(file)
    except OSError as error:
        raise SkillError(f"{path} cannot be written: {error}") from None
    if not takes_files(folder):
        raise SkillError(
            f"{path} cannot be written: no file can be created in {folder}; {instead}; nothing was "
            "called"
        )
    if root is not None and root.is_dir() and (skill.files or file.exists()):
        own = {one.path for one in skill.files}
        other = next((one for one in read_files(root, own=file.name) if one.path not in own), None)
        if other is not None:
            raise SkillError(
                f"{path} cannot be written: {root} holds {other.path}, which is no file of this "
                f"skill; {instead}; nothing was called"
            )


def held_digest(path: Path) -> str | None:
    """What :func:`write_skill` is to find again: the skill's digest, empty where there is none.

    None for what is no skill: there is nothing to compare with.
    """
    try:
        file = (skill_inside(path) or path / SKILL_MD) if path.is_dir() else path
        place = _place(followed(file), root_of(file))
    except (OSError, ValueError, SkillError):
        return None
    if place.data is None:
        return ""
    return place.skill.digest if place.skill else None


class _Place(NamedTuple):
    """What is in a skill's place now."""

    target: Path
    """The file that is the SKILL.md, or is alone."""
    root: Path | None
    """The skill's folder; None for a file alone."""
    data: bytes | None
    """What the file holds; None where there is none."""
    skill: Skill | None
    """None where that is no skill."""

    def without_newcomers(self, skill: Skill, began_with: Skill | None) -> _Place:
        """The same without files that neither version has: they are somebody else's."""
        if began_with is None or self.skill is None:
            return self
        known = {file.path for file in (*began_with.files, *skill.files)}
        files = tuple(file for file in self.skill.files if file.path in known)
        return self._replace(skill=self.skill.model_copy(update={"files": files}))

    def changes_to(self, skill: Skill) -> tuple[Change, ...]:
        """What is to be written for ``skill`` to be there."""
        if self.skill is not None:
            return changes_between(self.skill, skill)
        there = None if self.data is None else SkillFile(path=SKILL_MD, data=self.data)
        own, *others = whole(skill)
        changes = (Change(before=None, after=file) for file in others)
        return (Change(before=there, after=own), *changes)


def _place(target: Path, root: Path | None) -> _Place:
    """What is there, once an interrupted write of it is completed."""
    if root is not None and is_unfinished(root):
        note = complete(root, target)
        if note:
            _LOG.warning(note)
    try:
        data = target.read_bytes()
    except FileNotFoundError:
        return _Place(target, root, None, None)
    try:
        skill = Skill.from_bytes(data)
    except SkillError:
        return _Place(target, root, data, None)
    files = () if root is None else read_files(root, own=target.name)
    return _Place(target, root, data, skill.model_copy(update={"files": files}))


def _target(path: Path, skill: Skill) -> Path:
    """The file that is written where ``path`` is named.

    Raises:
        SkillError: a skill of several files is to go into one that is no SKILL.md.
    """
    if path.is_dir():
        return skill_inside(path) or path / SKILL_MD
    if not skill.files or is_skill_md(path.name):
        return path
    if path.suffix.lower() in TEXT or path.exists():
        raise SkillError(
            f"{path} is one file, and the skill has {len(skill.files) + 1}: name a folder"
        )
    return path / SKILL_MD


def _hindrance(
    place: _Place, skill: Skill, expected: str | None, began_with: Skill | None
) -> str | None:
    """Why it may not be replaced; "" where the skill is there already, None where it may."""
    if place.data is None:
        return "is gone" if expected else None
    if place.skill == skill:
        return ""
    if any(map(_is_read_only, _places(place, place.changes_to(skill)))):
        return "is read-only"
    if expected is None or (place.skill is not None and place.skill.digest == expected):
        return None
    changed = _changed_files(place.skill, began_with)
    return f"was changed during the run{f' ({changed})' if changed else ''}"


def _changed_files(now: Skill | None, began_with: Skill | None) -> str:
    """The files that somebody has changed, where a skill has several."""
    if now is None or began_with is None or not (now.files or began_with.files):
        return ""
    return ", ".join(change.path for change in changes_between(began_with, now)[:_MOST_NAMED])


def _places(place: _Place, changes: tuple[Change, ...]) -> list[Path]:
    folder = place.root or place.target.parent
    return [place.target if change.path == SKILL_MD else folder / change.path for change in changes]


def _is_read_only(file: Path) -> bool:
    return file.exists() and not file.stat().st_mode & 0o222


def _done(path: Path, place: _Place, changes: tuple[Change, ...]) -> WrittenSkill:
    if place.root is None:
        return WrittenSkill(path=path, kind="written", note=f"written to {path}")
    note = written_note(path, place.target, place.root, changes)
    files = tuple(change.path for change in changes)
    return WrittenSkill(path=path, kind="written", note=note, files=files)


def _replaced(place: _Place, skill: Skill, changes: tuple[Change, ...]) -> str | None:
    """Write the skill; why that could not be, where it can be put beside instead."""
    if place.root is None:
        replace_file(place.target, skill.to_bytes())
        return None
    check_paths(place.root, changes)
    try:
        write_changes(place.root, place.target, changes, skill)
    except OSError as error:
        if not skill.files:
            raise
        return f"cannot be written ({error.strerror})"
    return None


def _beside(place: _Place, skill: Skill) -> Path:
    """Where the skill was put instead: a folder for several files."""
    if place.root is not None and (skill.files or (place.skill and place.skill.files)):
        return put_beside(place.root, skill)
    target, data = place.target, skill.to_bytes()
    path, is_there = free_place(
        lambda ending: target.with_name(f"{target.stem}{ending}{target.suffix}"),
        lambda path: path.is_file() and path.read_bytes() == data,
    )
    if not is_there:
        replace_file(path, data)
    return path
