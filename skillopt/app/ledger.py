"""The ledger that a command reads: where it is, and opening it."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from skillopt.adapters.files.places import project_for
from skillopt.adapters.files.settings_file import read_settings

if TYPE_CHECKING:
    from skillopt.adapters.ledger import SqlLedger
    from skillopt.adapters.ledger.audit.importing import Source


def open_ledger(where: str | None, *, of: Path | None = None, create: bool = False) -> SqlLedger:
    """Open a ledger for reading; one that is not there is made only on request.

    Args:
        where: a path or URL; by default the ledger of the project of ``of``.
        of: a file; by default the working directory.
        create: make it where there is none.

    Raises:
        LedgerError: there is none, or it cannot be opened.
    """
    from skillopt.adapters.ledger import SqlLedger

    return SqlLedger.open(where or project_ledger(of or Path.cwd()), create=create)


def project_ledger(path: Path) -> str | Path:
    """The path or URL of the ledger of a file's project: its settings name it, or the default."""
    project = project_for(path)
    for _, settings in read_settings(project):
        named = settings.get("ledger")
        if isinstance(named, str):
            return named if "://" in named else Path(os.path.relpath(named))
    return Path(os.path.relpath(default_ledger(project)))


def default_ledger(project: Path) -> Path:
    """`.skillopt/ledger.db` of a project."""
    return project / ".skillopt" / "ledger.db"


def read_other(where: str) -> AbstractContextManager[Source]:
    """Another ledger, or a JSONL export, verified and open while the block runs.

    Raises:
        InputError: it is not an export of this schema.
        LedgerError: it does not exist, has an earlier schema, or does not verify.
    """
    from skillopt.adapters.ledger.audit.importing import read_source

    return read_source(where)
