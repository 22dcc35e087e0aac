"""Which ledger a command reads, and how it is opened for reading."""

from __future__ import annotations

import asyncio
import os
import shlex
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

if TYPE_CHECKING:
    from skillopt.adapters.ledger import SqlLedger

Found = TypeVar("Found")

LedgerOption = Annotated[
    str | None,
    typer.Option(
        "--ledger",
        envvar="SKILLOPT_LEDGER",
        help="Path or URL of the ledger; default .skillopt/ledger.db of this project.",
    ),
]


def read(
    where: str | None,
    ask: Callable[[SqlLedger], Awaitable[Found]],
    *,
    of: Path | None = None,
    create: bool = False,
) -> Found:
    """What ``ask`` finds in the ledger; a ledger that is not there is made only on request.

    Without ``where`` it is the ledger of the project of the file ``of``, or of this folder.
    """
    from skillopt.adapters.ledger import SqlLedger

    async def opened() -> Found:
        async with SqlLedger.open(where or _of_project(of or Path.cwd()), create=create) as ledger:
            return await ask(ledger)

    return asyncio.run(opened())


def named(ledger: str | None, *, of: Path | None = None) -> str:
    """How a suggested command names the ledger: nothing where it would find the same one.

    Args:
        ledger: as it was given on the command line; None for the default one.
        of: the file whose project's ledger was used then.
    """
    here = os.environ.get("SKILLOPT_LEDGER") or str(_of_project(Path.cwd()))
    used = ledger or str(_of_project(of or Path.cwd()))
    if used == here:
        return ""
    from skillopt.core.redaction import redacted

    return f" --ledger {shlex.quote(redacted(used))}"  # a URL may hold a password


def quoted(path: Path) -> str:
    """A path as the shell takes it."""
    return shlex.quote(str(path))


def _of_project(path: Path) -> str | Path:
    from skillopt.adapters.files.settings_file import project_of, read_settings

    project = project_of(path.resolve())
    for _, settings in read_settings(project):
        if isinstance(settings.get("ledger"), str):
            return str(settings["ledger"])
    return Path(os.path.relpath(project / ".skillopt" / "ledger.db"))
