"""Several files of a skill's folder, written as a whole.

What is to change, with what was there before, goes into one file first, :data:`JOURNAL` beside the
SKILL.md. Its renaming into place is the decision: a process that is killed before it leaves the old
folder; one that is killed after it leaves the journal, and the next that reads or writes the skill
completes the new folder from it, before anything else and under the same lock. Each step is on disk
before the next begins, and doing one twice changes nothing. A file that somebody has changed in
between is not overwritten: then all others go back to what they were, and the new version is put
beside the folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from skillopt.adapters.files.atomic import flush_folder, followed, replace_file
from skillopt.adapters.files.rendered import put_beside
from skillopt.adapters.files.skill_folder import surroundings_of
from skillopt.core.skill.diff import changed_files
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SKILL_MD, SkillFile
from skillopt.core.value import Value
from skillopt.errors import SkillError

JOURNAL = ".skillopt-write"


class Change(Value):
    """What one file was and is to be; None where there is none."""

    before: SkillFile | None
    after: SkillFile | None

    @property
    def path(self) -> str:
        """Which file it is."""
        either = self.before or self.after
        assert either is not None
        return either.path


class Journal(Value):
    """A write that is decided."""

    changes: tuple[Change, ...]
    new: Skill
    """The version that it makes."""


def changes_between(old: Skill, new: Skill) -> tuple[Change, ...]:
    """What is to be written for ``old`` to become ``new``."""
    return tuple(Change(before=old_, after=new_) for old_, new_ in changed_files(old, new))


def check_paths(root: Path, changes: Sequence[Change]) -> None:
    """Check that the files to be created can be, and will be the skill's.

    Raises:
        SkillError: one would be left out of the skill, or something else is in its place.
    """
    surroundings = surroundings_of(root)
    for change in changes:
        after, place = change.after, root / change.path
        if after is None or change.path == SKILL_MD:
            continue
        why = surroundings.why_left_out(change.path, after.data)
        if why is not None:
            raise SkillError(
                f"{place} would be no part of the skill ({why}); name a file that is, such as "
                "`references/terms.md`"
            )
        if change.before is not None and place.is_symlink():
            raise SkillError(f"{place} is a symbolic link; change the file that it leads to")
        if change.before is None and (place.is_symlink() or place.exists()):
            raise SkillError(f"{place} is there already, and is no file of the skill")
        outside = next((up for up in place.parents if up != root and up.is_symlink()), None)
        if outside is not None and outside.is_relative_to(root):
            raise SkillError(f"{outside} is a symbolic link; a skill's files are in its own folder")


def write_changes(root: Path, own: Path, changes: Sequence[Change], new: Skill) -> None:
    """Write them all, or none; the caller holds the folder against other writers.

    Args:
        root: the skill's folder.
        own: the file that is its SKILL.md.
        changes: what is to change, from what is there.
        new: the version that they make.

    Raises:
        OSError: a file cannot be written; the folder is what it was.
    """
    if len(changes) == 1:
        _put(_place(root, own, changes[0].path), changes[0].after)
        return
    journal = Journal(changes=tuple(changes), new=new)
    replace_file(root / JOURNAL, journal.model_dump_json().encode())
    try:
        _put_all(root, own, {change.path: change.after for change in changes})
    except OSError:
        _put_all(root, own, {change.path: change.before for change in changes})
        _remove(root / JOURNAL)
        raise
    _remove(root / JOURNAL)


def is_unfinished(root: Path) -> bool:
    """Whether a write of the folder was interrupted."""
    return (root / JOURNAL).is_file()


def complete(root: Path, own: Path) -> str | None:
    """Complete a write that was interrupted; the caller holds the folder against other writers.

    Returns:
        Which version the folder is now, in a sentence; None where no write was interrupted.

    Raises:
        SkillError: it cannot be completed; the message says why, and what to do.
    """
    if not is_unfinished(root):
        return None
    try:
        journal = Journal.model_validate_json((root / JOURNAL).read_bytes())
        check_paths(root, [change for change in journal.changes if not _is_done(root, own, change)])
        return _completed(root, own, journal)
    except ValidationError:
        raise SkillError(
            f"{root / JOURNAL} cannot be read as skillopt's record of an interrupted write; it was "
            "changed by hand: compare the folder with `skillopt diff`, then delete that file"
        ) from None
    except OSError as error:
        raise SkillError(
            f"a write of {root} was interrupted and cannot be completed: {error}; make the folder "
            "writable and run the command again"
        ) from None


def _completed(root: Path, own: Path, journal: Journal) -> str:
    version = journal.new.digest[:12]
    changed = [
        change.path
        for change in journal.changes
        if not (_is_done(root, own, change) or _holds(root, own, change.path, change.before))
    ]
    if not changed:
        _put_all(root, own, {change.path: change.after for change in journal.changes})
        _remove(root / JOURNAL)
        return f"an interrupted write of {root} was completed: the folder is version {version}"
    done = [change for change in journal.changes if _is_done(root, own, change)]
    beside = put_beside(root, journal.new)
    _put_all(root, own, {change.path: change.before for change in done})
    _remove(root / JOURNAL)
    return (
        f"an interrupted write of {root} was taken back, since {changed[0]} was changed after it: "
        f"the folder is the old version with that change, version {version} is in {beside}"
    )


def _is_done(root: Path, own: Path, change: Change) -> bool:
    return _holds(root, own, change.path, change.after)


def _holds(root: Path, own: Path, path: str, file: SkillFile | None) -> bool:
    place = _place(root, own, path)
    try:
        data, mode = place.read_bytes(), place.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return file is None
    same_mode = path == SKILL_MD or (file is not None and bool(mode & 0o100) == file.executable)
    return file is not None and same_mode and data == file.data


def _place(root: Path, own: Path, path: str) -> Path:
    return own if path == SKILL_MD else root / path


def _put_all(root: Path, own: Path, files: dict[str, SkillFile | None]) -> None:
    """Deletions come first, so that a folder may make room for a file."""
    for path, file in sorted(files.items(), key=lambda entry: entry[1] is not None):
        _put(_place(root, own, path), file)
        if file is None:
            _remove_empty(root, (root / path).parent)


def _put(place: Path, file: SkillFile | None) -> None:
    if file is None:
        _remove(place)
        return
    _create_folder(place.parent)
    replace_file(followed(place), file.data, executable=_bit(file))


def _create_folder(folder: Path) -> None:
    if not folder.is_dir():
        _create_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        flush_folder(folder.parent)


def _bit(file: SkillFile) -> bool | None:
    return None if file.path == SKILL_MD else file.executable


def _remove(place: Path) -> None:
    try:
        place.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return
    flush_folder(place.parent)


def _remove_empty(root: Path, folder: Path) -> None:
    while folder != root and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
        flush_folder(folder)
