"""How long to wait before a request is sent again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.models.waits import (
    FIRST_WAIT,
    LONGEST_ASKED_WAIT,
    LONGEST_WAIT,
    waiting_time,
)


@given(
    attempt=st.integers(1, 20),
    asked=st.none() | st.floats(0, 1e9),
    chance=st.floats(0, 1, exclude_max=True),
)
def test_waits_are_bounded_and_never_shorter_than_asked(
    attempt: int, asked: float | None, chance: float
) -> None:
    seconds = waiting_time(attempt, asked=asked, chance=chance)
    if asked is None:
        assert FIRST_WAIT / 2 <= seconds <= LONGEST_WAIT
    else:
        assert min(asked, LONGEST_ASKED_WAIT) <= seconds <= LONGEST_ASKED_WAIT + FIRST_WAIT
