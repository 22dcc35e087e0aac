"""Predicted gains against measured ones."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.history.forecasts import Forecasts, forecasts_of

shares = st.lists(
    st.tuples(st.floats(-1, 1), st.floats(-1, 1).filter(lambda gain: abs(gain) > 0.01)),
    min_size=1,
    max_size=12,
)


def of(pairs: list[tuple[float, float]]) -> Forecasts:
    found = forecasts_of(
        proposals=len(pairs),
        predicted=sum(said for said, _ in pairs),
        measured=sum(was for _, was in pairs),
        errors=sum((said - was) ** 2 for said, was in pairs),
        squares=sum(was * was for _, was in pairs),
    )
    assert found is not None
    return found


@given(shares)
def test_right_predictions_are_perfect_and_none_is_the_reference(
    pairs: list[tuple[float, float]],
) -> None:
    measured = [was for _, was in pairs]
    perfect = of([(was, was) for was in measured])
    assert (perfect.error, perfect.skill) == (0, 1)
    assert of([(0.0, was) for was in measured]).skill == 0


def test_boasting_misleads() -> None:
    found = of([(0.1, 0.025)] * 3)
    assert found.skill is not None
    assert round(found.skill, 6) == -8


def test_nothing_to_score() -> None:
    assert forecasts_of(proposals=0, predicted=0, measured=0, errors=0, squares=0) is None
    assert of([(0.2, 0.0)]).skill is None
