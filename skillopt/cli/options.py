"""Flags made from :class:`skillopt.core.settings.Settings`: one name, one sentence, one place."""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import typer

from skillopt.cli.results import keep_results
from skillopt.core.settings import Settings
from skillopt.errors import SettingsError

MODELS = (
    "target",
    "target_command",
    "target_identity",
    "agent",
    "agent_model",
    "agent_args",
    "optimizer",
    "judge",
    "practice",
    "target_template",
    "target_params",
    "optimizer_params",
    "judge_params",
    "api_base",
    "target_api_base",
    "optimizer_api_base",
    "judge_api_base",
    "drop_params",
    "force_params",
    "allow_self_judging",
    "deterministic",
    "timeout",
    "max_attempts",
    "caller_processes",
)
CODE = ("target_folder", "keep_workspaces", "pass_env", "max_memory", "sandbox", "isolate_checks")
"""How the user's code is held."""
WORKERS = ("workers", "ray_cpus", "ray_memory", "ray_calls")
"""Where it runs."""
LOADING = ("loading", "neighbours", "triggers")
"""What decides whether an agent loads the skill."""
LOOP = (
    "rounds",
    "patience",
    "minibatch",
    "evidence",
    "trials",
    "curriculum",
    "proposer",
    "shrink",
    "shrink_every",
    "drift_every",
    "report_second_attempts",
    "judge_attempt",
    "approve",
    "seed",
    "reopen_sealed",
    "concurrency",
    "ledger",
)
GATE = (
    "gate",
    "alpha",
    "passes",
    "max_missing",
    "placebo",
    "guard_skill_chars",
    "guard_cost",
    "guard_latency",
    "guard_calibration",
    "guard_consistency",
    "leak_screen",
    "content",
    "content_hosts",
)
SINGLE = ("no_worse_than",)
"""Settings of the gate that hold for a single edit and for shrinking, not for a search."""
BUDGET = (
    "schedule",
    "max_edits",
    "min_edits",
    "max_changed_chars",
    "min_changed_chars",
    "max_skill_chars",
    "max_files",
    "calibrated_budget",
)
FILES = ("edits", "tune_description")
"""What of a skill may be edited."""
LEDGER = (
    "conditioning",
    "reopen",
    "likeness",
    "siblings",
    "recall",
    "train_check",
    "lessons",
    "warm_start",
    "rehearse",
    "near_misses",
    "ablate",
)
PROPOSALS = ("candidates", "compare_answers", "collapse_monitor", "prefer")
SPEND = ("max_calls", "max_tokens", "max_cost", "max_calls_per_minute", "health_check")
SWITCHES = {
    "deterministic": "--deterministic/--not-deterministic",
    "calibrated_budget": "--calibrated-budget/--no-calibrated-budget",
    "isolate_checks": "--isolate-checks/--no-isolate-checks",
    "conditioning": "--conditioning/--no-conditioning",
    "curriculum": "--curriculum/--no-curriculum",
    "reopen": "--reopen/--no-reopen",
    "recall": "--recall/--no-recall",
    "train_check": "--train-check/--no-train-check",
    "lessons": "--lessons/--no-lessons",
    "warm_start": "--warm-start/--no-warm-start",
    "rehearse": "--rehearse/--no-rehearse",
    "near_misses": "--near-misses/--no-near-misses",
    "ablate": "--ablate/--no-ablate",
    "compare_answers": "--compare-answers/--no-compare-answers",
    "collapse_monitor": "--collapse-monitor/--no-collapse-monitor",
    "health_check": "--health-check/--no-health-check",
}
"""Settings that are on, off, or left to themselves."""
ROLE_PARAMS = ("target_params", "optimizer_params", "judge_params")
PAIRS = (*ROLE_PARAMS, "content")
"""Settings whose flag takes name=value."""
REPEATED = (
    *PAIRS,
    "agent_args",
    "drop_params",
    "force_params",
    "siblings",
    "content_hosts",
    "pass_env",
    "edits",
)
"""Settings whose flag may be given several times, once for each value."""
PANELS = {
    "Models": MODELS,
    "Code": CODE,
    "Workers": WORKERS,
    "Loading": LOADING,
    "Loop": LOOP,
    "Gate": (*GATE, *SINGLE),
    "Edit budget": (*BUDGET, *FILES),
    "Ledger": LEDGER,
    "Proposals": PROPOSALS,
    "Spend": SPEND,
}
"""The flags by the heading the help pages show them under."""

ROLES_ONLY = (*MODELS, *CODE, *WORKERS, *LOADING, "concurrency", "seed", "ledger", *SPEND)
"""What commands that run the target, but do not tune, listen to."""


def with_settings(
    names: Iterable[str], *, runs: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command the flags of the settings ``names``.

    The command gets them as one argument, ``given``: the settings that were named on the command
    line, as a dict; everything else is left to the files.

    Args:
        names: the settings.
        runs: the command has events, which can be written to a file and reported.
    """
    wanted = list(names)
    reported = _REPORTED if runs else ()

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def called(**arguments: Any) -> Any:
            keep_results()
            named = [*wanted, *(flag.name for flag in reported)]
            given = _given({name: arguments.pop(name) for name in named})
            return command(**arguments, given=given)

        # Typer reads the sentence of a flag from the annotation itself, not from its name.
        signature = inspect.signature(command, eval_str=True)
        own = [p for p in signature.parameters.values() if p.name != "given"]
        flags = [*reported, *(_parameter(name) for name in wanted)]
        called.__signature__ = inspect.Signature([*own, *flags])  # type: ignore[attr-defined]
        called.__annotations__ = {p.name: p.annotation for p in (*own, *flags)}
        return called

    return decorate


_REPORTED = (
    inspect.Parameter(
        "events",
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[
            Path | None,
            typer.Option("--events", help="Append each event to this file, as a line of JSON."),
        ],
    ),
    inspect.Parameter(
        "report_to",
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[
            list[str] | None,
            typer.Option(
                "--report-to",
                help="Report the run to otel (OpenTelemetry), mlflow or wandb. Repeatable.",
            ),
        ],
    ),
)


def _given(arguments: dict[str, Any]) -> dict[str, Any]:
    # 0 is a value, and equals False: what was not named is None, an empty list or a flag left off.
    given = {
        name: value
        for name, value in arguments.items()
        if value is not None and value is not False and value != []
    }
    given.update({name: False for name in SWITCHES if arguments.get(name) is False})
    for name in PAIRS:
        if name in given:
            given[name] = dict(_pair(name, text) for text in given[name])
    return given


def _pair(name: str, text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        flag = _flag(name)
        raise SettingsError(
            f"{flag}: expected name=value, got {text!r}; for example {flag} {_example(name)}"
        )
    try:
        return key, json.loads(value)
    except ValueError:
        return key, value


def _example(name: str) -> str:
    return "urls=warn" if name == "content" else "noise=0.1"


def _flag(name: str) -> str:
    return "--" + name.removesuffix("s" if name in REPEATED else "").replace("_", "-")


def _parameter(name: str) -> inspect.Parameter:
    field = Settings.model_fields[name]
    panel = next(title for title, names in PANELS.items() if name in names)
    default = field.get_default(call_default_factory=True)
    shown = default if default not in (None, {}, (), False, True) else False
    text = field.description or ""
    if name in ROLE_PARAMS:
        text += " As name=value, where value may be JSON. Repeatable."
    elif name == "content":
        text += " As kind=action. Repeatable."
    kind = _flag_type(name, field.annotation)
    spelled = SWITCHES.get(name) or _flag(name)
    option = typer.Option(
        spelled,
        envvar="SKILLOPT_LEDGER" if name == "ledger" else None,
        help=f"{text} Default: {shown}." if shown is not False else text,
        rich_help_panel=panel,
        show_default=False,
    )
    annotation = Annotated[kind, option]  # type: ignore[valid-type]
    empty = False if kind is bool else None
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=empty, annotation=annotation
    )


def _flag_type(name: str, annotation: Any) -> Any:
    if name in REPEATED:
        return list[str] | None
    if name == "agent":
        return str | None
    if name in SWITCHES:
        return bool | None
    if annotation is bool:
        return bool
    if get_origin(annotation) is Literal:
        return annotation | None
    bare = [part for part in get_args(annotation) if part is not type(None)]
    return (bare[0] if bare else annotation) | None
