"""How long to wait before a request is sent again."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.models.waits import (
    FIRST_WAIT,
    LONGEST_ASKED_WAIT,
    LONGEST_WAIT,
    retry_after,
    waiting_time,
)


class _AnsweredError(Exception):
    def __init__(self, **headers: str) -> None:
        super().__init__("429")
        self.litellm_response_headers = {
            name.replace("_", "-"): value for name, value in headers.items()
        }


def test_retry_after_in_every_spelling() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    date = format_datetime(now.replace(second=30), usegmt=True)
    assert retry_after(_AnsweredError(Retry_After="7")) == 7.0
    assert retry_after(_AnsweredError(retry_after_ms="1500", retry_after="9")) == 1.5
    assert retry_after(_AnsweredError(retry_after=date), now=now) == 30.0
    assert retry_after(_AnsweredError(retry_after=date), now=now.replace(year=2027)) == 0.0
    for nonsense in ("soon", "-3", "nan", "inf", ""):
        assert retry_after(_AnsweredError(retry_after=nonsense)) is None
    assert retry_after(ValueError("no headers")) is None


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
