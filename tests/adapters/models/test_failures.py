from __future__ import annotations

import importlib
import inspect
import socket
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.models import load_litellm
from skillopt.adapters.models.failures import SORTED, Remedy, by_status, failed_attempt, remedy
from skillopt.adapters.models.secrets import LONGEST_MESSAGE, redacted
from skillopt.adapters.models.waits import (
    FIRST_WAIT,
    LONGEST_ASKED_WAIT,
    LONGEST_WAIT,
    retry_after,
    waiting_time,
)

MODULES = (
    "litellm.exceptions",
    "openai",
    "litellm.llms.custom_llm",
    "litellm.llms.base_llm.chat.transformation",
)


@pytest.mark.parametrize("module", MODULES)
def test_every_exception_class_is_sorted(module: str) -> None:
    load_litellm()
    found = {
        name
        for name, value in list(vars(importlib.import_module(module)).items())
        if inspect.isclass(value) and issubclass(value, BaseException)
    }
    public = {name for name in found if not name.startswith("_")} - {"Exception"}
    assert public
    assert public <= set(SORTED), public - set(SORTED)


def test_every_sorted_class_is_there() -> None:
    load_litellm()
    known = {"TimeoutError"}
    for module in MODULES:
        known |= set(vars(importlib.import_module(module)))
    assert set(SORTED) <= known, set(SORTED) - known


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, Remedy.GIVE_UP),
        (401, Remedy.STOP),
        (403, Remedy.STOP),
        (404, Remedy.STOP),
        (408, Remedy.RETRY),
        (409, Remedy.RETRY),
        (413, Remedy.GIVE_UP),
        (425, Remedy.RETRY),
        (429, Remedy.RETRY),
        (500, Remedy.RETRY),
        (501, Remedy.STOP),
        (529, Remedy.RETRY),
        (None, Remedy.GIVE_UP),
    ],
)
def test_a_plain_error_is_sorted_by_its_status(status: int | None, expected: Remedy) -> None:
    exceptions = load_litellm().exceptions
    assert by_status(status) is expected
    if status is not None:
        plain = exceptions.APIError(status, "boom", "openai", "m")
        assert remedy(plain) is expected


def test_an_error_that_nobody_sorted_is_given_up() -> None:
    assert remedy(KeyError("choices")) is Remedy.GIVE_UP


def test_a_missing_key_in_disguise_stops_the_run() -> None:
    exceptions = load_litellm().exceptions
    error = exceptions.InternalServerError("Missing credentials. Please pass", "openai", "m")
    assert remedy(error) is Remedy.STOP


def test_an_address_that_does_not_resolve_is_unreachable() -> None:
    exceptions = load_litellm().exceptions
    error = exceptions.InternalServerError("Connection error.", "openai", "m")
    error.__cause__ = socket.gaierror("no such host")
    assert failed_attempt(error).unreachable


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


@given(before=st.text(), after=st.text(), key=st.text("abcdef0123456789", min_size=12))
def test_a_known_key_never_passes(before: str, after: str, key: str) -> None:
    passed = redacted(f"{before} {key} {after}", [key])
    assert key not in passed or key in before or key in after
    assert len(passed) <= LONGEST_MESSAGE


def test_addresses_lose_their_passwords_and_bearers_their_tokens() -> None:
    said = redacted("POST https://me:pass@host/v1 Authorization: Bearer abc.def sk-proj-12345678")
    assert said == "POST https://host/v1 Authorization: [key] [key]"
