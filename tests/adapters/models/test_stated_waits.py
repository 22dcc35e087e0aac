"""The wait that an answer asks for, in headers, JSON and prose."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.models.stated_waits import in_headers, in_text, stated_wait


class _AnsweredError(Exception):
    def __init__(self, message: str = "429", *, body: object = None, **headers: str) -> None:
        super().__init__(message)
        self.body = body
        self.litellm_response_headers = {
            name.replace("_", "-"): value for name, value in headers.items()
        }


def test_retry_after_in_every_spelling() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    date = format_datetime(now.replace(second=30), usegmt=True)
    for headers, seconds in (
        ({"Retry_After": "7"}, 7.0),
        ({"Retry_After": "1m2s"}, 62.0),
        ({"retry_after_ms": "1500", "retry_after": "9"}, 1.5),
        ({"retry_after": date}, 30.0),
    ):
        assert stated_wait([_AnsweredError(**headers)], now=now) == seconds
    assert stated_wait([_AnsweredError(retry_after=date)], now=now.replace(year=2027)) == 0.0
    for nonsense in ("soon", "-3", "nan", "inf", ""):
        assert stated_wait([_AnsweredError(retry_after=nonsense)]) is None
    assert stated_wait([ValueError("no headers")]) is None


def test_headers_win_over_the_body_and_both_over_nothing() -> None:
    body = {"error": {"details": [{"retryDelay": "9s"}]}}
    outer = ValueError("quota")
    assert stated_wait([outer, _AnsweredError("retry in 3s", Retry_After="7")]) == 7.0
    assert stated_wait([outer, _AnsweredError(body=body)]) == 9.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ('{"retryDelay": "1s"}', 1.0),
        ("'retryDelay': '34.07s'", 34.07),
        (r"{\"retryDelay\": \"2s\"}", 2.0),
        ('"retry_after": 2.5,', 2.5),
        ("retry_after_ms=1500", 1.5),
        ("Please retry in 1.4s.", 1.4),
        ("Please try again in 1m2s", 62.0),
        ("try again in 20ms.", 0.02),
        ("try again in 6m0s. Visit", 360.0),
        ("Please try again in 1h2m3.5s", 3723.5),
        ("Retry after 30 seconds", 30.0),
        ("please wait 2 minutes and 3 seconds", 123.0),
        ("Please retry your request after 60 secs", 60.0),
        ("Please retry in 1.4s. retryDelay: 1s", 1.4),
        ("try again in 1 day", 86400.0),
        ("retry after 3 attempts", None),
        ("wait 10 messages", None),
        ("try again later", None),
        ("retry in 5mm", None),
        ("it took 30 seconds", None),
    ],
)
def test_waits_in_bodies_and_prose(text: str, seconds: float | None) -> None:
    assert in_text(text) == (seconds if seconds is None else pytest.approx(seconds))


@given(
    hours=st.integers(0, 9),
    minutes=st.integers(0, 59),
    ms=st.integers(0, 59_999),
    upper=st.booleans(),
)
def test_a_duration_is_the_sum_of_its_parts(
    hours: int, minutes: int, ms: int, *, upper: bool
) -> None:
    text = f"Please try again in {hours}h{minutes}m{ms / 1000:.3f}s."
    expected = hours * 3600 + minutes * 60 + ms / 1000
    assert in_text(text.upper() if upper else text) == pytest.approx(expected)


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    seconds = in_text(text)
    assert seconds is None or seconds >= 0


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"x-ratelimit-reset-requests": "1m30s"}, 90.0),
        ({"x-ratelimit-reset-requests": "1m30s", "x-ratelimit-remaining-requests": "0"}, 90.0),
        ({"x-ratelimit-reset-requests": "1m30s", "x-ratelimit-remaining-requests": "7"}, None),
        (
            {
                "x-ratelimit-reset-requests": "1s",
                "x-ratelimit-remaining-requests": "4",
                "x-ratelimit-reset-tokens": "6m0s",
                "x-ratelimit-remaining-tokens": "0",
            },
            360.0,
        ),
        ({"x-ratelimit-reset-requests": "1m30s", "retry-after": "2"}, 2.0),
        ({"x-ratelimit-reset-requests": "soon"}, None),
    ],
)
def test_a_limit_that_is_used_up_says_when_it_is_reset(
    headers: dict[str, str], wait: float | None
) -> None:
    assert in_headers(headers) == wait
