"""The race: looks that stop hopeless candidates early, and one test at the end."""

from __future__ import annotations

import math

import numpy as np

from skillopt.core.gate.contest import Outcome
from skillopt.core.gate.evidence import Evidence, IntArray, Play, Ruling
from skillopt.core.gate.flips import flip_test
from skillopt.core.gate.looks import Plan, bound, looks

FIRST_THIRD = 1 / 3
"""A candidate that survives so much of the first pass is worth fresh runs of the incumbent."""


def race(evidence: Evidence, plan: Plan, *, passes: int, lock_step: bool = False) -> Play:
    """Run the candidate look by look, stop it where it is futile, test it at the end.

    Args:
        evidence: what is known of the incumbent.
        plan: looks and level.
        passes: over the tasks.
        lock_step: run the incumbent beside each run of the candidate and compare with that alone,
            so that the two arms are exchangeable under the null and the level is exact.
    """
    order = np.random.default_rng([evidence.seed, 0]).permutation(evidence.size)
    topped = lock_step or evidence.steady
    for pass_ in range(passes):
        last = pass_ == passes - 1
        done = 0
        stops = looks(plan, units=evidence.unit_count, later_pass=pass_ > 0, last_pass=last)
        for look in stops:
            until = math.ceil(look.share * evidence.size - 1e-9)
            top_up = None
            if not topped and (pass_ > 0 or look.share > FIRST_THIRD):
                top_up, topped = np.flatnonzero(evidence.runs < plan.cap), True
            batch = order[done:until]
            if lock_step:
                yield from evidence.run_both(batch, pass_)
            else:
                yield from evidence.run(batch, pass_, top_up=top_up)
            done = until
            if evidence.steady and done == evidence.size:
                return tested(evidence, plan, passes=pass_ + 1)
            seen = order if pass_ else order[:until]
            ruling = judged(evidence, seen, z=look.z, passes=pass_ + 1)
            if ruling:
                return ruling
        if lock_step:
            yield from evidence.run_both(order[done:], pass_)
        else:
            yield from evidence.run(order[done:], pass_)
    return tested(evidence, plan, passes=passes)


def judged(evidence: Evidence, seen: IntArray, *, z: float, passes: int) -> Ruling | None:
    """The ruling at a look, or None where the candidate goes on."""
    differences = evidence.differences(passes)
    gain = float(differences.sum()) / len(seen)
    if evidence.inconclusive:
        return Ruling(Outcome.INCONCLUSIVE, "missing", gain, len(seen), passes)
    units = evidence.by_unit(differences)
    least = bound(units, seen=evidence.units_in(seen), z=z)
    if float(units.sum()) <= least:
        return Ruling(Outcome.REJECTED, "futile", gain, len(seen), passes, bound=least / len(seen))
    return None


def tested(evidence: Evidence, plan: Plan, *, passes: int) -> Ruling:
    """The ruling of the final test."""
    differences = evidence.differences(passes)
    kept = int((~evidence.lost).sum())
    gain = float(differences.sum()) / max(1, kept)
    if evidence.inconclusive or not kept:
        return Ruling(Outcome.INCONCLUSIVE, "missing", gain, evidence.size, passes)
    p_value = flip_test(evidence.by_unit(differences), seed=evidence.seed)
    outcome = Outcome.ACCEPTED if p_value <= plan.alpha else Outcome.REJECTED
    return Ruling(outcome, "test", gain, evidence.size, passes, p_value, plan.alpha)
