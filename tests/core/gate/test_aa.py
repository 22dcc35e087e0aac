"""The A/A test: what the runs of equal skills say of gate and target."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from skillopt.core.gate import GatePolicy, GateTask
from skillopt.core.gate.aa import false_accepts, noise_of
from skillopt.core.gate.bounded_mean import share_interval

NO_ONE: frozenset[str] = frozenset()


def pool(
    tasks: int, runs: int, *, seed: int = 0, rate: float | None = None
) -> dict[str, list[float]]:
    draw = random.Random(seed)
    rates = [draw.random() if rate is None else rate for _ in range(tasks)]
    return {
        f"t{at}": [float(draw.random() < chance) for _ in range(runs)]
        for at, chance in enumerate(rates)
    }


def accepted(given: dict[str, list[float]], policy: GatePolicy, contests: int = 100) -> float:
    tasks = [GateTask(id=name) for name in given]
    return false_accepts(given, tasks=tasks, policy=policy, contests=contests, seed=0).rate


def test_a_target_without_noise_never_passes() -> None:
    same = {f"t{at}": [float(at % 2)] * 3 for at in range(20)}
    for kind in ("race", "exact", "explore", "strict"):
        assert accepted(same, GatePolicy(kind=kind), contests=20) == 0
    noise = noise_of(same, protected=NO_ONE)
    assert (noise.run_sd, noise.icc, noise.flaky) == (0.0, 1.0, ())


def test_the_exact_gate_keeps_its_level() -> None:
    """At level 0.10: 400 contests on pools of their own; 5 sigma above is a false alarm in 10^6."""
    hits = sum(
        accepted(pool(20, 6, seed=seed), GatePolicy(kind="exact"), contests=1)
        for seed in range(400)
    )
    assert hits / 400 < 0.10 + 5 * math.sqrt(0.1 * 0.9 / 400)


def test_the_crude_rule_is_caught() -> None:
    assert accepted(pool(30, 6), GatePolicy(kind="strict")) > 0.2


def test_the_same_pool_and_seed_say_the_same() -> None:
    given = pool(15, 4)
    policy = GatePolicy(kind="race")
    assert accepted(given, policy, 30) == accepted(given, policy, 30)


def test_the_interval_is_wider_than_the_contests_alone_would_make_it() -> None:
    given = pool(12, 3)
    tasks = [GateTask(id=name) for name in given]
    found = false_accepts(given, tasks=tasks, policy=GatePolicy(), contests=500, seed=0)
    assert found.worth == round(1 / (1 / 500 + 1 / (12 * 4)))
    low, high = share_interval(found.rate, 500)
    assert found.low < low
    assert found.high > high


def test_noise_and_intraclass_correlation_come_back() -> None:
    """Normal scores with known variances: 0.04 between tasks, 0.01 within; ICC 0.8."""
    draw = np.random.default_rng(5)
    means = draw.normal(0.5, 0.2, 4_000)
    given = {f"t{at}": list(draw.normal(mean, 0.1, 4)) for at, mean in enumerate(means)}
    noise = noise_of(given, protected=NO_ONE)
    assert noise.run_sd == pytest.approx(0.1, rel=0.03)
    assert noise.icc == pytest.approx(0.8, abs=0.02)


def test_flaky_tasks_come_most_unsteady_first_and_sentinels_are_marked() -> None:
    given = {"calm": [1.0] * 4, "odd": [1.0, 1.0, 1.0, 0.0], "wild": [1.0, 0.0, 1.0, 0.0]}
    noise = noise_of(given, protected=frozenset({"odd", "calm"}))
    assert [one.task for one in noise.flaky] == ["wild", "odd"]
    assert [one.protected for one in noise.flaky] == [False, True]
    assert noise.flaky[1].mean == 0.75
