"""The password file of a server that others may reach."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from skillopt.errors import InputError

SHORTEST = 12
"""Characters of a password."""
_MOST = 4_096
"""Bytes of the file that are read."""


def read_password(path: Path) -> str:
    """The password: the file's first line.

    Raises:
        InputError: the file cannot be read, others may read it, or the password is too short.
    """
    named = f"--password-file {path}"
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode):
                raise InputError(f"{named}: it is no regular file")
            if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise InputError(
                    f"{named}: its mode is {stat.S_IMODE(mode):04o}, so others may read or write "
                    f"it; run `chmod 600 {path}`"
                )
            content = file.read(_MOST)
    except OSError as error:
        raise InputError(f"{named}: cannot be read: {error.strerror}") from None
    try:
        password = content.decode("utf-8").splitlines()[0].strip() if content.strip() else ""
    except UnicodeDecodeError:
        raise InputError(f"{named}: it is not text in UTF-8") from None
    if len(password) < SHORTEST:
        raise InputError(
            f"{named}: the password, its first line, has {len(password)} characters; it needs at "
            f"least {SHORTEST}"
        )
    return password
