from __future__ import annotations

from skillopt.cli.gate_exits import exit_code
from skillopt.core.gate import Outcome


def test_each_outcome_has_its_own_code() -> None:
    assert {outcome.value: exit_code(outcome) for outcome in Outcome} == {
        "accepted": 0,
        "rejected": 1,
        "inconclusive": 3,
    }
