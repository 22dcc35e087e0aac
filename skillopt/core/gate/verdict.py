"""A ruling as a verdict: a sentence, and the numbers behind it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from skillopt.core.figures import margin_points, points
from skillopt.core.gate.balanced import succession
from skillopt.core.gate.contest import (
    Contest,
    GateKind,
    GateMemory,
    NoWorse,
    Outcome,
    PairedTask,
    Standing,
    Verdict,
)
from skillopt.core.gate.evidence import Evidence, FloatArray, Ruling
from skillopt.core.gate.rebase import Succession, rebased


def worded(contest: Contest, evidence: Evidence, ruling: Ruling) -> Verdict:
    """The verdict: reason, paired tasks, and the record that goes on."""
    pairs = _pairs(contest, evidence, ruling.passes)
    accepted = ruling.outcome is Outcome.ACCEPTED
    after = aftermath(evidence, ruling, contest.policy.kind)
    book = _book(contest, evidence, after, candidate=accepted)
    return Verdict(
        outcome=ruling.outcome,
        code=ruling.code,
        reason=reason(contest, evidence, ruling, shrunk=after.gain) + _attempts(contest),
        attempt=contest.policy.attempt,
        gain=ruling.gain,
        p_value=ruling.p_value,
        tasks_seen=ruling.seen,
        rollouts=evidence.asked,
        pairs=pairs,
        book={**contest.book, **book},
        shrunk_gain=after.gain,
        passes=ruling.passes,
        notes=tuple(
            f"task {contest.tasks[task].id!r} {note}" for task, note in evidence.notes.items()
        ),
        memory=after.memory,
        no_worse=_no_worse(contest, ruling),
    )


def _attempts(contest: Contest) -> str:
    return " (second attempts)" if contest.policy.attempt == "second" else ""


def _no_worse(contest: Contest, ruling: Ruling) -> NoWorse | None:
    policy = contest.policy
    if ruling.limits is None or policy.no_worse_than is None:
        return None
    low, high = ruling.limits
    return NoWorse(points=policy.no_worse_than, low=low, high=high, within=1 - 2 * policy.alpha)


class Aftermath(NamedTuple):
    """What goes on to the next contest."""

    total: FloatArray
    runs: FloatArray
    gain: float | None
    """What an accepted candidate is credited with."""
    memory: GateMemory


def aftermath(evidence: Evidence, ruling: Ruling, kind: GateKind) -> Aftermath:
    """The record and the memory that go on; the record is the candidate's where it was accepted."""
    evidence.learn_noise(ruling.passes)
    accepted = ruling.outcome is Outcome.ACCEPTED
    before = evidence.memory
    memory = GateMemory(
        contests=before.contests + 1,
        accepted=before.accepted + accepted,
        rollouts=before.rollouts + evidence.asked,
        noise=evidence.noise,
        spread=evidence.spread,
        scatter=evidence.scatter,
        step=evidence.step,
    )
    if not accepted:
        return Aftermath(evidence.total, evidence.runs, None, memory)
    if kind == "strict":
        scores = evidence.candidate_means(1)
        kept = np.where(np.isnan(scores), evidence.baseline, scores)
        return Aftermath(kept, np.ones(evidence.size), None, memory)
    past = succession(evidence) if kind == "balanced" else Succession(kept=0.5)
    return Aftermath(*rebased(evidence, ruling.passes, past), memory)


def reason(contest: Contest, evidence: Evidence, ruling: Ruling, *, shrunk: float | None) -> str:
    """One sentence for a person."""
    gain = f"{points(ruling.gain or 0)} points"
    where = f"on {_count(ruling.seen, 'task')}"
    least = ruling.bound or 0.0
    if ruling.passes > 1:
        where += f" in pass {ruling.passes}"
    match ruling.code:
        case "missing":
            lost, allowed = int(evidence.lost.sum()), contest.policy.max_missing
            return (
                f"{lost} of {_count(evidence.size, 'task')} have no result, more than the "
                f"{allowed:.0%} allowed; its rollouts are kept, and it can be tried again"
            )
        case "sentinel":
            name = contest.tasks[ruling.culprit or 0].id
            return f"protected task {name!r} failed twice"
        case "mean":
            verb = "above" if ruling.outcome is Outcome.ACCEPTED else "not above"
            return f"{gain} {where}: the mean is {verb} the incumbent's"
        case "futile":
            seen = f"stopped early after {ruling.seen} of {_count(evidence.size, 'task')}"
            later = f" in pass {ruling.passes}" if ruling.passes > 1 else ""
            asked = _asked(contest)
            return f"{seen}{later}: {gain}, below the {points(least)} cut-off{asked}"
        case _:
            return _of_the_test(contest, ruling, where, shrunk)


def _asked(contest: Contest) -> str:
    margin = contest.policy.no_worse_than
    return "" if margin is None else f" for no worse than {margin_points(margin)} points"


def _of_the_test(contest: Contest, ruling: Ruling, where: str, shrunk: float | None) -> str:
    gain = points(ruling.gain or 0)
    test = f"(p = {ruling.p_value:.3f}, threshold {ruling.bound:.2f}{_retests(contest)})"
    margin = _no_worse(contest, ruling)
    if margin:
        shown = "" if ruling.outcome is Outcome.ACCEPTED else "not shown to be "
        asked = f"{shown}no worse than {margin_points(margin.points)} points below the incumbent"
        limits = f"[{points(margin.low)}, {points(margin.high)}]"
        interval = f"{100 * margin.within:.3g} % interval {limits}"
        return f"{asked}: difference {gain} points, {interval}, {where} {test}"
    counted = gain if shrunk is None else points(shrunk)
    if counted == gain:
        return f"{gain} points {where} {test}"
    return f"{gain} points {where} {test}, counted as {counted}"


def _retests(contest: Contest) -> str:
    """Why the threshold is lower than usual."""
    if not contest.earlier_tests:
        return ""
    return f" after {_count(contest.earlier_tests, 'earlier rejection')}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _pairs(contest: Contest, evidence: Evidence, passes: int) -> tuple[PairedTask, ...]:
    means = evidence.candidate_means(passes)
    ran = [row for trial, row in evidence.trials.items() if trial < passes]
    runs = np.sum(~np.isnan(np.array(ran)), axis=0)
    beside = evidence.rival_means(passes)
    base = evidence.baseline if beside is None else beside
    return tuple(
        PairedTask(
            task=task.id,
            incumbent=None if math.isnan(base[at]) else float(base[at]),
            candidate=None if evidence.lost[at] or math.isnan(means[at]) else float(means[at]),
            candidate_runs=int(runs[at]),
            incumbent_runs=float(evidence.runs[at]),
        )
        for at, task in enumerate(contest.tasks)
    )


def _book(
    contest: Contest, evidence: Evidence, after: Aftermath, *, candidate: bool
) -> dict[str, Standing]:
    """The standings, with the candidate's raw runs entered where it goes on."""
    passed, failed = evidence.raw_counts(candidate=candidate)
    return {
        task.id: Standing(
            total=float(after.total[at]),
            runs=float(after.runs[at]),
            passed=int(passed[at]),
            failed=int(failed[at]),
        )
        for at, task in enumerate(contest.tasks)
    }
