"""Guards: what a better score may not cost. Off until a margin is set.

The gate decides by one metric, the score. Length of the skill, cost per task and latency are
reported beside it; with a margin they are guarded, against the version the run started from, so
that many small steps cannot add up to a large one.

Cost and latency are held by a non-inferiority test on the ratio of means: with candidate `c` and
first version `f` paired by task (by cluster, if tasks have one), the guard holds where the upper
end of the one-sided 95 % t interval of mean(c - (1 + margin) * f) is not above 0 (Hauschke,
Kieser, Hothorn 1999, "Proof of safety in toxicology based on the ratio of two means").
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from pydantic import Field

from skillopt.core.evaluation.rollout import Graded
from skillopt.core.gate.contest import (
    Contest,
    Measure,
    MeasureName,
    Outcome,
    Outcomes,
    Standing,
    Verdict,
)
from skillopt.core.gate.student_t import t_quantile
from skillopt.core.value import Value, is_absent

CODE = "guard"
"""The verdict's code where a guard has vetoed."""

WITHIN = 0.90
"""Two-sided share of the t distribution whose upper end is a one-sided 95 % bound."""


class Margins(Value):
    """How much more a candidate may take than the version the run started from; None: no guard."""

    skill_chars: int | None = Field(default=None, ge=0)
    """Characters by which the skill may be longer."""
    cost: float | None = Field(default=None, ge=0)
    """Share by which a task may cost more: 0.1 is 10 %."""
    latency: float | None = Field(default=None, ge=0)
    """Share by which a task may take longer."""
    calibration: float | None = Field(default=None, ge=0, le=1, exclude_if=is_absent)
    """By how much the Brier score of the target's stated confidence may be higher. Left out where
    there is no guard, so that the facts of an earlier skillopt keep their hashes."""
    consistency: float | None = Field(default=None, ge=0, le=1, exclude_if=is_absent)
    """By how much the share of wrapped tasks with another verdict may be higher."""

    @property
    def probes(self) -> int:
        """How many guards take a probe of each task."""
        return (self.calibration is not None) + (self.consistency is not None)


class Pair(NamedTuple):
    """What one task took: means over the runs of each version."""

    unit: str
    """The task's cluster, or the task."""
    first: float
    candidate: float


def length_of(first: str, candidate: str, margins: Margins) -> Measure:
    """The texts' lengths, in characters."""
    return Measure(
        name="skill_chars", first=len(first), candidate=len(candidate), margin=margins.skill_chars
    )


def too_long(length: Measure) -> str | None:
    """Why the length guard vetoes, in a sentence; None where it holds."""
    if length.margin is None or length.first is None or length.candidate is None:
        return None
    more = length.candidate - length.first
    if more <= length.margin:
        return None
    return (
        f"the skill would be {more:,.0f} characters longer than the version the run started from; "
        f"guard_skill_chars allows {length.margin:,.0f}"
    )


def measured(
    first: Sequence[Graded], candidate: Sequence[Graded], *, units: Mapping[str, str]
) -> dict[MeasureName, tuple[Pair, ...]]:
    """What the tasks took that both versions were run on.

    A measure is left out where a price is unknown.

    Args:
        first: rollouts of the version the run started from.
        candidate: all rollouts of the candidate.
        units: cluster (or id) by task id.
    """
    found: dict[MeasureName, tuple[Pair, ...]] = {}
    names: tuple[MeasureName, ...] = ("cost", "latency")
    for name in names:
        before, after = _means(first, name), _means(candidate, name)
        both = [task for task in before if task in after]
        pairs = [(units[task], before[task], after[task]) for task in both]
        if pairs and all(old is not None and new is not None for _, old, new in pairs):
            found[name] = tuple(Pair(unit, old or 0.0, new or 0.0) for unit, old, new in pairs)
    return found


def told(name: MeasureName, pairs: Sequence[Pair], margins: Margins) -> Measure:
    """The means over the tasks that both versions were run on."""
    return Measure(
        name=name,
        first=sum(pair.first for pair in pairs) / len(pairs),
        candidate=sum(pair.candidate for pair in pairs) / len(pairs),
        tasks=len(pairs),
        margin=_margin(name, margins),
    )


def exceeded(measure: Measure, pairs: Sequence[Pair]) -> str | None:
    """Why a guard on cost or latency vetoes, in a sentence; None where it holds or there is none.

    Args:
        measure: from :func:`told`.
        pairs: what it was made from.
    """
    if measure.margin is None:
        return None
    if upper_end(pairs, ratio=1 + measure.margin) <= 0:
        return None
    what, setting = _WORDS[measure.name]
    old, new = _shown(measure.name, measure.first), _shown(measure.name, measure.candidate)
    return (
        f"{what} is {new} a task, against {old} with the version the run started from, over "
        f"{len(pairs)} tasks: more than the {measure.margin:.0%} that {setting} allows cannot be "
        "ruled out"
    )


def unmeasured(margins: Margins, measures: Collection[MeasureName]) -> str | None:
    """Why a guard vetoes for want of numbers; None where all that is guarded was measured."""
    wanted: dict[MeasureName, float | None] = {"cost": margins.cost, "latency": margins.latency}
    for name, margin in wanted.items():
        if margin is not None and name not in measures:
            what, setting = _WORDS[name]
            return f"{what} a task could not be measured for both versions, and {setting} is set"
    return None


def vetoed(
    verdict: Verdict,
    reason: str,
    *,
    contest: Contest,
    outcomes: Outcomes | None = None,
    code: str = CODE,
) -> Verdict:
    """A rejection in place of ``verdict``: the incumbent goes on with the runs it was given.

    Args:
        verdict: an acceptance.
        reason: the veto's, in a sentence.
        contest: the one that was accepted.
        outcomes: its rollouts.
        code: the rule that vetoes.
    """
    memory = verdict.memory
    return verdict.model_copy(
        update={
            "outcome": Outcome.REJECTED,
            "code": code,
            "reason": reason,
            "shrunk_gain": None,
            "book": incumbents_book(contest, outcomes or {}),
            "memory": memory.model_copy(update={"accepted": max(0, memory.accepted - 1)}),
        }
    )


def vetoed_unrun(contest: Contest, reason: str) -> Verdict:
    """A rejection before any rollout was asked for."""
    return Verdict(
        outcome=Outcome.REJECTED,
        code=CODE,
        reason=reason,
        gain=None,
        p_value=None,
        tasks_seen=0,
        rollouts=0,
        pairs=(),
        book=dict(contest.book),
        memory=contest.memory,
    )


def incumbents_book(contest: Contest, outcomes: Outcomes) -> dict[str, Standing]:
    """The incumbent's record with the runs that the contest gave it."""
    book = dict(contest.book)
    for wanted, score in outcomes.items():
        if wanted.arm == "incumbent" and score is not None:
            standing = book[wanted.task]
            book[wanted.task] = Standing(
                total=standing.total + score,
                runs=standing.runs + 1,
                passed=standing.passed + (score >= 1),
                failed=standing.failed + (score < 1),
            )
    return book


def upper_end(pairs: Sequence[Pair], *, ratio: float, margin: float = 0.0) -> float:
    """Upper end of the one-sided 95 % t interval of mean(candidate - ratio * first - margin)."""
    sums: dict[str, float] = {}
    for pair in pairs:
        more = pair.candidate - ratio * pair.first - margin
        sums[pair.unit] = sums.get(pair.unit, 0.0) + more
    values = list(sums.values())
    count = len(values)
    mean = sum(values) / count
    if count == 1:
        return mean
    squares = sum((value - mean) ** 2 for value in values)
    error = math.sqrt(squares / (count - 1) / count)
    return mean + t_quantile(WITHIN, count - 1) * error


def _means(rollouts: Sequence[Graded], name: MeasureName) -> dict[str, float | None]:
    taken: dict[str, list[float | None]] = {}
    for rollout in rollouts:
        value = rollout.usage.cost if name == "cost" else rollout.seconds
        taken.setdefault(rollout.task_id, []).append(value)
    return {
        task: None if None in values else sum(value or 0.0 for value in values) / len(values)
        for task, values in taken.items()
    }


def _margin(name: MeasureName, margins: Margins) -> float | None:
    return margins.cost if name == "cost" else margins.latency


_WORDS = {
    "cost": ("the cost", "guard_cost"),
    "latency": ("the time", "guard_latency"),
}


def _shown(name: MeasureName, value: float | None) -> str:
    return f"${value:.6f}" if name == "cost" else f"{value:.3f} s"
