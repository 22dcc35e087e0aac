"""Candidate tasks in a YAML file beside the validation set, for a person to read and to edit."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field

from skillopt.adapters.files.documents import LARGEST_FILE, Document, document_of, read_bytes
from skillopt.adapters.files.file_edit import FileEdit
from skillopt.adapters.files.validation_entries import parsed
from skillopt.adapters.files.yaml_spelling import in_line, spelled
from skillopt.core.mining.candidate import Candidate
from skillopt.core.value import Value
from skillopt.errors import InputError

SUFFIX = ".candidates.yaml"

HEADER = """\
# Candidate tasks, found by `skillopt mine`. None of them counts until a person approves it:
#   skillopt mine review FILE             asks about one after the other
#   skillopt mine approve FILE ID --expected TEXT
#   skillopt mine refuse FILE ID --reason TEXT
# or edit this file (set `status: approved` and `expected`) and run skillopt mine approve FILE.
# `recorded` is what the source has as the answer. Nobody has checked it, and it never counts as an
# answer of the agent: approved tasks are run again. Comments in this file are not kept.
"""


class _File(Value):
    validation_set: str
    candidates: tuple[Any, ...] = Field(default=())


@dataclass(frozen=True)
class CandidatesFile:
    """A file of candidates as it was read."""

    path: Path
    validation_set: Path
    candidates: tuple[Candidate, ...]
    data: bytes | None
    """None where there is no file yet."""

    def edit(self, candidates: Sequence[Candidate]) -> FileEdit:
        """The edit that makes the file hold ``candidates``.

        Raises:
            InputError: they are too many for a file.
        """
        beside = os.path.relpath(self.validation_set.absolute(), self.path.absolute().parent)
        rows = [HEADER + f"validation_set: {spelled(beside, indent=2)}", _listed(candidates)]
        after = ("\n".join(rows) + "\n").encode()
        if len(after) > LARGEST_FILE:
            raise InputError(
                f"{self.path}: more than {LARGEST_FILE:,} bytes of candidates; pass a lower "
                "--limit, or remove refused candidates from the file"
            )
        document = document_of(after, self.path)
        assert _candidates(document, _parsed_file(document)) == tuple(candidates)
        return FileEdit(path=self.path, before=self.data, after=after)


def candidates_beside(validation_set: Path) -> Path:
    """Where the candidates for a validation set are kept."""
    return validation_set.with_name(validation_set.stem + SUFFIX)


def no_candidates(path: Path, validation_set: Path) -> CandidatesFile:
    """A file that is not there yet."""
    return CandidatesFile(path=path, validation_set=validation_set, candidates=(), data=None)


def read_candidates(path: Path) -> CandidatesFile:
    """Read a file of candidates.

    Raises:
        ValidationSetError: it cannot be read; the message says where and why.
    """
    data = read_bytes(path)
    document = document_of(data, path)
    file = _parsed_file(document)
    return CandidatesFile(
        path=path,
        validation_set=path.parent / file.validation_set,
        candidates=_candidates(document, file),
        data=data,
    )


def _parsed_file(document: Document) -> _File:
    if not isinstance(document.content, dict):
        message = "not a file of candidates: it needs `validation_set` and `candidates`"
        raise document.error(message)
    known = {name: value for name, value in document.content.items() if name != "candidates"}
    listed = document.content.get("candidates")
    listed = [] if listed is None else listed
    if not isinstance(listed, list):
        raise document.error("`candidates` must be a list", ("candidates",))
    return parsed(_File, known, document, ()).model_copy(update={"candidates": tuple(listed)})


def _candidates(document: Document, file: _File) -> tuple[Candidate, ...]:
    found: dict[str, Candidate] = {}
    for index, raw in enumerate(file.candidates):
        place = ("candidates", index)
        if not isinstance(raw, dict):
            raise document.error("a candidate must be a mapping with `id` and `input`", place)
        candidate = parsed(Candidate, raw, document, place)
        if candidate.id in found:
            message = f"the candidate id {candidate.id[:80]!r} is there twice; ids must be unique"
            raise document.error(message, place)
        found[candidate.id] = candidate
    return tuple(found.values())


def _listed(candidates: Sequence[Candidate]) -> str:
    if not candidates:
        return "candidates: []"
    return "\n\n".join(["candidates:", *("\n".join(_rows(one)) for one in candidates)])


def _rows(candidate: Candidate) -> Iterator[str]:
    fields = candidate.model_dump(mode="json", exclude={"input"}, exclude_none=True)
    yield f"  - id: {spelled(fields.pop('id'), indent=6)}"
    for name in ("status", "split"):
        yield f"    {name}: {spelled(fields.pop(name), indent=6)}"
    yield from input_rows(candidate.input, indent=4)
    for name in ("recorded", "expected", "checks", "quote", "source", "decided_by", "reason"):
        if name in fields:
            yield f"    {name}: {spelled(fields[name], indent=6)}"


def input_rows(asked: Any, *, indent: int) -> Iterator[str]:
    """The field `input`, a conversation turn by turn."""
    space = " " * indent
    if isinstance(asked, str):
        yield f"{space}input: {spelled(asked, indent=indent + 2)}"
        return
    yield f"{space}input:"
    for turn in asked:
        yield f"{space}  - role: {in_line(turn.role)}"
        yield f"{space}    content: {spelled(turn.content, indent=indent + 6)}"
