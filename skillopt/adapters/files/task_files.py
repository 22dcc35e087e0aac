"""The files of tasks, as a validation set names them: their text, or a file or folder beside it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import ConfigDict, Field

from skillopt.core.evaluation.task_file import (
    LARGEST_FILE,
    LARGEST_FILES,
    MOST_FILES,
    TaskFile,
    inside,
)
from skillopt.core.value import Value


class FromPath(Value):
    """A file or folder beside the validation set."""

    model_config = ConfigDict(populate_by_name=True)

    source: str = Field(alias="from")
    """Relative to the validation set's folder."""


class BadTaskFile(Exception):  # noqa: N818 - it names what happened
    """A task's file cannot be had; the message says why, ``path`` which."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path


class TaskFiles:
    """Reads what tasks name; a file of several tasks is read once.

    Args:
        folder: the validation set's.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._read: dict[Path, bytes] = {}

    def of(self, given: Mapping[str, str | FromPath]) -> tuple[TaskFile, ...]:
        """The files of a task.

        Raises:
            BadTaskFile: one cannot be had.
        """
        found: list[TaskFile] = []
        total = 0
        for path, content in given.items():
            for file in self._files(path, content):
                total += len(file.data)
                found.append(file)
                if total > LARGEST_FILES or len(found) > MOST_FILES:
                    raise BadTaskFile(
                        path,
                        f"there is too much: a task has at most {MOST_FILES:,} files and "
                        f"{LARGEST_FILES:,} bytes",
                    )
        return tuple(found)

    def _files(self, path: str, content: str | FromPath) -> Iterator[TaskFile]:
        try:
            inside(path)
            if isinstance(content, str):
                yield TaskFile(path=path, data=content.encode())
                return
            yield from self._from(path, self._placed(content.source), content.source)
        except (ValueError, OSError) as error:
            said = error.strerror if isinstance(error, OSError) else str(error)
            what = "" if isinstance(content, str) else f"{content.source!r}: "
            raise BadTaskFile(path, f"{what if isinstance(error, OSError) else ''}{said}") from None

    def _placed(self, named: str) -> Path:
        place = (self._folder / named).resolve()
        if Path(named).is_absolute() or not place.is_relative_to(self._folder):
            raise ValueError(
                f"{named!r} is outside of {self._folder}; copy it there, and name it from there"
            )
        return place

    def _from(self, path: str, place: Path, named: str) -> Iterator[TaskFile]:
        """A file, or all files of a folder but those of version control."""
        if not place.is_dir():
            yield self._one(path, place, named)
            return
        for folder, folders, names in os.walk(place):
            folders[:] = sorted(name for name in folders if name.lower() != ".git")
            for name in sorted(names):
                file = Path(folder, name)
                if file.is_symlink():
                    raise ValueError(f"{file} is a link; a workspace is made of files")
                inner = file.relative_to(place).as_posix()
                yield self._one(inside(f"{path}/{inner}"), file, named)

    def _one(self, path: str, file: Path, named: str) -> TaskFile:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ValueError(f"{named!r} is no file")
        if status.st_size > LARGEST_FILE:
            raise ValueError(
                f"{named!r} has {status.st_size:,} bytes; a file has at most {LARGEST_FILE:,}"
            )
        if file not in self._read:
            self._read[file] = file.read_bytes()
        executable = bool(status.st_mode & stat.S_IXUSR)
        return TaskFile(path=path, data=self._read[file], executable=executable)
