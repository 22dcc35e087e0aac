"""The race: looks that stop hopeless candidates early, and one test at the end."""

from __future__ import annotations

import math

import numpy as np

from skillopt.core.gate.bounded_mean import interval, p_value, sample_of
from skillopt.core.gate.contest import Outcome
from skillopt.core.gate.evidence import Evidence, IntArray, Play, Ruling, Step
from skillopt.core.gate.looks import Plan, bound, looks
from skillopt.core.gate.sign_flips import flip_test

FIRST_THIRD = 1 / 3
"""A candidate that survives so much of the first pass is worth fresh runs of the incumbent."""

RETEST_FACTOR = 0.5
"""What each earlier rejection of the same idea multiplies the level by. Over any number of tests an
edit that does nothing is accepted with at most twice the chance of its first test: 1 + 1/2 + ..."""


def race(evidence: Evidence, plan: Plan, *, passes: int, lock_step: bool = False) -> Play:
    """Run the candidate look by look, stop it where it is futile, test it at the end.

    Args:
        evidence: what is known of the incumbent.
        plan: looks, level and price.
        passes: over the tasks; fewer where the plan's credit does not pay for another.
        lock_step: run the incumbent beside each run of the candidate and compare with that alone,
            so that the two arms are exchangeable under the null and the level is exact.
    """
    order = task_order(evidence)
    topped = lock_step or evidence.steady
    for pass_ in range(passes):
        last = pass_ == passes - 1
        done = 0
        stops = looks(plan, units=evidence.unit_count, later_pass=pass_ > 0, last_pass=last)
        for look in stops:
            until = math.ceil(look.share * evidence.size - 1e-9)
            top_up = None
            survived = pass_ > 0 or (done > 0 and look.share > FIRST_THIRD)
            if not topped and survived:
                top_up, topped = _top_up(evidence, plan, left=evidence.size - done), True
            yield from _run(evidence, order[done:until], pass_, top_up, lock_step=lock_step)
            done = until
            if done == evidence.size and _ends(evidence, plan, pass_):
                break
            seen = order if pass_ else order[:until]
            ruling = judged(evidence, seen, z=look.z, passes=pass_ + 1, margin=plan.margin)
            if ruling:
                return ruling
        yield from _run(evidence, order[done:], pass_, None, lock_step=lock_step)
        if not last and _ends(evidence, plan, pass_):
            alone = 1.0 if evidence.steady else plan.alone
            shorter = plan._replace(alpha=plan.alpha * alone)
            return tested(evidence, shorter, passes=pass_ + 1)
    return tested(evidence, plan, passes=passes)


def task_order(evidence: Evidence) -> IntArray:
    """The order in which this contest's tasks are run: positions."""
    return np.random.default_rng([evidence.seed, 0]).permutation(evidence.size)


def affordable(evidence: Evidence, plan: Plan, price: int) -> bool:
    """Whether ``price`` more rollouts keep the run within its plan's credit.

    This contest's sentinels are left out: a candidate that fails one, and is run again, must not
    be spared the second pass for it.
    """
    memory = evidence.memory
    allowed = evidence.size * (memory.contests + 1 + plan.credit)
    return memory.rollouts + evidence.asked - evidence.aside + price <= allowed


def _ends(evidence: Evidence, plan: Plan, pass_: int) -> bool:
    """No further pass: it would show nothing new, or cannot be paid."""
    price = evidence.size if pass_ + 1 >= evidence.continues else 0
    return evidence.steady or not affordable(evidence, plan, price)


def _top_up(evidence: Evidence, plan: Plan, *, left: int) -> IntArray | None:
    """Tasks on which the incumbent gets a fresh run, where this pass can still be paid with it."""
    low = np.flatnonzero(evidence.runs < plan.cap)
    return low if affordable(evidence, plan, left + len(low)) else None


def _run(
    evidence: Evidence, batch: IntArray, pass_: int, top_up: IntArray | None, *, lock_step: bool
) -> Step:
    if lock_step:
        return evidence.run_both(batch, pass_)
    return evidence.run(batch, pass_, top_up=top_up)


def judged(
    evidence: Evidence, seen: IntArray, *, z: float, passes: int, margin: float = 0.0
) -> Ruling | None:
    """The ruling at a look, or None where the candidate goes on.

    With a margin every task's difference counts as so much better than it is.
    """
    differences = evidence.differences(passes)
    gain = float(differences.sum()) / len(seen)
    if evidence.inconclusive:
        return Ruling(Outcome.INCONCLUSIVE, "missing", gain, len(seen), passes)
    given = np.zeros(evidence.size)
    given[seen] = np.where(evidence.lost[seen], 0.0, margin * evidence.weights[seen])
    units = evidence.by_unit(differences + given)
    least = bound(units, seen=evidence.units_in(seen), z=z)
    if float(units.sum()) <= least:
        needed = (least - float(given.sum())) / len(seen)
        return Ruling(Outcome.REJECTED, "futile", gain, len(seen), passes, bound=needed)
    return None


def tested(evidence: Evidence, plan: Plan, *, passes: int) -> Ruling:
    """The ruling of the final test."""
    differences = evidence.differences(passes)
    kept = int((~evidence.lost).sum())
    gain = float(differences.sum()) / max(1, kept)
    if evidence.inconclusive or not kept:
        return Ruling(Outcome.INCONCLUSIVE, "missing", gain, evidence.size, passes)
    plan = plan._replace(alpha=plan.alpha * RETEST_FACTOR**evidence.earlier_tests)
    if plan.margin:
        return no_worse(evidence, plan, passes=passes)
    p_value = flip_test(evidence.by_unit(differences), seed=evidence.seed)
    outcome = Outcome.ACCEPTED if p_value <= plan.alpha else Outcome.REJECTED
    return Ruling(outcome, "test", gain, evidence.size, passes, p_value, plan.alpha)


def no_worse(evidence: Evidence, plan: Plan, *, passes: int) -> Ruling:
    """The ruling of the final test where the candidate need only be no worse.

    The hypothesis is that it is worse by the margin or more, over all the tasks that might have
    been drawn. It is tested by :func:`skillopt.core.gate.bounded_mean.p_value`, which assumes that
    tasks (clusters) are drawn independently and that no score leaves [0, 1], and nothing else. The
    sign-flip test of the differences, each raised by the margin, would not do: it assumes that they
    lie symmetrically around minus the margin. Where an edit changes few tasks they do not. One that
    breaks 2 % of the tasks breaks none of 24 in 62 % of all draws, and would then be accepted at a
    margin of 2 points with the smallest p-value there is.

    A task without a result is left out: as a difference of 0 it would speak for the candidate.
    """
    kept = ~evidence.lost
    weights = evidence.weights[kept]
    units = np.arange(evidence.size) if evidence.units is None else evidence.units
    sample = sample_of(evidence.differences(passes)[kept] / weights, weights, units[kept])
    found = p_value(sample, -plan.margin, lowest=-1.0)
    outcome = Outcome.ACCEPTED if found <= plan.alpha else Outcome.REJECTED
    limits = interval(sample, limits=(-1.0, 1.0), within=1 - 2 * plan.alpha)
    return Ruling(
        outcome, "margin", sample.mean, evidence.size, passes, found, plan.alpha, limits=limits
    )
