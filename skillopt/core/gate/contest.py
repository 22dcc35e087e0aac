"""What a gate compares, what it asks for, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, NamedTuple

from pydantic import Field, model_validator

from skillopt.core.value import Value

Arm = Literal["candidate", "incumbent"]
GateKind = Literal["race", "explore", "exact", "strict"]


class GatePolicy(Value):
    """Which gate decides, and how strictly."""

    kind: GateKind = "race"
    alpha: float = Field(default=0.10, gt=0, lt=1)
    """The level of the final test. `explore` uses its own."""
    passes: int = Field(default=2, ge=1, le=10)
    """Passes over the validation tasks; a deterministic target never pays for a second one."""
    max_missing: float = Field(default=0.10, ge=0, lt=1)
    """Above this share of tasks without an outcome the verdict is inconclusive."""


class GateTask(Value):
    """A validation task as the gate sees it."""

    id: str
    cluster: str | None = None
    weight: float = Field(default=1.0, gt=0)
    protected: bool = False


class Standing(Value):
    """The incumbent's record on one task: sum and number of its runs (fractional once re-based)."""

    total: float
    runs: float = Field(ge=0)


class Contest(Value):
    """A candidate against the incumbent."""

    tasks: tuple[GateTask, ...]
    book: dict[str, Standing]
    """The incumbent's record by task id."""
    next_trial: int = Field(ge=0)
    """First trial number that the incumbent's fresh runs may use."""
    policy: GatePolicy
    deterministic: bool = False
    """The target answers alike every time: no run is repeated."""
    seed: int

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Contest:
        if len({task.id for task in self.tasks}) != len(self.tasks):
            raise ValueError("task ids must be unique")
        return self


class Wanted(NamedTuple):
    """One rollout the gate asks for."""

    arm: Arm
    task: str
    trial: int


Outcomes = Mapping[Wanted, float | None]
"""Scores of the rollouts so far; None for one that could not be had."""


class Outcome(StrEnum):
    """The three verdicts."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    INCONCLUSIVE = "inconclusive"


class PairedTask(Value):
    """One task's evidence in a verdict."""

    task: str
    incumbent: float | None
    candidate: float | None
    candidate_runs: int
    incumbent_runs: float


class Verdict(Value):
    """What the gate says of a candidate, and why."""

    outcome: Outcome
    code: str
    """The rule that decided, in one word: `test`, `futile`, `sentinel`, `missing` …"""
    reason: str
    """One sentence for a person."""
    gain: float | None
    """Mean paired difference over the tasks seen; biased by selection, never to be quoted."""
    p_value: float | None
    tasks_seen: int
    rollouts: int
    """Fresh rollouts this verdict used, both arms."""
    pairs: tuple[PairedTask, ...]
    book: dict[str, Standing]
    """The record of the incumbent that goes on: re-based on the candidate where it was accepted."""
    shrunk_gain: float | None = None
    """Where accepted: the gain with the winner's curse taken out."""
