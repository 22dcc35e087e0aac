"""What a gate compares, what it asks for, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, NamedTuple

from pydantic import Field, model_validator

from skillopt.core.value import Value, is_absent, is_empty

Arm = Literal["candidate", "incumbent"]
GateKind = Literal["balanced", "race", "explore", "exact", "strict"]
Attempt = Literal["first", "second"]
"""Which answer to a task is compared: the one to the task, or the one after a look at that."""

LEVELLED: tuple[GateKind, ...] = ("race", "exact")
"""The gates that hold a level of significance."""
SENTINEL_RUNS = 10
"""Runs of a protected task after which nine in ten that pass are enough to make it a sentinel."""
SENTINEL_RERUNS = (1, 2)
"""Trials of the candidate that confirm a failure there; two failures of three are a veto."""
EVEN = 0.5
"""A level from which on the toss of a coin accepts."""


class GatePolicy(Value):
    """Which gate decides, and how strictly."""

    kind: GateKind = "balanced"
    alpha: float = Field(default=0.10, gt=0, lt=1)
    """The level of `race`, `exact` and the placebo's test; the other gates have their own bars."""
    passes: int = Field(default=2, ge=1, le=10)
    """Passes over the validation tasks; a deterministic target never pays for a second one."""
    max_missing: float = Field(default=0.10, ge=0, lt=1)
    """Above this share of tasks without an outcome the verdict is inconclusive."""
    no_worse_than: float | None = Field(default=None, gt=0, le=100, exclude_if=is_absent)
    """Points: accept what is shown not to be worse by so many; None asks for a gain.

    Where it is None the policy reads and hashes as if there were no such field."""
    placebo: bool = Field(default=False, exclude_if=is_empty)
    """What is accepted must beat the same edit without its content, too, at the level `alpha`."""

    attempt: Attempt = Field(default="first", exclude_if="first".__eq__)
    """`second`: both versions are compared by what they answer after a look at their first answer;
    the incumbent's are fresh in every contest."""

    @model_validator(mode="after")
    def _attempts_are_fresh(self) -> GatePolicy:
        if self.attempt == "second" and (self.placebo or self.no_worse_than is not None):
            other = "placebo" if self.placebo else "no_worse_than"
            raise ValueError(
                f"judge_attempt is 'second', and {other} compares first attempts; take out one"
            )
        return self

    @model_validator(mode="after")
    def _has_a_level(self) -> GatePolicy:
        if self.no_worse_than is None:
            return self
        if self.kind not in LEVELLED:
            raise ValueError(
                f"gate is {self.kind!r}; with no_worse_than it must be one that has a level: "
                + " or ".join(LEVELLED)
            )
        if self.alpha >= EVEN:
            raise ValueError(f"alpha is {self.alpha:g}; with no_worse_than it must be below {EVEN}")
        if self.placebo:
            raise ValueError(
                "placebo asks for a gain over an edit without content, and no_worse_than for none; "
                "set one of them"
            )
        return self


class GateTask(Value):
    """A validation task as the gate sees it."""

    id: str
    cluster: str | None = None
    """Tasks of one cluster belong together (a template, a repository) and count as one unit."""
    weight: float = Field(default=1.0, gt=0)
    protected: bool = False
    """A sentinel: the candidate may not break it, whatever it gains elsewhere."""


class Standing(Value):
    """The incumbent's record on one task: sum and number of its runs (fractional once re-based)."""

    total: float
    runs: float = Field(ge=0)
    passed: int = Field(default=0, ge=0)
    """Full scores among the raw runs of this version and those it came from."""
    failed: int = Field(default=0, ge=0)
    """The other raw runs. With `passed` it says whether the task may be a sentinel."""


ENOUGH_REPEATS = 40
"""Repeated runs without a single difference that show a target to be deterministic."""
NO_SPREAD = 1e-9


class Noise(Value):
    """What repeated runs of one task with one skill have shown of the target's run noise."""

    squares: float = Field(default=0.0, ge=0)
    """Sum of squared deviations within tasks, in squared scores."""
    repeats: float = Field(default=0.0, ge=0)
    """Degrees of freedom: repeated runs beyond the first of each task."""

    @property
    def variance(self) -> float | None:
        """Of one run around its task's own mean; None where nothing was repeated yet."""
        return self.squares / self.repeats if self.repeats else None

    @property
    def absent(self) -> bool:
        """So many repeated runs were alike that the target is taken to be deterministic."""
        return self.repeats >= ENOUGH_REPEATS and self.squares < NO_SPREAD


class Spread(Value):
    """How far candidates and incumbents lay apart, task by task, in the contests so far."""

    squares: float = Field(default=0.0, ge=0)
    """Sum of squared differences by unit."""
    noise_weight: float = Field(default=0.0, ge=0)
    """What the variance of one run is to be multiplied by for its share of `squares`."""
    units: float = Field(default=0.0, ge=0)
    """How many differences `squares` sums."""


class GateMemory(Value):
    """What a run's finished contests have taught the gate; no validation content is in it."""

    contests: int = Field(default=0, ge=0)
    accepted: int = Field(default=0, ge=0)
    rollouts: int = Field(default=0, ge=0)
    """Fresh rollouts of all finished contests, both arms."""
    noise: Noise = Noise()
    spread: Spread = Spread()
    scatter: float | None = None
    """Variance of the first version's first runs over tasks."""
    step: float | None = None
    """Smallest distance between two scores among them: 1 for pass or fail, near 0 for grades."""


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
    memory: GateMemory = GateMemory()
    """From the run's last verdict; empty before the first."""
    earlier_tests: int = Field(default=0, ge=0)
    """How often the same idea was rejected on earlier versions; each halves the test's level."""
    continues: int = Field(default=0, ge=0)
    """Passes of a contest that this one goes on with: their runs of the candidate are there, and
    one pass is added. 0 for a contest of its own."""

    @model_validator(mode="after")
    def _tasks_are_known(self) -> Contest:
        if not self.tasks:
            raise ValueError("a contest needs at least one task")
        if len({task.id for task in self.tasks}) != len(self.tasks):
            raise ValueError("task ids must be unique")
        unknown = [
            task.id
            for task in self.tasks
            if task.id not in self.book or not self.book[task.id].runs
        ]
        if unknown:
            raise ValueError(f"the incumbent has no record on task {unknown[0]!r}; leave it out")
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
    """Mean of the runs it was compared by."""
    candidate: float | None
    """Mean of its runs; None where it was not run, or its outcome could not be had."""
    candidate_runs: int
    incumbent_runs: float


MeasureName = Literal["skill_chars", "cost", "latency", "brier", "inconsistency"]


class Measure(Value):
    """What a candidate takes beside its score, next to the version the run started from."""

    name: MeasureName
    """`skill_chars`: characters; `cost`: US dollars a task; `latency`: seconds a task.
    `brier`: of the target's stated confidence. `inconsistency`: share of wrapped tasks with another
    verdict."""
    first: float | None
    candidate: float | None
    tasks: int = 0
    """Tasks that both were run on, where it is a mean over tasks."""
    margin: float | None = None
    """How much more is allowed (characters, a share of the first for `cost` and `latency`, a
    difference for the others); None: it is reported only."""


class NoWorse(Value):
    """What was asked and found where a candidate need not be better, only no worse."""

    points: float
    """The margin: it is worse by less than so many."""
    low: float
    """The lower confidence limit of the difference, at the level: above minus the margin exactly
    where it is accepted."""
    high: float
    """The upper limit at the same level."""
    within: float
    """How often both limits together cover the true difference, at least: 1 - 2 * level."""


class PlaceboTest(Value):
    """A candidate against the same edit without its content."""

    version: str
    """The placebo's hash; its text follows from the two versions and the seed."""
    difference: float
    """Mean paired difference, candidate minus placebo."""
    p_value: float
    level: float
    """The candidate beats it where the p-value is at most this."""
    tasks: int
    """Tasks on which both have a result."""
    missing: int = 0
    """Tasks on which one has none."""


class Verdict(Value):
    """What the gate says of a candidate, and why."""

    outcome: Outcome
    code: str
    """The rule that decided, in one word: `test`, `margin`, `futile`, `sentinel`, `missing`,
    `mean`; `guard` where the gate accepted and a guard vetoed, `placebo` where an edit without
    content did as well."""
    reason: str
    """One sentence for a person. It is about validation tasks: not for the optimizer."""
    gain: float | None
    """Mean paired difference over the tasks seen; biased by selection, never to be quoted."""
    p_value: float | None
    tasks_seen: int
    rollouts: int
    """Fresh rollouts this verdict asked for, both arms."""
    pairs: tuple[PairedTask, ...]
    book: dict[str, Standing]
    """The record of the incumbent that goes on: re-based on the candidate where it was accepted for
    a gain."""
    shrunk_gain: float | None = None
    """Where accepted: the gain with the winner's curse taken out."""
    passes: int = 1
    """The pass over the tasks in which it was decided."""
    notes: tuple[str, ...] = ()
    """Sentences about the tasks, for a person: a sentinel that cannot be one."""
    memory: GateMemory = GateMemory()
    """For the next contest of the run."""
    measures: tuple[Measure, ...] = ()
    """Length, cost and latency; guarded where a margin was set."""
    no_worse: NoWorse | None = Field(default=None, exclude_if=is_absent)
    """Where that was asked, and the contest came to its test; left out elsewhere."""
    placebo: PlaceboTest | None = Field(default=None, exclude_if=is_absent)
    """Where that was asked, and the gate accepted; left out elsewhere."""
    attempt: Attempt = Field(default="first", exclude_if="first".__eq__)
    """Which attempts were compared; left out where it is the first. Of second ones `rollouts`
    counts those alone: each follows a first attempt."""

    @property
    def accepted(self) -> bool:
        """The candidate gets in."""
        return self.outcome is Outcome.ACCEPTED

    def _repr_html_(self) -> str:
        from skillopt.core.gate.shown_verdict import verdict_html

        return verdict_html(self)
