"""A ruling put into words and numbers a person can check."""

from __future__ import annotations

import math

import numpy as np

from skillopt.core.gate.contest import (
    Contest,
    GateMemory,
    Outcome,
    PairedTask,
    Standing,
    Verdict,
)
from skillopt.core.gate.evidence import Evidence, FloatArray, Ruling
from skillopt.core.gate.rebase import rebased


def worded(contest: Contest, evidence: Evidence, ruling: Ruling) -> Verdict:
    """The verdict: reason, paired tasks, and the record that goes on."""
    accepted = ruling.outcome is Outcome.ACCEPTED
    pairs = _pairs(contest, evidence, ruling.passes)
    evidence.learn_noise(ruling.passes)
    memory = GateMemory(
        contests=contest.memory.contests + 1,
        accepted=contest.memory.accepted + accepted,
        rollouts=contest.memory.rollouts + evidence.asked,
        noise=evidence.noise,
    )
    shrunk = None
    book = dict(contest.book)
    if accepted:
        total, runs, shrunk = succession(evidence, ruling, cached=contest.policy.kind == "strict")
        book.update(_book(contest, evidence, total, runs, candidate=True))
    else:
        book.update(_book(contest, evidence, evidence.total, evidence.runs, candidate=False))
    return Verdict(
        outcome=ruling.outcome,
        code=ruling.code,
        reason=reason(contest, evidence, ruling, shrunk=shrunk),
        gain=ruling.gain,
        p_value=ruling.p_value,
        tasks_seen=ruling.seen,
        rollouts=evidence.asked,
        pairs=pairs,
        book=book,
        shrunk_gain=shrunk,
        passes=ruling.passes,
        notes=tuple(
            f"task {contest.tasks[task].id!r} {note}" for task, note in evidence.notes.items()
        ),
        memory=memory,
    )


def succession(
    evidence: Evidence, ruling: Ruling, *, cached: bool
) -> tuple[FloatArray, FloatArray, float | None]:
    """Totals, numbers of runs and credited gain of a candidate that was accepted.

    Args:
        evidence: the contest's.
        ruling: the acceptance.
        cached: keep the winning runs as they are (the `strict` rule).
    """
    if not cached:
        return rebased(evidence, ruling.passes)
    scores = evidence.candidate_means(1)
    return np.where(np.isnan(scores), evidence.baseline, scores), np.ones(evidence.size), None


def reason(contest: Contest, evidence: Evidence, ruling: Ruling, *, shrunk: float | None) -> str:
    """One sentence for a person."""
    gain = f"{100 * (ruling.gain or 0):+.1f} points"
    where = f"over {_count(ruling.seen, 'task')}"
    if ruling.passes > 1:
        where += f" in pass {ruling.passes}"
    match ruling.code:
        case "missing":
            lost, allowed = int(evidence.lost.sum()), contest.policy.max_missing
            return (
                f"{lost} of {_count(evidence.size, 'task')} have no outcome, more than the "
                f"{allowed:.0%} allowed; the proposal keeps its evidence and can be tried again"
            )
        case "sentinel":
            name = contest.tasks[ruling.culprit or 0].id
            return f"protected task {name!r} failed, and failed again when it was run again"
        case "mean":
            verb = "above" if ruling.outcome is Outcome.ACCEPTED else "not above"
            return f"the mean is {verb} the incumbent's: {gain} {where}"
        case "futile":
            least = 100 * (ruling.bound or 0)
            return (
                f"stopped early: {gain} {where}, where going on takes more than {least:+.1f} points"
            )
        case _:
            side = "at most" if ruling.outcome is Outcome.ACCEPTED else "above"
            credited = f", credited with {100 * shrunk:+.1f}" if shrunk is not None else ""
            return (
                f"{gain} {where}{credited}: chance alone gives as much with p = "
                f"{ruling.p_value:.3f}, {side} the level {ruling.bound:.2f}"
            )


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
    contest: Contest,
    evidence: Evidence,
    total: FloatArray,
    runs: FloatArray,
    *,
    candidate: bool,
) -> dict[str, Standing]:
    """The standings, with the candidate's raw runs entered where it goes on."""
    passed, failed = evidence.raw_counts(candidate=candidate)
    return {
        task.id: Standing(
            total=float(total[at]),
            runs=float(runs[at]),
            passed=int(passed[at]),
            failed=int(failed[at]),
        )
        for at, task in enumerate(contest.tasks)
    }
