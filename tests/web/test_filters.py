"""An address as a filter, under the names of `ledger list`."""

from __future__ import annotations

import inspect

import pytest

from skillopt.cli.ledger import list_command
from skillopt.errors import InputError
from skillopt.web.filters import FIELDS, filter_of


def test_the_names_are_those_of_the_command() -> None:
    options = set(inspect.signature(list_command).parameters) - {"limit", "ledger", "as_json"}
    assert {*FIELDS, "refused", "since", "until"} == options | {"before"}


def test_what_is_empty_does_not_filter() -> None:
    assert filter_of({"text": " ", "skill": "", "since": "", "refused": ""}, limit=3).model_dump(
        exclude_defaults=True
    ) == {"limit": 3}


def test_values_arrive() -> None:
    given = {"verdict": "rejected", "stage": "gate", "reason": "test", "since": "2026-01-31T18:00"}
    found = filter_of({**given, "refused": "1"}, limit=3)
    assert (found.outcome, found.code, found.refused) == ("rejected", "test", True)
    assert found.since
    assert found.since.tzinfo


@pytest.mark.parametrize(
    "given",
    [
        {"verdict": "x"},
        {"stage": "x"},
        {"since": "x"},
        {"until": "0001-01-01T00:00"},
        {"since": "9999-12-31T23:59"},
    ],
)
def test_a_wrong_value_is_named(given: dict[str, str]) -> None:
    try:
        filter_of(given, limit=1)
    except InputError as error:
        assert next(iter(given)) in str(error)  # noqa: PT017 - a far time may be one on some systems
    else:
        assert next(iter(given)) in ("since", "until")
