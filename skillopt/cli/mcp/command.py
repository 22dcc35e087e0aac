"""`skillopt mcp`, the command."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from skillopt.cli.store import LedgerOption
from skillopt.errors import InputError, SettingsError


def command(
    *,
    root: Annotated[
        Path, typer.Option(help="The folder that tools may read and write; default: this folder.")
    ] = Path(),
    ledger: LedgerOption = None,
    max_calls: Annotated[
        int | None,
        typer.Option(min=0, help="Most calls to models that all approvals together may allow."),
    ] = None,
    max_cost: Annotated[
        float | None,
        typer.Option(min=0, help="Most US dollars that all approvals together may allow."),
    ] = None,
) -> None:
    """Serve skillopt's tools to an agent over standard input and output (MCP).

    The tools ask the ledger, evaluate, gate and tune, and keep the edits of another loop. A tool
    that spends or writes does so only when its call says how much; without that it answers with an
    estimate. It needs the extra `mcp`.

    Example: skillopt mcp --root . --max-calls 2000 --max-cost 1
    """
    if find_spec("mcp") is None:
        raise SettingsError(
            "`skillopt mcp` needs the MCP SDK; install skillopt-ledger with its extra `mcp`"
        )
    from skillopt.cli.mcp.allowance import Allowance
    from skillopt.cli.mcp.root import Root
    from skillopt.cli.mcp.server import serve

    place = Root.at(root)
    try:
        os.chdir(place.folder)
    except OSError as error:
        raise InputError(f"--root {root}: cannot be entered: {error.strerror}") from None
    serve(place, ledger=ledger, allowance=Allowance(max_calls=max_calls, max_cost=max_cost))
