"""The keyword arguments that every entry point shares, typed for editors and type checkers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict

from pydantic import JsonValue

from skillopt.adapters.checks import OwnCheck
from skillopt.adapters.listeners.hub import Listener
from skillopt.adapters.models import OwnModel
from skillopt.adapters.targets import OwnTarget
from skillopt.app.listeners import Tracker
from skillopt.core.agents.form import AgentForm
from skillopt.core.content.policy import Action, Kind
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.gate.contest import Attempt, GateKind
from skillopt.core.proposals.leak import LeakPolicy
from skillopt.core.proposals.proposer import Learner
from skillopt.core.proposals.train_race import Prefer
from skillopt.core.role_settings import Loading
from skillopt.core.skill.edit_budget import Schedule
from skillopt.ports import Ledger, Model, Target


class SettingsOptions(TypedDict, total=False):
    """The fields of :class:`skillopt.core.settings.Settings` that are not named in `Options`."""

    target_command: str | None
    target_identity: str | None
    target_folder: str | None
    agent: str | Mapping[str, JsonValue] | AgentForm | None
    agent_model: str | None
    agent_args: Sequence[str]
    keep_workspaces: str | None
    pass_env: Sequence[str]
    max_memory: int
    sandbox: bool
    isolate_checks: bool | None
    practice: bool
    target_template: str | None
    target_params: Mapping[str, JsonValue]
    optimizer_params: Mapping[str, JsonValue]
    judge_params: Mapping[str, JsonValue]
    api_base: str | None
    target_api_base: str | None
    optimizer_api_base: str | None
    judge_api_base: str | None
    drop_params: Sequence[str]
    force_params: Sequence[str]
    allow_self_judging: bool
    deterministic: bool | None
    loading: Loading
    neighbours: str | None
    triggers: str | None
    rounds: int
    patience: int
    minibatch: int
    evidence: int
    trials: int
    curriculum: bool
    proposer: Learner
    shrink: bool
    shrink_every: int | None
    drift_every: int | None
    report_second_attempts: bool
    reopen_sealed: bool
    seed: int
    gate: GateKind | None
    alpha: float
    passes: int
    max_missing: float
    no_worse_than: float | None
    judge_attempt: Attempt
    approve: bool
    placebo: bool
    guard_skill_chars: int | None
    guard_cost: float | None
    guard_latency: float | None
    guard_calibration: float | None
    guard_consistency: float | None
    leak_screen: LeakPolicy
    content: Mapping[Kind, Action]
    content_hosts: Sequence[str]
    schedule: Schedule
    max_edits: int
    min_edits: int
    max_changed_chars: int
    min_changed_chars: int
    max_skill_chars: int | None
    max_files: int
    edits: Sequence[str]
    tune_description: bool
    calibrated_budget: bool
    conditioning: bool
    reopen: bool
    likeness: float
    siblings: Sequence[str]
    recall: bool
    train_check: bool | None
    lessons: bool
    warm_start: bool
    near_misses: bool
    rehearse: bool | None
    ablate: bool
    collapse_monitor: bool
    candidates: int
    prefer: Prefer
    compare_answers: bool
    max_calls: int | None
    max_tokens: int | None
    max_cost: float | None
    max_calls_per_minute: int | None
    health_check: bool
    concurrency: int
    workers: str | None
    ray_cpus: float
    ray_memory: int | None
    ray_calls: int
    caller_processes: int | None
    timeout: float
    max_attempts: int


class Options(SettingsOptions, total=False):
    """Who plays which role, on which tasks, with which ledger; and any setting."""

    validation_set: ValidationSet | str | Path | None
    """A path or a value; by default the one named after the skill."""
    target: OwnTarget | Target | str | None
    """A LiteLLM model string; a callable `(skill_text, input) -> str`, sync or async; a LangChain
    or LangGraph runnable; or a :class:`skillopt.ports.Target`."""
    identity: str | None
    """Names a target of your own and its version in the ledger: the same text for the same answers.
    By default it is derived from the target's code; see the Python API's page."""
    optimizer: OwnModel | Model | str | None
    """A model string; a callable `(messages) -> str`, sync or async; or a `skillopt.ports.Model`.
    Only tuning needs one."""
    judge: OwnModel | Model | str | None
    """Likewise; only rubric checks need one."""
    checks: Mapping[str, OwnCheck] | None
    """Callables by name, `(answer, task) -> bool | float | (float, str)`, sync or async; a task's
    `python` check calls one as `own:<name>`."""
    ledger: Ledger | str | Path | None
    """A ledger, its path or URL; by default the project's `.skillopt/ledger.db`."""
    on_event: Listener | Sequence[Listener] | None
    """Called with each :mod:`skillopt.core.events` value as it happens; what an async one returns
    is awaited, in order. One that raises hears nothing more, and the run goes on."""
    events: str | Path | None
    """A file to which each event is appended, as a line of JSON."""
    report_to: Sequence[Tracker] | Tracker | None
    """Where the run is reported: `otel`, `mlflow`, `wandb`."""
