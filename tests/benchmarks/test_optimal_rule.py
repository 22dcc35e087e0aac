"""The optimal rule of the simulated worlds, against enumeration of every case."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks import optimal_rule
from tests.benchmarks.optimal_rule import (
    Belief,
    Edits,
    Told,
    best_stops,
    beta_masses,
    enumerated_value,
    fresh_chance,
)
from tests.benchmarks.optimal_runs import Rule, crude_runs, looked, schedule
from tests.benchmarks.simulated import BASE, _propose

POINTS = np.array([0.1, 0.5, 0.9])
EDITS = Edits(
    worth=np.array([0.06, 0.0, -0.06]),
    share=np.array([0.3, 0.3, 0.2]),
    weight=np.array([0.2, 0.5, 0.3]),
)
TOLD = Told(quality=np.array([0.5]), icc=np.array([0.5]))


def belief(tasks: int) -> Belief:
    rng = np.random.default_rng(tasks)
    masses = rng.dirichlet(np.ones(3), (1, tasks))
    return Belief(masses, EDITS, TOLD, POINTS)


def joint(known: Belief, runs: tuple[tuple[int, ...], ...]) -> dict[tuple[object, ...], float]:
    """P(hypothesis, which tasks were touched, and the scores), one case after the other."""
    tasks = known.masses.shape[1]
    found: dict[tuple[object, ...], float] = {}
    for one, touched in product(range(3), product((False, True), repeat=tasks)):
        chance = float(EDITS.weight[one])
        for task, scores in enumerate(runs):
            won, lost = sum(scores), len(scores) - sum(scores)
            if touched[task]:
                drawn = fresh_chance(known.fresh[:, one], known.spread[:, 0], won, lost)[0]
                chance *= EDITS.share[one] * drawn
            else:
                kept = sum(
                    mass * point**won * (1 - point) ** lost
                    for mass, point in zip(known.masses[0, task], POINTS, strict=True)
                )
                chance *= (1 - EDITS.share[one]) * kept
        found[one, touched] = chance
    return found


@pytest.mark.parametrize(
    "runs", [((1,), (0,), (1,)), ((1, 1), (0, 1), (0, 0)), ((1, 0), (1,), (0,)), ((1,), (), (0,))]
)
def test_the_posterior_is_that_of_enumeration(runs: tuple[tuple[int, ...], ...]) -> None:
    known = belief(len(runs))
    cases = joint(known, runs)
    whole = sum(cases.values())
    won = np.array([[sum(scores) for scores in runs]])
    lost = np.array([[len(scores) - sum(scores) for scores in runs]])
    found = known.posterior(won, lost)
    for one in range(3):
        mine = sum(chance for (kind, _), chance in cases.items() if kind == one) / whole
        assert found.weight[0, one] == pytest.approx(mine)
    for task in range(len(runs)):
        mine = sum(chance for (_, touched), chance in cases.items() if touched[task]) / whole
        assert found.touched[0, task] == pytest.approx(mine)


def test_a_refused_candidate_says_something_of_tasks_it_left_alone() -> None:
    known = belief(2)
    won, lost = np.array([[1, 0]]), np.array([[0, 1]])
    after = known.after(won, lost, np.array([False]))
    cases = joint(known, ((1,), (0,)))
    touched = sum(chance for (_, each), chance in cases.items() if each[0]) / sum(cases.values())
    left = known.masses[0, 0] * POINTS
    expected = touched * known.masses[0, 0] + (1 - touched) * left / left.sum()
    assert after[0, 0] == pytest.approx(expected)


def test_the_looks_of_a_rule_end_in_the_posterior_of_all_scores() -> None:
    known, scores = belief(4), np.array([[[1, 0, 1, 1], [1, 1, 0, 1]]])
    order = np.array([[2, 0, 3, 1]])
    reward, _, stop = looked(known, scores, order, [1, 2, 4], Rule(), 0)
    won = scores.sum(axis=1)
    full = known.posterior(won, 2 - won).weight @ known.worth[0]
    assert stop[0] == 5
    assert reward[0, 5] == pytest.approx(full[0])
    half = np.array([[1, 0, 1, 1]])  # one run of each
    once = known.posterior(half, 1 - half).weight @ known.worth[0]
    assert reward[0, 2] == pytest.approx(once[0])


def tree_of(known: Belief, tasks: int) -> np.ndarray:
    """P(hypothesis and all first scores), by enumeration."""
    tree = np.zeros((3, *(2,) * tasks))
    for scores in product((0, 1), repeat=tasks):
        cases = joint(known, tuple((score,) for score in scores))
        for (one, _), chance in cases.items():
            tree[(one, *scores)] += chance
    return tree


@pytest.mark.parametrize("price", [0.0, 0.0005, 0.002])
def test_the_learned_stops_earn_what_the_best_of_all_rules_does(price: float) -> None:
    """Of every history of three tasks; 20,000 contests to learn from."""
    tasks, known = 3, belief(3)
    tree = tree_of(known, tasks)
    best = enumerated_value(EDITS.worth.tolist(), tree, price)
    rng = np.random.default_rng(1)
    leaves = list(product((0, 1), repeat=tasks))
    chances = np.array([tree[(slice(None), *leaf)].sum() for leaf in leaves])
    means = {leaf[:seen]: rewards_after(tree, leaf[:seen]) for leaf in leaves for seen in range(4)}
    paths = np.array([[means[leaf[:seen]] for seen in range(4)] for leaf in leaves])
    drawn = rng.choice(len(leaves), 20_000, p=chances / chances.sum())
    noise = 1e-9 * rng.standard_normal((20_000, 4))
    prices = np.full(3, price)
    stops = best_stops(paths[drawn] + noise, prices, np.zeros(20_000, np.intp), 1)
    inside = (paths > stops.low[0]) & (paths < stops.high[0])
    inside[:, -1] = False
    stop = np.argmin(inside, axis=1)
    value = np.maximum(paths[np.arange(8), stop], 0.0) - price * stop
    earned = float(chances @ value)
    assert earned <= best + 1e-12
    assert earned == pytest.approx(best, rel=0.1, abs=2e-4)


def rewards_after(tree: np.ndarray, seen: tuple[int, ...]) -> float:
    part = tree[(slice(None), *seen)].reshape(3, -1).sum(axis=1)
    return float(part @ EDITS.worth / part.sum())


@given(mean=st.floats(0.03, 0.97), icc=st.floats(0.1, 0.95))
def test_a_belief_keeps_its_mean(mean: float, icc: float) -> None:
    masses = beta_masses(np.array([mean]), np.array([icc]))
    assert masses.sum() == pytest.approx(1)
    assert masses.min() >= 0
    assert float(masses[0] @ optimal_rule.POINTS) == pytest.approx(mean, abs=0.02)


def test_every_rule_sees_the_edits_of_the_gates() -> None:
    plan = schedule(BASE, 30, [7])
    edits = np.random.default_rng([7, 30, 1])
    assert plan.icc[0] == edits.uniform(*BASE.icc)
    assert plan.quality[0] == edits.uniform(*BASE.quality)
    for number in range(3):
        edit = _propose(BASE, 0.5, edits)
        edits.integers(2**31)
        helps = plan.kind[0, number] < BASE.helps
        assert (edit.worth > 0) == helps
        if helps:
            assert edit.worth == pytest.approx(plan.size[0, number])


def test_a_higher_bar_accepts_less() -> None:
    strict, high = (crude_runs(BASE, 30, range(40), errors) for errors in (0.0, 1.0))
    assert high.useless_accepted.sum() < strict.useless_accepted.sum()
    assert list(strict.rollouts) == [930.0] * 40
