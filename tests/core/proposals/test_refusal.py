"""Refusals: which of them may block a proposal like them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from skillopt.core.proposals.refusal import Part, Refusal, Stage, TrainEffect
from tests.adapters.ledger.samples import a_proposal


def refusal(stage: Stage, outcome: str) -> Refusal:
    return Refusal(
        id="r1",
        run="run-1",
        number=1,
        stage=stage,
        code="test",
        reason="no",
        outcome=outcome,
        proposal=a_proposal(),
        context="here",
    )


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("outcome", ["rejected", "inconclusive"])
def test_only_what_the_gate_or_a_person_has_rejected_blocks(stage: Stage, outcome: str) -> None:
    expected = stage in (Stage.GATE, Stage.APPROVAL) and outcome == "rejected"
    assert refusal(stage, outcome).blocks is expected


def test_stages_are_in_the_order_of_the_way() -> None:
    assert [stage.value for stage in Stage] == [
        "reply",
        "fit",
        "screen",
        "race",
        "gate",
        "approval",
    ]


def test_counts_and_indices_are_not_negative() -> None:
    with pytest.raises(ValidationError):
        TrainEffect(same=-1)
    with pytest.raises(ValidationError):
        Part(edit=-1, outcome="rejected")
    with pytest.raises(ValidationError):
        Part.model_validate({"edit": 0, "outcome": "good"})
