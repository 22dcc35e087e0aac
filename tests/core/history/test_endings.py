"""How a run and its proposals ended, in words."""

from __future__ import annotations

import pytest

from skillopt.core.history.endings import outcome_at


@pytest.mark.parametrize(
    ("outcome", "stage", "says"),
    [
        ("accepted", "gate", "accepted by the gate"),
        ("inconclusive", "gate", "inconclusive at the gate"),
        ("rejected", "screen", "refused by the screen"),
        ("rejected", "fit", "refused: does not fit"),
        ("rejected", "reply", "refused: unreadable reply"),
    ],
)
def test_a_verdict_names_what_reached_it(outcome: str, stage: str, says: str) -> None:
    assert outcome_at(outcome, stage) == says
