"""The drift watch in simulated worlds: true gain of long runs with and without it.

    python -m tests.benchmarks.drift --runs 400

Proposals are those of :mod:`tests.benchmarks.simulated`, the same with and without the watch as long
as both stand at the same version. Differences are paired by run, with 95 % intervals.
"""

from __future__ import annotations

import argparse
import math
from typing import NamedTuple, get_args

import numpy as np

from skillopt.core.gate import drift
from skillopt.core.gate.contest import GateKind, GateMemory, GatePolicy, Outcome
from skillopt.core.gate.evidence import Evidence
from skillopt.core.gate.verdict import aftermath
from tests.benchmarks.simulated import WORLDS, Edit, Floats, Versions, World, _propose, played

SHOWN = ("base", "nothing to find", "weak optimizer", "strong optimizer", "identical", "noisy")


class State(NamedTuple):
    """A version and its record."""

    rates: Floats
    quality: float
    total: Floats
    runs: Floats


class Found(NamedTuple):
    gain: float
    rollouts: float
    checks: float
    returns: float


def one_run(
    world: World, tasks: int, policy: GatePolicy, seed: int, *, every: int, bar: float, repeats: int
) -> Found:
    """One run; ``every`` 0 is without the watch."""
    edits = np.random.default_rng([seed, tasks, 1])
    versions = Versions(
        rng=np.random.default_rng([seed, tasks, 2]),
        world=world,
        icc=edits.uniform(*world.icc),
        quality=edits.uniform(*world.quality),
    )
    watch = np.random.default_rng([seed, tasks, 3])
    begun = versions.quality
    rates = versions.draw(begun, tasks)
    first = held = now = State(rates, begun, versions.score(rates), np.ones(tasks))
    memory, since, extra, checks, returns = GateMemory(), 0, 0, 0, 0
    for _ in range(world.rounds):
        versions.quality = now.quality
        edit: Edit = _propose(world, now.quality, edits)
        candidate = versions.edited(now.rates, edit)
        evidence = Evidence(
            total=now.total.copy(),
            runs=now.runs.copy(),
            weights=np.ones(tasks),
            seed=int(edits.integers(2**31)),
            deterministic=world.deterministic,
            memory=memory,
        )
        ruling = played(evidence, policy, versions, candidate=candidate, incumbent=now.rates)
        total, runs, _, memory = aftermath(evidence, ruling, policy.kind)
        if ruling.outcome is not Outcome.ACCEPTED:
            now = now._replace(total=total, runs=runs)
            continue
        now = State(candidate, now.quality + edit.worth, total, runs)
        since += 1
        if every and since >= every:
            arms = [now, held] if held is first else [now, held, first]
            fresh = [
                np.mean([watch.random(tasks) < arm.rates for _ in range(repeats)], axis=0)
                for arm in arms
            ]
            extra += tasks * repeats * len(arms)
            checks, since = checks + 1, 0
            head, last, start = fresh[0], fresh[1], fresh[-1]
            if _up(head - last, bar) and _up(head - start, bar):
                held = now
            else:
                returns += 1
                held = now = held if held is first or _up(last - start, bar) else first
    return Found(now.quality - begun, tasks + memory.rollouts + extra, checks, returns)


def _up(gaps: Floats, bar: float) -> bool:
    error = math.sqrt(float(gaps @ gaps)) or 1.0
    return float(gaps.sum()) / error > bar


def compared(
    world: World, tasks: int, policy: GatePolicy, *, every: int, bar: float, repeats: int, runs: int
) -> tuple[str, ...]:
    """One row of the table."""
    with_it = [
        one_run(world, tasks, policy, seed, every=every, bar=bar, repeats=repeats)
        for seed in range(runs)
    ]
    without = [
        one_run(world, tasks, policy, seed, every=0, bar=bar, repeats=1) for seed in range(runs)
    ]
    gains = np.array([[a.gain, b.gain] for a, b in zip(with_it, without, strict=True)]) * 100
    gap = gains[:, 0] - gains[:, 1]
    error = 1.96 * float(gap.std()) / math.sqrt(runs)
    worse = (gains < -1e-7).mean(axis=0) * 100
    cost = np.mean([a.rollouts for a in with_it]) / np.mean([b.rollouts for b in without]) - 1
    return (
        world.name,
        f"{gains[:, 1].mean():+.2f}",
        f"{gains[:, 0].mean():+.2f}",
        f"{gap.mean():+.2f} [{gap.mean() - error:+.2f}, {gap.mean() + error:+.2f}]",
        f"{worse[1]:.0f} %",
        f"{worse[0]:.0f} %",
        f"{100 * cost:+.0f} %",
        f"{np.mean([a.returns for a in with_it]):.2f} of {np.mean([a.checks for a in with_it]):.2f}",
    )


HEAD = ("world", "without", "with", "difference", "worse without", "worse with", "rollouts", "back")


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--tasks", type=int, default=60)
    parser.add_argument("--every", type=int, default=3)
    parser.add_argument("--bar", type=float, default=drift.BAR)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--gate", default="balanced", choices=get_args(GateKind))
    parser.add_argument("--worlds", nargs="*", default=SHOWN, choices=sorted(WORLDS))
    asked = parser.parse_args()
    print(
        f"{asked.gate}, bar {asked.bar:g}, {asked.tasks} tasks, every {asked.every} acceptances, {asked.runs} runs; gain in points"
    )
    for row in [
        HEAD,
        *(
            compared(
                WORLDS[name],
                asked.tasks,
                GatePolicy(kind=asked.gate),
                every=asked.every,
                bar=asked.bar,
                repeats=asked.repeats,
                runs=asked.runs,
            )
            for name in asked.worlds
        ),
    ]:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
