"""Who decides: the name that is given, else git's, else the login's."""

from __future__ import annotations

import getpass
from pathlib import Path

from skillopt.adapters.files.git import user_name
from skillopt.core.approval.decision import Person
from skillopt.core.approval.rules import person
from skillopt.errors import InputError


def who(given: str | None) -> Person:
    """The person, as far as that is known here; a name is recorded, not proved.

    Raises:
        InputError: the name cannot be used, or there is none.
    """
    if given is not None:
        return person(given, "given")
    if found := user_name(Path.cwd()):
        return person(found, "git")
    if login := login_name():
        return person(login, "login")
    raise InputError("nobody's name is known here; say who decides with --as NAME")


def login_name() -> str | None:
    """The login name, as far as the system knows one."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # an account without a name, as in some containers
        return None
