"""Near misses taken up again: what it does to the gate's error over a run, and what it gains.

    python -m tests.benchmarks.near_misses [--runs 1000] [--jobs 2] [--silent 0.3] [--seed 0]
    python -m tests.benchmarks.near_misses --worst    the level, where every near miss is continued

The worlds are those of `simulated.py`; beside that, in a share of the rounds (`--silent`) the
optimizer has nothing that passes the screen. Without near misses such a round is lost; with them
the best near miss on the present incumbent is continued: one more pass, tested on all of its runs
at half its level (`skillopt.core.history.near_misses`). Both arms see the same proposals. Printed with
95 % intervals: the share of useless proposals that are accepted in the end, of useless first ones, the
gain in points, the rollouts, and the paired differences (on less off).

`--worst` asks for the level: one proposal that changes nothing, continued at once if it is a near
miss, and whether it is accepted in the end.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from skillopt.core.gate.contest import GateKind, GateMemory, GatePolicy, Outcome
from skillopt.core.gate.decide import contend
from skillopt.core.gate.evidence import Ask, Asks, Evidence, FloatArray, Ruling
from skillopt.core.gate.verdict import aftermath
from tests.benchmarks.simulated import WORLDS, Edit, Floats, Versions, World, _propose

GATES: tuple[GateKind, ...] = ("balanced", "race", "explore")


class Near(NamedTuple):
    """A proposal that was rejected while ahead, with the candidate's runs."""

    edit: Edit
    first: bool
    """It was the run's first proposal."""
    rates: Floats
    passes: int
    gain: float
    seed: int
    trials: dict[int, FloatArray]


class Tally(NamedTuple):
    """What one run came to."""

    gain: float
    """True, in points."""
    rollouts: float
    useless: float
    useless_accepted: float
    nulls: float
    nulls_accepted: float
    first_null: float
    first_null_accepted: float
    harmful: float
    harmful_accepted: float
    worse: float
    continued: float
    continued_accepted: float
    continued_useless: float
    """Accepted when continued, and no better than the incumbent."""


def one_run(
    world: World, tasks: int, policy: GatePolicy, *, silent: float, near_misses: bool, seed: int
) -> Tally:
    """One run; proposals and silent rounds depend on the seed alone."""
    edits = np.random.default_rng([seed, tasks, 1])
    versions = Versions(
        rng=np.random.default_rng([seed, tasks, 2]),
        world=world,
        icc=edits.uniform(*world.icc),
        quality=edits.uniform(*world.quality),
    )
    begun = versions.quality
    rates = versions.draw(begun, tasks)
    total, runs = versions.score(rates), np.ones(tasks)
    memory, near = GateMemory(), list[Near]()
    count = dict.fromkeys(Tally._fields, 0.0)
    for number in range(world.rounds):
        edit, contest_seed = _propose(world, versions.quality, edits), int(edits.integers(2**31))
        passed_over = edits.random() < silent and number > 0
        again = (
            max(near, key=lambda one: one.gain) if passed_over and near and near_misses else None
        )
        if passed_over and again is None:
            continue
        if again:
            near = [one for one in near if one is not again]
        one = again or Near(
            edit, number == 0, versions.edited(rates, edit), 0, 0.0, contest_seed, {}
        )
        evidence = Evidence(
            total=total.copy(),
            runs=runs.copy(),
            weights=np.ones(tasks),
            seed=one.seed,
            deterministic=world.deterministic,
            memory=memory,
            earlier_tests=int(again is not None),
            continues=one.passes,
        )
        ruling = played(evidence, policy, versions, one=one, incumbent=rates)
        total, runs, _, memory = aftermath(evidence, ruling, policy.kind)
        accepted = ruling.outcome is Outcome.ACCEPTED
        _count(count, one, accepted=accepted, again=again is not None)
        if accepted:
            rates, near = one.rates, []
            versions.quality += one.edit.worth
        elif again is None and ruling.code == "test" and (ruling.gain or 0) > 0:
            near.append(
                one._replace(passes=ruling.passes, gain=ruling.gain or 0.0, trials=evidence.trials)
            )
    count["rollouts"] = tasks + memory.rollouts
    count["gain"] = 100 * (versions.quality - begun)
    count["worse"] = float(versions.quality - begun < -1e-9)
    return Tally(**count)


def played(
    evidence: Evidence, policy: GatePolicy, versions: Versions, *, one: Near, incumbent: Floats
) -> Ruling:
    """Play the product's gate to its ruling; runs that the candidate has are not drawn again."""
    play = contend(evidence, policy)
    try:
        asks: Asks = next(play)
        while True:
            asks = play.send(tuple(_scores(ask, versions, one, incumbent) for ask in asks))
    except StopIteration as stop:
        ruling: Ruling = stop.value
        return ruling


def _scores(ask: Ask, versions: Versions, one: Near, incumbent: Floats) -> FloatArray:
    if ask.arm == "incumbent":
        return versions.score(incumbent[ask.tasks])
    trial = int(ask.trials[0])
    if trial in one.trials and trial < one.passes:
        return one.trials[trial][ask.tasks]
    return versions.score(one.rates[ask.tasks])


def _count(count: dict[str, float], one: Near, *, accepted: bool, again: bool) -> None:
    """A continued proposal is counted once; whether it is accepted in the end counts."""
    worth = one.edit.worth
    kinds = {
        "useless": worth <= 0,
        "nulls": worth == 0,
        "first_null": worth == 0 and one.first,
        "harmful": worth <= -0.01 + 1e-12,
    }
    for name, there in kinds.items():
        count[name] += there and not again
        count[f"{name}_accepted"] += there and accepted
    count["continued"] += again
    count["continued_accepted"] += again and accepted
    count["continued_useless"] += again and accepted and worth <= 0


def share(rows: np.ndarray, part: str, whole: str) -> tuple[float, float]:
    """Sum over sum in percent, and the half-width of its 95 % interval; runs are the unit."""
    above, below = (rows[:, Tally._fields.index(name)] for name in (part, whole))
    if not below.sum():
        return 0.0, 0.0
    value = above.sum() / below.sum()
    error = (above - value * below).std() / math.sqrt(len(rows)) / below.mean()
    return 100 * float(value), 196 * float(error)


def mean(values: np.ndarray) -> tuple[float, float]:
    """The mean, and the half-width of its 95 % interval."""
    return float(values.mean()), 1.96 * float(values.std() / math.sqrt(len(values)))


def paired(
    seed: int, *, world: World, tasks: int, policy: GatePolicy, silent: float
) -> tuple[Tally, Tally]:
    """The same run without near misses and with them."""
    off, on = (
        one_run(world, tasks, policy, silent=silent, near_misses=on, seed=seed)
        for on in (False, True)
    )
    return off, on


def shown(name: str, found: Sequence[tuple[Tally, Tally]]) -> None:
    """Print a cell."""
    off, on = (np.array([pair[arm] for pair in found], float) for arm in (0, 1))
    print(name)
    for label, part, whole in (
        ("useless accepted, %", "useless_accepted", "useless"),
        ("changing nothing accepted, %", "nulls_accepted", "nulls"),
        ("first, changing nothing, %", "first_null_accepted", "first_null"),
        ("harmful accepted, %", "harmful_accepted", "harmful"),
    ):
        pair = (share(rows, part, whole) for rows in (off, on))
        print(f"  {label:30}" + "  ".join(f"{v:7.2f} +- {e:.2f}" for v, e in pair))
    for label, field in (
        ("first accepted", "first_null_accepted"),
        ("gain, points", "gain"),
        ("rollouts", "rollouts"),
        ("ends worse", "worse"),
        ("continued", "continued"),
        ("accepted when continued", "continued_accepted"),
        ("of those useless", "continued_useless"),
    ):
        at = Tally._fields.index(field)
        cells = [mean(rows[:, at]) for rows in (off, on)] + [mean(on[:, at] - off[:, at])]
        print(f"  {label:30}" + "  ".join(f"{v:7.3f} +- {e:.3f}" for v, e in cells))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--silent", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--worst", action="store_true", help="one useless proposal, continued")
    parser.add_argument("--worlds", default="base,noisy,graded,identical,nothing to find")
    parser.add_argument("--sizes", default="12,30,60")
    parser.add_argument("--gates", default=",".join(GATES))
    given = parser.parse_args()
    with ProcessPoolExecutor(given.jobs) as pool:
        for kind in given.gates.split(","):
            for name in given.worlds.split(","):
                for size in map(int, given.sizes.split(",")):
                    policy, world, silent = GatePolicy(kind=kind), WORLDS[name], given.silent
                    if given.worst:
                        world, silent = replace(world, rounds=2, helps=0.0, harms=0.0), 1.0
                    run = partial(paired, world=world, tasks=size, policy=policy, silent=silent)
                    seeds = range(given.seed, given.seed + given.runs)
                    shown(f"{kind}, {name}, n = {size}", list(pool.map(run, seeds, chunksize=20)))


if __name__ == "__main__":
    main()
