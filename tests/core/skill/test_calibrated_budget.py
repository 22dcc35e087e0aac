"""The calibrated budget: monotone, bounded, and nothing to be gained by boasting."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from skillopt.core.skill.calibrated_budget import WORTHLESS, calibration_of, width_factor
from skillopt.core.skill.edit_budget import BudgetPlan, budget_at
from skillopt.core.skill.skill import Skill

SKILL = Skill(text="# Rules\n")
GAINS = st.lists(st.floats(-1, 1), max_size=30)
FORECASTS = st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), max_size=30)
PAST = st.lists(st.booleans(), max_size=12).map(tuple)


def factor(forecasts: list[tuple[float, float]]) -> float:
    found = calibration_of(forecasts)
    return found.factor if found else 1.0


def counts() -> st.SearchStrategy[tuple[int, int]]:
    return st.integers(1, 50).flatmap(lambda all_: st.tuples(st.just(all_), st.integers(0, all_)))


@given(counts(), st.floats(0, 4))
def test_more_hits_never_narrow_it(count: tuple[int, int], error: float) -> None:
    proposals, hits = count
    assume(hits < proposals)
    fewer = width_factor(proposals=proposals, hits=hits, error=error)
    assert fewer <= width_factor(proposals=proposals, hits=hits + 1, error=error)


@given(counts(), st.floats(0, 4), st.floats(0, 4))
def test_a_worse_brier_score_never_widens_it(
    count: tuple[int, int], one: float, other: float
) -> None:
    proposals, hits = count
    better, worse = sorted((one, other))
    assert width_factor(proposals=proposals, hits=hits, error=worse) <= width_factor(
        proposals=proposals, hits=hits, error=better
    )


@given(FORECASTS)
def test_it_is_bounded(forecasts: list[tuple[float, float]]) -> None:
    assert 0.5 < factor(forecasts) < 1.5 or not any(said for said, _ in forecasts)


@given(GAINS)
def test_without_predictions_there_is_no_effect(gains: list[float]) -> None:
    assert calibration_of([(0.0, gain) for gain in gains]) is None


@given(GAINS, st.floats(0.01, 1))
def test_a_boaster_never_gets_more_than_who_says_what_is_so(
    gains: list[float], boast: float
) -> None:
    honest = [(gain, gain) for gain in gains]
    for said in (1.0, boast):
        assert factor([(said, gain) for gain in gains]) <= factor(honest) + 1e-12


@given(st.lists(st.floats(-0.3, 0.3), min_size=1, max_size=30))
def test_a_liar_who_always_predicts_everything_is_narrowed(gains: list[float]) -> None:
    assert factor([(1.0, gain) for gain in gains]) < 1


def test_few_predictions_move_it_little_and_many_move_it_far() -> None:
    right = [factor([(0.1, 0.1)] * number) for number in (1, 4, 40)]
    wrong = [factor([(0.5, -0.1)] * number) for number in (1, 4, 40)]
    assert right == pytest.approx([1.1, 1.25, 1 + 20 / 44])
    assert wrong == pytest.approx([0.9, 0.75, 1 - 20 / 44])


def test_predictions_that_are_far_off_are_worth_nothing_though_they_came_true() -> None:
    off = WORTHLESS**0.5
    assert factor([(0.1 + off, 0.1)] * 4) == pytest.approx(0.75)


def test_a_predicted_loss_is_no_hit() -> None:
    found = calibration_of([(-0.1, -0.1), (0.1, 0.1), (0.1, 0.0), (0.0, 0.3)])
    assert found is not None
    assert (found.proposals, found.hits) == (3, 1)
    assert "1 of 3 predicted gains came true, Brier score 0.0033" in found.told


@given(PAST, st.floats(0.5, 1.5), st.floats(0.5, 1.5))
def test_the_budget_stays_within_the_plan_and_grows_with_the_factor(
    past: tuple[bool, ...], one: float, other: float
) -> None:
    plan = BudgetPlan()
    low, high = (
        budget_at(plan, first=SKILL, past=past, rounds=12, factor=factor)
        for factor in sorted((one, other))
    )
    for found in (low, high):
        assert plan.min_edits <= found.max_edits <= plan.max_edits
        assert plan.min_changed_chars <= found.max_changed_chars <= plan.max_changed_chars
    assert low.max_edits <= high.max_edits
    assert low.max_changed_chars <= high.max_changed_chars


@given(PAST)
def test_a_factor_of_one_changes_nothing(past: tuple[bool, ...]) -> None:
    plain = budget_at(BudgetPlan(), first=SKILL, past=past, rounds=12)
    assert budget_at(BudgetPlan(), first=SKILL, past=past, rounds=12, factor=1.0) == plain


def test_only_the_adaptive_schedule_is_calibrated() -> None:
    with pytest.raises(ValueError, match="calibrated_budget is for the adaptive schedule"):
        BudgetPlan(schedule="linear", calibrated_budget=True)
    assert "calibrated_budget" not in BudgetPlan().model_dump()
