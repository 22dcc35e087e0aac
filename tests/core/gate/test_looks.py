"""When a race is looked at, and how far behind a candidate may lie to go on."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.gate.looks import EXPLORE, FEW, HOPELESS_AT, MANY, RACE, Plan, bound, looks

plans = st.sampled_from([RACE, EXPLORE])
sizes = st.integers(1, 500)


@given(plans, sizes, st.booleans(), st.booleans())
def test_looks_come_in_order_within_the_pass_and_none_is_hopeless(
    plan: Plan,
    units: int,
    later_pass: bool,  # noqa: FBT001 - drawn
    last_pass: bool,  # noqa: FBT001 - drawn
) -> None:
    found = looks(plan, units=units, later_pass=later_pass, last_pass=last_pass)
    shares = [look.share for look in found]
    assert shares == sorted(set(shares))
    assert all(0 < share <= 1 for share in shares)
    assert all(look.z > HOPELESS_AT for look in found)
    assert [look.z for look in found] == sorted(look.z for look in found), "the bar rises"
    assert (1.0 in shares) is (not last_pass), "the last pass ends in the test"


@pytest.mark.parametrize(("units", "count"), [(4, 2), (8, 2), (16, 4), (24, 6), (400, 6)])
def test_small_sets_are_looked_at_less_often(units: int, count: int) -> None:
    assert len(looks(RACE, units=units, later_pass=False, last_pass=False)) == count


def test_a_plan_with_ease_is_softer_with_many_units() -> None:
    few, many = (
        looks(EXPLORE, units=units, later_pass=True, last_pass=False) for units in (FEW, MANY)
    )
    assert [look.z for look in few] == [EXPLORE.later_z] * 2
    assert [look.z for look in many] == pytest.approx([EXPLORE.later_z - EXPLORE.ease / 2] * 2)
    assert looks(RACE, units=FEW, later_pass=True, last_pass=False) == looks(
        RACE, units=MANY, later_pass=True, last_pass=False
    )


differences = st.lists(st.floats(-1, 1), min_size=1, max_size=30)


@given(differences, st.floats(-0.99, 3))
def test_the_bound_is_the_z_score_solved_for_the_sum(values: list[float], z: float) -> None:
    array = np.array(values)
    seen = len(values)
    least = bound(array, seen=seen, z=z)
    spread = float(array @ array) + 0.5
    score = least / math.sqrt((seen * spread - least**2) / (seen + 1))
    assert score == pytest.approx(z, abs=1e-4)


@given(differences, st.floats(-0.99, 2), st.floats(0.001, 1))
def test_a_higher_bar_asks_for_more(values: list[float], z: float, more: float) -> None:
    array = np.array(values)
    assert bound(array, seen=len(values), z=z) < bound(array, seen=len(values), z=z + more)
