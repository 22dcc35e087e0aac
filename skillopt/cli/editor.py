"""A text in the user's editor: `$VISUAL`, else `$EDITOR`, else `vi`."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from skillopt.errors import InputError


def edited(text: str, *, name: str) -> str | None:
    """What was saved in the editor; None where that is ``text``.

    Args:
        text: what is there to begin with.
        name: of the file, by which editors know its kind.

    Raises:
        InputError: the editor cannot be started, or failed.
    """
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.TemporaryDirectory(prefix="skillopt-edit-") as folder:
        file = Path(folder) / name
        file.write_bytes(text.encode())
        try:
            done = subprocess.run([*shlex.split(editor), str(file)], check=False)  # noqa: S603 - theirs
            saved = file.read_bytes().decode()
        except (OSError, ValueError) as error:
            raise InputError(f"editor {editor!r}: {error}; set EDITOR to another one") from None
    if done.returncode:
        raise InputError(
            f"editor {editor!r} ended with exit code {done.returncode}; nothing is saved"
        )
    return None if saved == text else saved
