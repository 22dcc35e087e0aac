"""The page of the command line: from the commands, the settings and the results' models."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import typer
from pages.objects import described, link
from pages.tables import table
from pydantic import BaseModel

from skillopt.adapters.files.skill_file import WrittenSkill
from skillopt.adapters.ledger import (
    Head,
    Hit,
    Imported,
    RoundEntry,
    RoundSummary,
    RunEntry,
    RunSummary,
    SkillVersion,
    Stats,
    Tracing,
    Verification,
)
from skillopt.app.aa import AATest
from skillopt.app.ablate import AblatedBundle
from skillopt.app.approvals import Decided
from skillopt.app.digest import LedgerDigest
from skillopt.app.doctor import Checkup
from skillopt.app.evaluate import Evaluation
from skillopt.app.export_tasks import ExportedTasks
from skillopt.app.gate_changes import GatedChanges
from skillopt.app.import_tasks import ImportedTasks
from skillopt.app.library import Plan
from skillopt.app.mine import Mined
from skillopt.app.probe import ProbeReport
from skillopt.app.report import WrittenReport
from skillopt.app.result import Run
from skillopt.app.review import Approved
from skillopt.app.single_edit import GatedEdit
from skillopt.app.skill_ids import AttachedSkill
from skillopt.app.triggers import Triggering
from skillopt.app.tuned_library import TunedLibrary
from skillopt.cli import doctor, gate_exits, ledger_verify, main, tune_all
from skillopt.cli.lazy import LazyCommand
from skillopt.cli.options import PANELS
from skillopt.core.agents.form import AgentForm
from skillopt.core.estimate import Estimate
from skillopt.core.gate.power import Power
from skillopt.core.history.tree import TreeVersion
from skillopt.core.history.waiting import Waiting
from skillopt.core.mining.candidate import Candidate
from skillopt.core.settings import Settings

INTRODUCTION = """\
# The command line

`skillopt COMMAND --help` says the same as this page, a command at a time.

Results go to standard output, progress to standard error. Progress is live on a terminal and plain
lines elsewhere. With `--json` standard output gets one JSON object and nothing else.

- [Commands](#commands)
- [Settings](#settings)
- [Exit codes](#exit-codes)
- [JSON](#json)
"""

SETTINGS = """\
## Settings

A setting has one name everywhere: the flag `--max-calls`, the key `max_calls` in `skillopt.toml`
or under `[tool.skillopt]` in `pyproject.toml`, the key `max_calls` under `settings:` in a
validation set's header, and the argument `max_calls` of `skillopt.tune`. The first place that
names it wins, in that order: flags, then `skillopt.toml`, then `pyproject.toml`, then the header.
The files are those of the skill's project: the nearest folder upwards from the skill with a
`.skillopt`, a `skillopt.toml`, a `pyproject.toml` or a `.git`; without any of these, the
working directory. An unknown name is an error.

Parameters of calls are tables in files (`target_params = {temperature = 0.2}`) and flags that may
be repeated on the command line (`--target-param temperature=0.2`).

The ledger is `.skillopt/ledger.db` in the skill's project, unless `ledger` or the variable
SKILLOPT_LEDGER names another. Commands that only read it (`ledger`, `runs`, `diff`, `revert`) look
in the project of the working directory.
"""

JSON = """\
## JSON

With `--json` a command prints one object. Where it fails for a reason of skillopt's own, the object
is `{"error": {"kind": ..., "message": ...}}`, `kind` being the class of the error in
[errors.py](../skillopt/errors.py), and for `ApprovalNeeded` also `run` and `entry`; the message is
on standard error, too. A command line that cannot be parsed at all (an unknown flag, a missing
argument) prints no object: its message is on standard error, and the exit code is 2.
"""

OBJECTS: dict[str, tuple[str, tuple[type[BaseModel], ...]]] = {
    "tune": ("{}, with `power`: {}", (Run, Power)),
    "tune --dry-run": ("{}, with `cost`: the sum in US dollars, or null", (Estimate,)),
    "tune-all": ("{}, with `usage`: what all of them paid", (TunedLibrary,)),
    "tune-all --dry-run": ("{}", (Plan,)),
    "eval": ("{}", (Evaluation,)),
    "gate": ("{}, with `outcome`: `accepted`, `rejected` or `inconclusive`", (GatedEdit,)),
    "gate --changed": (
        "{}, with `outcome`: the worst verdict, and with an `outcome` in each `gated`",
        (GatedChanges,),
    ),
    "aa": ("{}", (AATest,)),
    "probe": ("{}", (ProbeReport,)),
    "triggers": ("{}", (Triggering,)),
    "probe --dry-run": (
        "{}, with `cost`: the sum in US dollars, or null; `by_probe`: rollouts by probe",
        (Estimate,),
    ),
    "diff": ("`skill`, the digests `version` and `file`, and `diff`: list of lines", ()),
    "revert": ("{}, with `skill`: its name, and `version`: the digest", (WrittenSkill,)),
    "revert, without a version": ("`skill`: its name; `versions`: list of {}", (SkillVersion,)),
    "init": ("`written`: list of paths", ()),
    "import-tasks": ("{}", (ImportedTasks,)),
    "export-tasks": ("{}", (ExportedTasks,)),
    "doctor": ("{}, with `ready`: true or false", (Checkup,)),
    "approvals list": (
        "`approvals`: list of {}, each with its id, and in outdated why its run does not go on",
        (Waiting,),
    ),
    "approvals show": (
        "{}, with `id`: the proposal's; `outdated`: why its run does not go on; `diff`: unified",
        (Waiting,),
    ),
    "approve": ("{}", (Decided,)),
    "refuse": ("{}", (Decided,)),
    "mine find": ("{}", (Mined,)),
    "mine list": ("`candidates`: list of {}; `total`: how many there are", (Candidate,)),
    "mine approve": ("{}", (Approved,)),
    "mine refuse": ("`refused`: list of ids", ()),
    "mine edit": ("`candidate`: {}", (Candidate,)),
    "ledger list": (
        "`rounds`: list of {}; `total`: how many there are; `waiting`: how many wait for approval",
        (RoundSummary,),
    ),
    "ledger show": ("{}; of what waits for approval that of `approvals show`", (RoundEntry,)),
    "ledger ablate": ("{}", (AblatedBundle,)),
    "ledger attach": ("{}", (AttachedSkill,)),
    "ledger digest": ("{}", (LedgerDigest,)),
    "ledger retry": (
        "{}, with `outcome`: `accepted`, `rejected` or `inconclusive`",
        (GatedEdit,),
    ),
    "ledger search": ("`hits`: list of {}; `total`: how many there are", (Hit,)),
    "ledger why": ("{}", (Tracing,)),
    "ledger stats": ("{}", (Stats,)),
    "ledger verify": (
        "{}, with `sound`: true or false, and `signer`: who signed the head, or null",
        (Verification,),
    ),
    "ledger head": ("{}", (Head,)),
    "ledger import": ("{}", (Imported,)),
    "ledger prune": (
        "`before`: a time; `payloads`: texts that are deleted; `dry_run`: whether only counted",
        (),
    ),
    "runs list": ("`runs`: list of {}; `total`: how many there are", (RunSummary,)),
    "runs show": ("{}; `waits`: id of what waits for approval in it, or null", (RunEntry,)),
    "report": ("{}", (WrittenReport,)),
    "runs tree": ("`run`: its id; `tree`: {}", (TreeVersion,)),
}
"""What each command prints, and the models in it."""


def page() -> str:
    """The whole page."""
    return f"{INTRODUCTION}\n{_commands()}\n{_settings()}\n{_exit_codes()}\n{_json()}"


def commands() -> Iterator[tuple[str, Any]]:
    """Every command that does something, by its full name."""
    yield from _leaves("", typer.main.get_command(main.app))


def _leaves(prefix: str, command: Any) -> Iterator[tuple[str, Any]]:
    for name, listed in command.commands.items():
        inner = listed.loaded() if isinstance(listed, LazyCommand) else listed
        if hasattr(inner, "commands"):
            yield from _leaves(f"{prefix}{name} ", inner)
        else:
            yield prefix + name, inner


def _commands() -> str:
    return "## Commands\n\n" + "\n".join(_command(name, found) for name, found in commands())


def _command(name: str, command: Any) -> str:
    arguments = [found for found in command.params if found.param_type_name == "argument"]
    options = [found for found in command.params if found.param_type_name == "option"]
    own = [found for found in options if found.rich_help_panel not in PANELS]
    shared = [found for found in options if found.rich_help_panel in PANELS]
    spelled = " ".join(_spelled(argument) for argument in arguments)
    text, _, example = inspect.cleandoc(command.help).partition("\n\nExample: ")
    parts = [f"### skillopt {name}", f"    skillopt {name} [OPTIONS] {spelled}".rstrip(), text]
    parts += [f"Example:\n\n    {example}"] if example else []
    rows = [(f"`{_spelled(found)}`", found.help or "") for found in arguments]
    rows += [(f"`{_flags(found)}`", _option_help(found)) for found in own]
    parts.append(table(("argument or option", "meaning"), rows).rstrip())
    if shared:
        flags = ", ".join(f"`{found.opts[0]}`" for found in shared)
        parts.append(f"[Settings](#settings) it takes: {flags}.")
    return "\n\n".join(parts) + "\n"


def _spelled(argument: Any) -> str:
    name = argument.metavar or argument.name.upper()
    return name if argument.required else f"[{name}]"


def _flags(option: Any) -> str:
    return "/".join([*option.opts, *option.secondary_opts])


def _option_help(option: Any) -> str:
    said = [option.help or ""]
    values = get_args(option.type_descriptor.annotation)
    if get_origin(option.type_descriptor.annotation) is Literal:
        said.append("One of " + ", ".join(f"`{value}`" for value in values) + ".")
    if option.default not in (None, False, True) and not callable(option.default):
        said.append(f"Default: `{option.default}`.")
    if option.envvar:
        said.append(f"Or the variable {option.envvar}.")
    return " ".join(said)


def _settings() -> str:
    parts = [SETTINGS]
    for panel, names in PANELS.items():
        rows = [_setting(name) for name in names]
        head = ("name", "values", "default", "meaning")
        parts.append(f"**{panel}**\n\n{table(head, rows)}")
    return "\n".join(parts)


def _setting(name: str) -> tuple[str, str, str, str]:
    field = Settings.model_fields[name]
    default = field.get_default(call_default_factory=True)
    shown = "" if default in (None, {}) else f"`{str(default).lower()}`"
    return f"`{name}`", _values(field.annotation, field.metadata), shown, field.description or ""


_KINDS = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    dict: "table",
    tuple: "list",
    list: "list",
    AgentForm: "text or table",
}
_BOUNDS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}


def _values(annotation: Any, metadata: list[Any]) -> str:
    named = (annotation, *get_args(annotation))
    chosen = next((one for one in named if get_origin(one) is Literal), None)
    if chosen is not None:
        return ", ".join(f"`{value}`" for value in get_args(chosen))
    kinds = [annotation, get_origin(annotation), *get_args(annotation)]
    said = next(_KINDS[kind] for kind in kinds if kind in _KINDS)
    bounds = [
        f"{sign} {getattr(bound, name):g}"
        for bound in metadata
        for name, sign in _BOUNDS.items()
        if getattr(bound, name, None) is not None
    ]
    return " ".join([said, ", ".join(bounds)]).strip()


def _exit_codes() -> str:
    rows = [
        ("0", "done; for `gate`, `ledger retry`: accepted; for `doctor`: nothing is missing"),
        (str(gate_exits.REJECTED), "`gate`, `ledger retry`: rejected"),
        (str(doctor.MISSING), "`doctor`: something is missing"),
        (str(ledger_verify.UNSOUND), "`ledger verify`: a row disagrees"),
        (str(main.USAGE), "usage or input: something you can put right; nothing was called"),
        (
            str(tune_all.INVALID),
            "`tune-all`: the tasks of a skill cannot be used; others are tuned",
        ),
        (str(gate_exits.INCONCLUSIVE), "`gate`, `ledger retry`: inconclusive"),
        (
            str(main.PROVIDER),
            "the provider is down, the ledger or the output failed, or a limit of spend is reached",
        ),
        (str(tune_all.FAILED), "`tune-all`: that is so for a skill; the others are tuned"),
        (
            str(main.WAITS),
            "`tune --approve`, `tune-all`: a proposal waits for a person; the same command goes on",
        ),
        (str(main.INTERRUPTED), "interrupted from the keyboard; the same command goes on"),
        ("129, 143", "ended by SIGHUP or SIGTERM; the same command goes on"),
    ]
    return f"## Exit codes\n\n{table(('code', 'meaning'), rows)}"


def _json() -> str:
    rows = []
    roots: list[type[BaseModel]] = []
    for name, (said, models) in OBJECTS.items():
        rows.append((f"`{name}`", said.format(*map(link, models))))
        roots += models
    return f"{JSON}\n{table(('command', 'object'), rows)}\n{described(roots)}"
