"""The `skillopt` command."""

from __future__ import annotations

import atexit
import gc
import logging
import sys
import threading
import warnings
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from skillopt.cli.lazy import LazyGroup
from skillopt.cli.leaving import leave
from skillopt.cli.output import print_json, say, tell
from skillopt.errors import InputError, SkilloptError

USAGE, PROVIDER, INTERRUPTED = 2, 4, 130
"""Exit codes beside 0 and those of `gate`: what the user can fix; provider or store; Ctrl-C."""

app = typer.Typer(
    name="skillopt",
    cls=LazyGroup,
    epilog="Get started with `skillopt init my-skill`, or read docs/tutorial.md.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        from importlib.metadata import version

        say(f"skillopt {version('skillopt-ledger')}")
        raise typer.Exit


@app.callback()
def root(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    """Tune an agent's SKILL.md with small edits that pass a held-out gate.

    Every refused edit is kept in a ledger that shapes later proposals.
    """


def silence_libraries() -> None:
    """Keep warnings and log lines of other people's code off the terminal.

    `-W` and PYTHONWARNINGS bring the warnings back.
    """
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    logging.getLogger().addHandler(logging.NullHandler())


def _check_folder() -> None:
    """Check that there is a working directory: paths are relative to it.

    Raises:
        InputError: it was deleted.
    """
    try:
        Path.cwd()
    except FileNotFoundError:
        raise InputError("the working directory was deleted; change to one that is there") from None


def run() -> None:
    """The console script: expected failures are one message and an exit code, never a traceback."""
    # Imports make objects by the hundred thousand, and no garbage: looking for it takes a sixth.
    gc.set_threshold(200_000, 20, 20)
    # All of it is there to the end, when the interpreter would go through it again and again.
    atexit.register(gc.freeze)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    silence_libraries()
    before = threading.enumerate()
    try:
        _run_command()
    except SystemExit as left:
        leave(left.code, before=before)
        raise


def _run_command() -> None:
    try:
        _check_folder()
        app(prog_name="skillopt")
    except SkilloptError as error:
        if "--json" in sys.argv:
            kind = type(error).__name__
            print_json({"error": {"kind": kind, "message": str(error)}})
        tell(f"skillopt: {error}")
        sys.exit(USAGE if isinstance(error, InputError) else PROVIDER)
    except SystemExit as left:  # typer takes Ctrl-C itself, and says nothing
        if left.code == INTERRUPTED:
            tell("skillopt: interrupted; run the same command to resume")
        raise
