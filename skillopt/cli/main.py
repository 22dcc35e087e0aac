"""The `skillopt` command."""

from __future__ import annotations

import atexit
import gc
import logging
import sys
import threading
import warnings
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from skillopt.cli.lazy import LazyGroup
from skillopt.cli.leaving import PATIENCE, leave
from skillopt.cli.output import print_json, say, tell, tell_warnings
from skillopt.cli.results import results
from skillopt.cli.signals import Signals
from skillopt.cli.streams import open_streams, unwritten
from skillopt.errors import ApprovalNeeded, InputError, SkilloptError

USAGE, PROVIDER, WAITS, INTERRUPTED = 2, 4, 5, 130
"""Exit codes beside 0 and those of `gate`: what the user can fix; provider, store or output;
a person's approval is waited for; Ctrl-C. After SIGHUP and SIGTERM it is 128 and the signal's
number."""

app = typer.Typer(
    name="skillopt",
    cls=LazyGroup,
    epilog=(
        "Exit codes: 0 done or accepted, 1 rejected or not in order, 2 usage or input, "
        "3 inconclusive, 4 the provider is down, or the ledger or the output failed, "
        "5 a proposal waits for approval, "
        "130 interrupted (129, 143 by a signal).\n\n"
        "Get started with `skillopt init my-skill`, or read docs/tutorial.md."
    ),
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
    own = logging.getLogger("skillopt")
    if not any(isinstance(handler, _Told) for handler in own.handlers):
        own.addHandler(_Told())


class _Told(logging.Handler):
    """What skillopt itself has to say beside a command's result, on stderr."""

    def emit(self, record: logging.LogRecord) -> None:
        tell_warnings([record.getMessage()])


def _check_folder() -> None:
    """Check that there is a working directory: paths are relative to it.

    Raises:
        InputError: it was deleted.
    """
    try:
        Path.cwd()
    except FileNotFoundError:
        raise InputError("the working directory was deleted; change to one that is there") from None


def run() -> NoReturn:
    """The console script: expected failures are one message and an exit code, never a traceback."""
    # Imports make objects by the hundred thousand, and no garbage: looking for it takes a sixth.
    gc.set_threshold(200_000, 20, 20)
    # All of it is there to the end, when the interpreter would go through it again and again.
    atexit.register(gc.freeze)
    signals, before = Signals(), threading.enumerate()
    try:
        signals.take()
        open_streams()
        silence_libraries()
        code = _code()
    except KeyboardInterrupt:
        code = INTERRUPTED
    patience = PATIENCE
    if code == INTERRUPTED:
        tell(f"skillopt: {signals.says}; run the same command to resume")
        signals.ignore()
        code, patience = signals.code, 0.0
    elif lost := unwritten(results()):
        tell(f"skillopt: {lost}")
        code = code if code == USAGE else PROVIDER
    leave(code, before=before, patience=patience)
    sys.exit(code)


def _code() -> int | str | None:
    """The exit code of the command; typer takes Ctrl-C itself, and says nothing."""
    try:
        _check_folder()
        app(prog_name="skillopt")
    except SystemExit as left:
        return left.code
    except ApprovalNeeded as needed:
        message = f"{needed}; run the same command after the decision"
        return _failed(needed, message, WAITS, run=needed.run, entry=needed.entry)
    except SkilloptError as error:
        return _failed(error, str(error), USAGE if isinstance(error, InputError) else PROVIDER)
    except OSError as error:  # a full disk, a folder that may not be written to
        where = f": {error.filename}" if error.filename else ""
        return _failed(error, f"{error.strerror or error}{where}", PROVIDER)
    return 0


def _failed(error: Exception, message: str, code: int, **more: str) -> int:
    if "--json" in sys.argv:
        print_json({"error": {"kind": type(error).__name__, "message": message, **more}})
    tell(f"skillopt: {message}")
    return code
