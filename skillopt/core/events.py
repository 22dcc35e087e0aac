"""What a run reports while it runs: values for a progress display or a framework's log."""

from __future__ import annotations

from typing import Literal

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.evaluation.task import Split
from skillopt.core.gate.contest import Verdict
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.history.run import Round
from skillopt.core.value import Value


class RunStarted(Value):
    """The run begins, or goes on where it was."""

    event: Literal["run_started"] = "run_started"
    run: str
    skill: str
    resumed: bool
    rounds_done: int


class RolloutsWanted(Value):
    """A batch begins; ``reused`` of its ``total`` rollouts were paid before."""

    event: Literal["rollouts_wanted"] = "rollouts_wanted"
    purpose: Split
    total: int
    reused: int


class RolloutDone(Value):
    """One rollout of the batch is finished and durable; None is a missing score."""

    event: Literal["rollout_done"] = "rollout_done"
    score: float | None
    usage: Usage


class WaitStarted(Value):
    """A request failed, and is sent again after a wait."""

    event: Literal["wait_started"] = "wait_started"
    model: str
    seconds: float
    asked: bool
    """The provider said how long to wait."""
    reason: str
    """What it answered, in one line and without keys."""


class ParameterChanged(Value):
    """An endpoint refuses a parameter; the run goes on without it, or with another."""

    event: Literal["parameter_changed"] = "parameter_changed"
    model: str
    parameter: str
    instead: str | None
    """What is sent instead; None where the parameter is left out."""
    says: str
    """The change in words."""


class BaselineDone(Value):
    """The first version was run on the validation tasks."""

    event: Literal["baseline_done"] = "baseline_done"
    score: float
    tasks: int
    low: float | None = None
    """Lower end of the score's 95 % interval."""
    high: float | None = None


class OptimizerAsked(Value):
    """The optimizer works on a critique or a proposal."""

    event: Literal["optimizer_asked"] = "optimizer_asked"
    number: int
    step: Literal["criticize", "propose", "repair"]


class OptimizerReplied(Value):
    """A fresh reply of the optimizer is in the ledger."""

    event: Literal["optimizer_replied"] = "optimizer_replied"
    usage: Usage


class GateOpened(Value):
    """A candidate that passed the screen stands at the gate."""

    event: Literal["gate_opened"] = "gate_opened"
    number: int
    idea: str


class GateDecided(Value):
    """The gate's verdict."""

    event: Literal["gate_decided"] = "gate_decided"
    number: int
    verdict: Verdict


class RoundDecided(Value):
    """A round is in the ledger."""

    event: Literal["round_decided"] = "round_decided"
    round: Round
    diff: tuple[str, ...] = ()
    """Unified diff of the incumbent and the proposal applied to it; empty where it does not fit."""


class Stopped(Value):
    """No further round is run."""

    event: Literal["stopped"] = "stopped"
    reason: str
    detail: str = ""
    """Which limit of spend it was, and how to raise it."""


class SealedOpened(Value):
    """The sealed test was run, once."""

    event: Literal["sealed_opened"] = "sealed_opened"
    sealed: SealedTest


Event = (
    RunStarted
    | RolloutsWanted
    | RolloutDone
    | WaitStarted
    | ParameterChanged
    | BaselineDone
    | OptimizerAsked
    | OptimizerReplied
    | GateOpened
    | GateDecided
    | RoundDecided
    | Stopped
    | SealedOpened
)
