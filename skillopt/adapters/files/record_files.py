"""The files that records of an eval set name, put in the place of their names.

skill-creator and agentskills.io list paths from the skill's folder; inspect maps paths in the
workspace to a text, or to a file beside the data set.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from skillopt.adapters.files.documents import Document
from skillopt.core.evaluation.task_file import LARGEST_FILE, inside
from skillopt.core.foreign_text import flaw
from skillopt.core.importing.evals_json import EVALS_FOLDER
from skillopt.core.importing.files import OF_SKILL, UNREAD
from skillopt.core.importing.formats import WRAPPERS
from skillopt.core.skill.skill_file import SKILL_MD

LARGEST_TEXT = 200_000
"""Bytes of a file whose text is put into the validation set; a longer one stays where it is."""
LARGEST_INSERTION = 32_000_000
"""Bytes of all such files together, wherever they are named."""


def with_record_files(document: Document, path: Path, *, folder: Path) -> Document:
    """A document whose records have the content of the files that they name.

    Args:
        document: what was read of an eval set.
        path: its file.
        folder: of the validation set that it becomes, from which other files are named.
    """
    content = document.content
    reader = _RecordFiles(path, folder)
    if isinstance(content, list):
        found: Any = [reader.record(one) for one in content]
    elif isinstance(content, Mapping):
        lists = {name for name in ("evals", *WRAPPERS) if isinstance(content.get(name), list)}
        read = {name: [reader.record(one) for one in content[name]] for name in lists}
        found = reader.record({**content, **read})
    else:
        return document
    return Document(path=document.path, content=found, lines=document.lines)


class _RecordFiles:
    """Reads what records name.

    Args:
        path: of the eval set.
        folder: of the validation set.
    """

    def __init__(self, path: Path, folder: Path) -> None:
        here = path.absolute().parent.resolve()
        above = [here.parent] if here.name == EVALS_FOLDER else []
        self._roots = (*above, here)
        self._evals = here if above and (here.parent / SKILL_MD).is_file() else None
        """Of a skill, whose other files are its own."""
        self._folder = folder.absolute().resolve()
        self._inserted = 0

    def record(self, record: Any) -> Any:
        """A record with its files, where it names any in a way that is known."""
        given = record.get("files") if isinstance(record, Mapping) else None
        if not given or not isinstance(given, list | Mapping):
            return record
        named = dict(given.items() if isinstance(given, Mapping) else self._listed(given))
        return {**record, "files": {path: self._content(path, one) for path, one in named.items()}}

    def _listed(self, given: list[Any]) -> Iterator[tuple[str, Any]]:
        """Paths, or objects with a path and perhaps a content."""
        for one in given:
            fields = one if isinstance(one, Mapping) else {"path": one}
            path = next((fields[key] for key in ("path", "name") if key in fields), None)
            if isinstance(path, str):
                path = path.removeprefix("./")
                yield path, fields.get("content", _From(path))
            else:
                yield str(one)[:80], one

    def _content(self, path: str, given: Any) -> Any:
        try:
            inside(path)
            if isinstance(given, str) and not isinstance(given, _From):
                given = self._own_text(given)
            return self._read(given) if isinstance(given, _From) else _text(given)
        except (ValueError, OSError) as error:
            said = error.strerror if isinstance(error, OSError) else str(error)
            return {UNREAD: f"{path[:80]!r}: {said}" if isinstance(error, OSError) else said}

    def _own_text(self, given: str) -> str:
        """A text, or the name of a file where there is one of that name."""
        if given.startswith("data:"):
            raise ValueError("a `data:` address is no text; put the file beside the data set")
        is_name = "\n" not in given and 0 < len(given) <= 1_000  # noqa: PLR2004 - as a path's
        return _From(given) if is_name and self._place(given) else given

    def _place(self, name: str) -> Path | None:
        for root in self._roots:
            place = (root / name).resolve()
            if place.is_relative_to(root) and place.is_file():
                return place
        return None

    def _read(self, name: str) -> Any:
        place = self._place(name)
        if place is None:
            looked = " and ".join(map(str, self._roots))
            raise ValueError(f"{name[:80]!r} is no file in {looked}")
        if self._evals is not None and not place.is_relative_to(self._evals):
            return {OF_SKILL: True}
        status = place.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST_FILE:
            raise ValueError(f"{name[:80]!r} is longer than {LARGEST_FILE:,} bytes")
        data = place.read_bytes() if status.st_size <= LARGEST_TEXT else None
        text = None if data is None else _decoded(data)
        if text is not None and self._inserted + status.st_size <= LARGEST_INSERTION:
            self._inserted += status.st_size
            return text
        if not place.is_relative_to(self._folder):
            raise ValueError(
                f"{name[:80]!r} is no text of at most {LARGEST_TEXT:,} bytes, and lies outside of "
                f"the validation set's folder {self._folder}; write that beside it (--out)"
            )
        return {"from": Path(os.path.relpath(place, self._folder)).as_posix()}


class _From(str):
    """The name of a file, not its text."""

    __slots__ = ()


def _decoded(data: bytes) -> str | None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if flaw(text) else text


def _text(given: Any) -> str:
    if not isinstance(given, str):
        raise ValueError(f"{str(given)[:80]!r} is no path, and no text")  # noqa: TRY004
    return given
