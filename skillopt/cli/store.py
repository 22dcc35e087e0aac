"""Which ledger a command reads, and how it is opened for reading."""

from __future__ import annotations

import os
import shlex
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

if TYPE_CHECKING:
    from skillopt.adapters.ledger import SqlLedger

Found = TypeVar("Found")

LEDGER_VARIABLE = "SKILLOPT_LEDGER"
"""The environment variable that names the ledger."""

LedgerOption = Annotated[
    str | None,
    typer.Option(
        "--ledger",
        envvar=LEDGER_VARIABLE,
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
    import asyncio

    from skillopt.app.ledger import open_ledger

    async def opened() -> Found:
        async with open_ledger(where, of=of, create=create) as ledger:
            return await ask(ledger)

    return asyncio.run(opened())


def asked_for(skill: str | None) -> str | None:
    """The skill a command is narrowed to, as the ledger knows it: by its file, or by its name."""
    if skill is None:
        return None
    from skillopt.app.skill_ids import asked_skill

    return asked_skill(skill)


def shown_ledger(ledger: str | None, *, of: Path) -> str:
    """The path or URL of the ledger that a command used, without a password."""
    from skillopt.app.ledger import project_ledger
    from skillopt.core.redaction import redacted

    return redacted(ledger or str(project_ledger(of)))


def named(ledger: str | None, *, of: Path | None = None) -> str:
    """How a suggested command names the ledger: nothing where it would find the same one.

    Args:
        ledger: as it was given on the command line; None for the default one.
        of: the file whose project's ledger was used then.
    """
    from skillopt.app.ledger import project_ledger

    here = os.environ.get(LEDGER_VARIABLE) or str(project_ledger(Path.cwd()))
    used = ledger or str(project_ledger(of or Path.cwd()))
    if used == here:
        return ""
    from skillopt.core.redaction import redacted

    return f" --ledger {shlex.quote(redacted(used))}"  # a URL may hold a password


def quoted(path: Path) -> str:
    """A path as the shell takes it, and no command takes for an option."""
    return shlex.quote(f"./{path}" if str(path).startswith("-") else str(path))
