"""What a report says, as values: nothing of it is HTML, and all texts in it are foreign."""

from __future__ import annotations

from typing import Literal

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate.contest import Measure
from skillopt.core.gate.power import Power
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.history.run import OutcomeName
from skillopt.core.proposals.refusal import Part, TrainEffect
from skillopt.core.skill.side_by_side import FileDiff
from skillopt.core.value import Value


class Step(Value):
    """A round on the way of the score; scores are shares of 1, as the gate counts them."""

    number: int
    outcome: OutcomeName
    said: str
    """The verdict with what reached it."""
    before: float | None
    """The version it was proposed on; None where it was not measured."""
    score: float | None = None
    """That and the gain: the candidate's; None where it was not tested."""
    low: float | None = None
    """95 % interval of the candidate's, by the paired differences; None where it has none."""
    high: float | None = None
    after: float | None = None
    """The version that the run went on with, without the luck of the winner."""
    tasks: int = 0


class CritiqueSaid(Value):
    """A finding, and the words it rests on."""

    criterion: str
    cause: str
    kinds: tuple[str, ...]
    tasks: tuple[str, ...]
    """Ids of train tasks."""
    quotes: tuple[str, ...]


class TaskChange(Value):
    """A validation task on which candidate and incumbent differ."""

    task: str
    before: float
    after: float


class Changes(Value):
    """What a candidate did to the validation tasks."""

    better: int
    worse: int
    same: int
    no_result: int
    """Tasks whose outcome could not be had."""
    not_run: int
    listed: tuple[TaskChange, ...]
    """The worst first, then the best; at most as many as a page holds."""


class EditSaid(Value):
    """An edit as it was proposed, where no diff can be made of it."""

    kind: str
    file: str
    section: str
    anchor: str
    text: str


class Also(Value):
    """Another proposal of the same round."""

    idea: str
    said: str
    reason: str


class ProposalSaid(Value):
    """A round: what was proposed, why, and what was decided."""

    number: int
    id: str
    outcome: OutcomeName
    said: str
    """The verdict with what reached it: `rejected by the gate`."""
    code: str
    reason: str
    idea: str
    criteria: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    parent: str
    candidate: str | None
    predicted: float | None = None
    """What the optimizer expected to gain."""
    gain: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    tasks_seen: int = 0
    critiques: tuple[CritiqueSaid, ...] = ()
    files: tuple[FileDiff, ...] = ()
    edits: tuple[EditSaid, ...] = ()
    """Only where there is no diff."""
    changes: Changes | None = None
    train: TrainEffect | None = None
    measures: tuple[Measure, ...] = ()
    notes: tuple[str, ...] = ()
    """Sentences: of the gate on single tasks, of the drift check, of a rematch, of the content
    policy, of a first try."""
    also: tuple[Also, ...] = ()
    alone: tuple[Part, ...] = ()


Cell = Literal["P", "H", "F", "?", "."]
"""Passed; in part, or in some of its runs; failed; no result; not evaluated."""
Group = Literal["fixed", "broken", "changed", "failing", "passing", "unknown"]


class HeatVersion(Value):
    """A column: a version that was run on validation tasks."""

    version: str
    number: int | None
    """Of the round that made it; None for the first version."""
    outcome: OutcomeName | None


class HeatRow(Value):
    """A task, with a letter for each version."""

    task: str
    group: Group
    """What happened to it from the first version to the one the run came to."""
    cells: str


class HeatMap(Value):
    """Validation tasks by versions."""

    versions: tuple[HeatVersion, ...]
    rows: tuple[HeatRow, ...]
    """Group by group, in the order of :data:`Group`."""


class SpendRow(Value):
    """What one role has used for one purpose."""

    role: str
    purpose: str
    usage: Usage


class Spend(Value):
    """What the run has paid."""

    rows: tuple[SpendRow, ...]
    total: Usage
    limits: tuple[tuple[str, str, float, float], ...] = ()
    """Name, both figures in words, what was spent and what may be."""


class Unknown(Value):
    """Something that the record does not show."""

    topic: str
    says: str


class Report(Value):
    """A run, as one sends it to a colleague."""

    run: str
    kind: str
    skill: str
    skill_path: str | None
    first: str
    last: str | None
    started: float
    """Seconds since the epoch."""
    finished: float | None
    user: str | None
    roles: tuple[tuple[str, str], ...]
    """Who had which part: `target`, `optimizer`, `judge`."""
    gate: str
    asked: str
    """One sentence."""
    decided: str
    result: str
    good: bool | None
    """The last version is shown to be better (or no worse, if that was asked); None: open."""
    sealed: SealedTest | None
    baseline: float | None
    path: tuple[Step, ...]
    proposals: tuple[ProposalSaid, ...]
    heat: HeatMap | None
    spend: Spend
    power: Power | None
    unknown: tuple[Unknown, ...]
