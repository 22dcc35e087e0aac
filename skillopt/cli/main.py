"""The `skillopt` command."""

from __future__ import annotations

import atexit
import gc
import sys
from io import TextIOWrapper

import typer

from skillopt.cli.lazy import LazyGroup
from skillopt.cli.output import print_json, tell
from skillopt.errors import InputError, SkilloptError

USAGE, PROVIDER, INTERRUPTED = 2, 4, 130
"""Exit codes beside 0 and those of `gate`: what the user can fix; provider or store; Ctrl-C."""

app = typer.Typer(
    name="skillopt",
    cls=LazyGroup,
    epilog="Start with `skillopt init my-skill`, or read docs/tutorial.md.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def root() -> None:
    """Tune an agent's SKILL.md.

    Small edits, proposed from the agent's own failures, are kept only if a held-out gate says so;
    every refused edit stays in a ledger.
    """


def run() -> None:
    """The console script: expected failures are one message and an exit code, never a traceback."""
    # Imports make objects by the hundred thousand, and no garbage: looking for it takes a sixth.
    gc.set_threshold(200_000, 20, 20)
    # All of it is there to the end, when the interpreter would go through it again and again.
    atexit.register(gc.freeze)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app(prog_name="skillopt")
    except SkilloptError as error:
        if "--json" in sys.argv:
            kind = type(error).__name__
            print_json({"error": {"kind": kind, "message": str(error)}})
        tell(f"skillopt: {error}")
        sys.exit(USAGE if isinstance(error, InputError) else PROVIDER)
    except SystemExit as left:  # typer takes Ctrl-C itself, and says nothing
        if left.code == INTERRUPTED:
            tell("skillopt: interrupted; the same command goes on where this one stopped")
        raise
