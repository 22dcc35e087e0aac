"""The `skillopt` command."""

from __future__ import annotations

import json
import os
import sys

import typer

from skillopt.cli import doctor, evaluate, gate, ledger, runs, scaffold, tune, versions
from skillopt.cli.output import tell
from skillopt.errors import InputError, SkilloptError

USAGE, PROVIDER, INTERRUPTED = 2, 4, 130
"""Exit codes beside 0 and those of `gate`: what the user can fix; provider or store; Ctrl-C."""

app = typer.Typer(
    name="skillopt",
    help="Tune an agent's SKILL.md: small edits, proposed from its own failures, kept only if a "
    "held-out gate says so; every refused edit stays in a ledger.",
    epilog="Start with `skillopt init my-skill`, or read docs/tutorial.md.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("tune")(tune.command)
app.command("eval")(evaluate.command)
app.command("gate")(gate.command)
app.command("diff")(versions.diff_command)
app.command("revert")(versions.revert_command)
app.command("init")(scaffold.command)
app.command("doctor")(doctor.command)
app.add_typer(ledger.app, name="ledger")
app.add_typer(runs.app, name="runs")


def run() -> None:
    """The console script: expected failures are one message and an exit code, never a traceback."""
    try:
        app(prog_name="skillopt")
    except SkilloptError as error:
        if "--json" in sys.argv:
            kind = type(error).__name__
            sys.stdout.write(json.dumps({"error": {"kind": kind, "message": str(error)}}) + "\n")
        tell(f"skillopt: {error}")
        sys.exit(USAGE if isinstance(error, InputError) else PROVIDER)
    except KeyboardInterrupt:
        tell("skillopt: interrupted; the same command goes on where this one stopped")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
