"""Runs and rounds as the ledger keeps them."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from skillopt.core.gate.contest import Outcome
from skillopt.core.history.run import Round, RunRecord
from skillopt.core.proposals.refusal import Stage
from tests.adapters.ledger.samples import a_round, a_run, an_end


@pytest.mark.parametrize(
    ("more", "pending"),
    [
        ({}, True),
        ({"finished": 2.0}, False),
        ({"finished": 2.0, "writes_to": "SKILL.md"}, True),
        ({"finished": 2.0, "writes_to": "SKILL.md", "written": True}, False),
        ({"written": True}, True),
    ],
)
def test_a_run_is_pending_until_it_has_an_end_and_its_file(
    more: dict[str, Any],
    pending: bool,  # noqa: FBT001 - a row of the table
) -> None:
    assert a_run(**more).pending is pending


@pytest.mark.parametrize("record", [a_run(), an_end(a_run())], ids=["begun", "ended"])
def test_a_record_survives_the_ledger(record: RunRecord) -> None:
    assert RunRecord.model_validate_json(record.model_dump_json()) == record


@pytest.mark.parametrize(
    "more",
    [
        {"outcome": Outcome.ACCEPTED},
        {"outcome": Outcome.REJECTED},
        {"outcome": Outcome.INCONCLUSIVE},
        {"stage": Stage.FIT},
    ],
)
def test_a_round_comes_back_with_its_kind_of_decision(more: dict[str, Any]) -> None:
    round_, _ = a_round(**more)
    again = Round.model_validate_json(round_.model_dump_json())
    assert again == round_
    assert type(again.decision) is type(round_.decision)


def test_rounds_are_counted_from_1() -> None:
    round_, _ = a_round()
    with pytest.raises(ValidationError):
        Round.model_validate({**round_.model_dump(), "number": 0})
