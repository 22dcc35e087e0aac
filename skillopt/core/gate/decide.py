"""The gate's front door: what it wants next, or what it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

import numpy as np

from skillopt.core.gate.balanced import balanced
from skillopt.core.gate.contest import (
    Contest,
    GatePolicy,
    Outcomes,
    Standing,
    Verdict,
    Wanted,
)
from skillopt.core.gate.evidence import Asks, Evidence, Play, Scores
from skillopt.core.gate.looks import EXPLORE, LOOKS_TAKE, RACE, Plan
from skillopt.core.gate.race import race
from skillopt.core.gate.sentinels import sentinels
from skillopt.core.gate.strict import strict
from skillopt.core.gate.verdict import worded


def open_book(first_runs: Mapping[str, float]) -> dict[str, Standing]:
    """The incumbent's record after one run per task; scores by task id."""
    return {
        task: Standing(total=score, runs=1, passed=int(score >= 1), failed=int(score < 1))
        for task, score in first_runs.items()
    }


def advance(contest: Contest, outcomes: Outcomes) -> tuple[Wanted, ...] | Verdict:
    """The next batch of rollouts the gate wants, or its verdict.

    The contest is replayed from its beginning with the outcomes that are there, so that the order
    in which they arrived, or a process that died between them, changes nothing. Whatever is in
    ``outcomes`` is not asked for again.

    Args:
        contest: the candidate's contest; the same value at every call.
        outcomes: scores so far, None where a rollout could not be had.
    """
    evidence = Evidence.of(contest)
    play = contend(evidence, contest.policy)
    try:
        asks = next(play)
        while True:
            wanted = _wanted(contest, asks)
            if open_ones := tuple(want for want in wanted if want not in outcomes):
                return open_ones
            asks = play.send(_scores(wanted, asks, outcomes))
    except StopIteration as stop:
        return worded(contest, evidence, stop.value)


def contend(evidence: Evidence, policy: GatePolicy) -> Play:
    """The gate that ``policy`` names, sentinels first."""
    veto = yield from sentinels(evidence)
    if veto:
        return veto
    evidence.aside = evidence.asked
    asked = evidence.continues + 1 if evidence.continues else policy.passes
    passes = 1 if evidence.steady else asked
    match policy.kind:
        case "balanced":
            return (yield from balanced(evidence, passes=passes))
        case "explore":
            return (yield from race(evidence, EXPLORE, passes=passes))
        case "race" | "exact":
            plan, lock_step = levelled(policy), policy.kind == "exact" and not evidence.steady
            return (yield from race(evidence, plan, passes=passes, lock_step=lock_step))
        case "strict":
            return (yield from strict(evidence))
        case _:
            assert_never(policy.kind)


def levelled(policy: GatePolicy) -> Plan:
    """The race of a gate that has a level.

    With a margin both gates test at the level itself: looks only reject, so that they cannot raise
    the share of acceptances above that of the test alone, which is at most the level.
    """
    if policy.no_worse_than is not None:
        return RACE._replace(alpha=policy.alpha, margin=policy.no_worse_than / 100)
    take = LOOKS_TAKE if policy.kind == "race" else 1.0
    return RACE._replace(alpha=min(1.0, take * policy.alpha))


def _wanted(contest: Contest, asks: Asks) -> tuple[Wanted, ...]:
    return tuple(
        Wanted(ask.arm, contest.tasks[task].id, int(trial))
        for ask in asks
        for task, trial in zip(ask.tasks, ask.trials, strict=True)
    )


def _scores(wanted: tuple[Wanted, ...], asks: Asks, outcomes: Outcomes) -> Scores:
    flat = np.array([outcomes[want] for want in wanted], np.float64)
    ends = np.cumsum([len(ask.tasks) for ask in asks])[:-1]
    return tuple(np.split(flat, ends))
