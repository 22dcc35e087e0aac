"""`skillopt serve`: the ledger as web pages."""

from __future__ import annotations

from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from skillopt.cli.output import say, say_link, tell, tell_warnings
from skillopt.cli.store import LedgerOption, read, shown_ledger
from skillopt.errors import InputError, SettingsError

PORT = 8017


def command(
    *,
    ledger: LedgerOption = None,
    host: Annotated[
        str, typer.Option(help="Address to listen on; another than loopback needs a password.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free port.")] = PORT,
    password_file: Annotated[
        Path | None,
        typer.Option(help="File with the password that others type; only its owner may read it."),
    ] = None,
    candidates: Annotated[
        list[Path] | None,
        typer.Option(
            help="File of candidate tasks in this project, instead of those in validation_sets/.",
            metavar="FILE",
        ),
    ] = None,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Nothing can be changed through the pages.")
    ] = False,
) -> None:
    """Serve the ledger as web pages: search, audit, trace, compare, verify.

    It prints a link with a token, which a browser swaps for a cookie. Ctrl-C stops it. It needs
    the extra `serve`.

    Example: skillopt serve --read-only
    """
    _check_extra()
    from skillopt.app.candidate_files import candidate_files
    from skillopt.web.application import application
    from skillopt.web.origins import is_loopback
    from skillopt.web.password import read_password
    from skillopt.web.serving import listening, serve, serving_of, url_of

    if not is_loopback(host) and password_file is None:
        raise InputError(_UNLOCKED.format(host))
    password = None if password_file is None else read_password(password_file)
    read(ledger, lambda opened: opened.chain_head())  # where it cannot be opened, this says why
    shown, mined = shown_ledger(ledger, of=Path.cwd()), candidate_files(tuple(candidates or ()))
    with listening(host, port) as at:
        serving = serving_of(
            at,
            where=ledger,
            shown=shown,
            host=host,
            password=password,
            read_only=read_only,
            candidates=mined,
        )
        say(f"skillopt serves {shown} at")
        say_link(f"  {url_of(at, host, token=serving.access.token)}")
        if not is_loopback(host):
            tell_warnings([_exposed(host)])
        tell("Ctrl-C stops it")
        with suppress(KeyboardInterrupt):  # it is how a server is stopped
            serve(application(serving), at)
    tell("stopped")


_UNLOCKED = (
    "--host {} lets other machines in; name a --password-file that they must know the password of, "
    "or leave --host out"
)


def _check_extra() -> None:
    if any(find_spec(name) is None for name in ("starlette", "uvicorn")):
        raise SettingsError(
            "`skillopt serve` needs Starlette and uvicorn: pip install 'skillopt-ledger[serve]'"
        )


def _exposed(host: str) -> str:
    return (
        f"--host {host}: other machines reach this server, and there is no TLS: who can read the "
        "network between reads the password, the pages and what is decided; a person with the "
        "password sees every skill, task, answer and prompt in the ledger"
    )
