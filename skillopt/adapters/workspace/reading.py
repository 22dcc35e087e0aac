"""Reading what an agent has left, which may be anything under any name."""

from __future__ import annotations

import os
from pathlib import Path

from skillopt.adapters.files.regular_files import opened_regular
from skillopt.core.evaluation.file_grading import FoundFile

LARGEST_CHECKED = 5_000_000
"""Bytes of a file that a check reads."""


def read_file(workspace: Path, path: str) -> FoundFile:
    """The file of that path in a workspace. A link that leads out of it is not followed."""
    root = workspace.resolve()
    try:
        if not os.path.lexists(root / path):
            return FoundFile()
        return FoundFile(text=_text((root / path).resolve(), root))
    except _UnreadableError as error:
        return FoundFile(flaw=str(error))
    except (OSError, RuntimeError) as error:
        said = error.strerror if isinstance(error, OSError) else error
        return FoundFile(flaw=f"which cannot be read: {said}")


def _text(file: Path, root: Path) -> str:
    if not file.is_relative_to(root):
        raise _UnreadableError("a link that leads out of the workspace")
    if not file.exists():
        raise _UnreadableError("a link that leads nowhere")
    data = regular_bytes(file, most=LARGEST_CHECKED)
    if data is None:
        raise _UnreadableError("which is no regular file")
    if len(data) > LARGEST_CHECKED:
        raise _UnreadableError(f"which is larger than {LARGEST_CHECKED:,} bytes: no more is read")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _UnreadableError(f"which is not UTF-8 at byte {error.start}") from None


class _UnreadableError(Exception):
    """A file is no text that can be read; the message says why."""


def regular_bytes(file: Path, *, most: int) -> bytes | None:
    """Up to ``most`` + 1 bytes of a regular file; None for a folder, a pipe, a device.

    Raises:
        OSError: it cannot be read, or is a link.
    """
    with opened_regular(file) as found:
        return None if found is None else found[0].read(most + 1)
