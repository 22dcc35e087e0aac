"""What became of a call that failed: tried again, given up, or the end of the run."""

from __future__ import annotations

import importlib
import inspect
import socket

import pytest

from skillopt.adapters.models import load_litellm
from skillopt.adapters.models.failures import SORTED, Remedy, by_status, failed_attempt, remedy

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
