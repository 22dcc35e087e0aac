"""How figures are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.figures import points


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0.25, "+25.0"),
        (-0.019, "-1.9"),
        (0.0, "0.0"),
        (-0.0, "0.0"),
        (0.0004, "0.0"),
        (-0.0004, "0.0"),
        (0.0006, "+0.1"),
        (1.0, "+100.0"),
    ],
)
def test_points_have_a_sign_and_zero_has_none(share: float, shown: str) -> None:
    assert points(share) == shown


@given(st.floats(-1, 1))
def test_the_opposite_has_the_opposite_sign(share: float) -> None:
    shown, opposite = points(share), points(-share)
    assert shown.lstrip("+-") == opposite.lstrip("+-")
    assert (shown == opposite) is (shown == "0.0")
