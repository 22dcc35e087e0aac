"""Versions as rows: a SKILL.md's text, and the files around it by content, each stored once."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import Field, TypeAdapter, ValidationError

from skillopt.adapters.ledger.schema import mapping
from skillopt.adapters.ledger.schema.mapping import Row, stored_json
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile
from skillopt.errors import LedgerError


class StoredFile(NamedTuple):
    """A file of a version: where it is, and what it holds."""

    path: str
    digest: str
    executable: bool


_LISTED = TypeAdapter(Annotated[list[StoredFile], Field(min_length=1)])


def version_row(skill: Skill) -> Row:
    """The row of a version, which lists its files."""
    listed = [[file.path, file.digest, file.executable] for file in skill.files]
    return {**mapping.version_row(skill), "files": stored_json(listed) if listed else None}


def blob_rows(skill: Skill) -> Iterator[Row]:
    """The rows of what the files around a SKILL.md hold, each content once."""
    yield from map(blob_row, {file.digest: file for file in skill.files}.values())


def blob_row(file: SkillFile) -> Row:
    """The row of what a file holds."""
    text = file.text
    content = base64.b64encode(file.data).decode("ascii") if text is None else text
    return {
        "digest": file.digest,
        "size": len(file.data),
        "encoding": "base64" if text is None else "utf-8",
        "content": content,
    }


def files_of(row: Mapping[str, Any]) -> list[StoredFile]:
    """The files that a version's row lists, in order.

    Raises:
        LedgerError: the list cannot be read.
    """
    if row["files"] is None:
        return []
    try:
        return _LISTED.validate_json(row["files"])
    except ValidationError:
        raise LedgerError(f"the files of version {row['digest'][:12]} cannot be read") from None


def blob_data(row: Mapping[str, Any]) -> bytes:
    """What a file held, byte for byte.

    Raises:
        LedgerError: the row has no such encoding, or its content is not in it.
    """
    try:
        match row["encoding"]:
            case "utf-8":
                return str(row["content"]).encode()
            case "base64":
                return base64.b64decode(row["content"], validate=True)
            case other:
                raise LedgerError(f"a file's content is encoded as {other!r}, not utf-8 or base64")
    except (UnicodeEncodeError, binascii.Error, ValueError) as error:
        raise LedgerError(f"the content of file {row['digest'][:12]} is broken: {error}") from None


def skill_of(row: Mapping[str, Any], data: Mapping[str, bytes]) -> Skill:
    """The version of a row.

    Args:
        row: of the table of versions.
        data: what its files hold, by digest.

    Raises:
        LedgerError: a file's content is not in the ledger.
    """
    try:
        files = [
            SkillFile(path=file.path, data=data[file.digest], executable=file.executable)
            for file in files_of(row)
        ]
        return Skill(text=row["text"], files=tuple(files))
    except KeyError as missing:
        raise LedgerError(
            f"the file {str(missing)[1:13]} of version {row['digest'][:12]} is not in the ledger; "
            "`skillopt ledger verify` says what else is wrong"
        ) from None
    except ValueError:
        raise LedgerError(f"the files of version {row['digest'][:12]} cannot be read") from None
