"""Three sentences."""

from __future__ import annotations

from typing import Any

import pytest

from skillopt.core.gate.contest import GatePolicy, Outcome
from skillopt.core.report.summary import asked, decided, gate_words, result
from tests.core.report.records import FIRST, SEALED, made_by, record, round_, verdict

WON = round_(1, FIRST, verdict([0], [1], outcome=Outcome.ACCEPTED), candidate=made_by(FIRST))
LOST = round_(2, FIRST, verdict([1], [0]))
OPEN = round_(3, FIRST, verdict([1], [None], outcome=Outcome.INCONCLUSIVE))
SCREENED = round_(4, FIRST, None)


def test_what_was_asked() -> None:
    assert asked(record()) == (
        "Tune the skill tickets for some/model: at most 12 proposals by other/model, each tested "
        "by the gate balanced."
    )
    assert asked(record(kind="eval")) == "Score the skill tickets with some/model."
    assert "Test proposal abc again of the skill" in asked(record(kind="gate", retries="abc"))


def test_what_was_decided() -> None:
    assert decided(record(), [WON, LOST, OPEN, SCREENED]) == (
        "1 of 4 proposals was accepted (1 rejected by the gate, 1 refused before it, "
        "1 inconclusive); it stopped: no acceptance in several rounds (see --patience)."
    )
    assert decided(record(finished=None), []) == "No proposal was decided; the run has not ended."


@pytest.mark.parametrize(
    ("rounds", "changes", "begins", "good"),
    [
        ([WON], {"sealed": SEALED}, "The last version is better: certified", True),
        (
            [WON],
            {"sealed": SEALED.model_copy(update={"certified": False})},
            "The last version is not worse on the sealed test, which does not certify",
            None,
        ),
        (
            [WON],
            {"sealed": SEALED.model_copy(update={"certified": False, "difference": -0.1})},
            "The last version is not better on the sealed test",
            False,
        ),
        ([LOST], {}, "No edit passed the gate", None),
        ([WON], {"last": made_by(FIRST).digest}, "No sealed test was run", None),
        ([WON], {}, "None of the accepted edits held", None),
        ([], {"finished": None}, "Whether the last version is better is open", None),
        ([LOST], {"kind": "gate"}, "The edit is rejected", False),
        ([WON], {"kind": "gate"}, "The edit is accepted on validation tasks", True),
        ([OPEN], {"kind": "gate"}, "It is open whether the edit is good", None),
        ([], {"kind": "gate"}, "There is no verdict yet", None),
        ([], {"kind": "eval"}, "It has changed nothing (score 50.0 %)", None),
    ],
)
def test_what_came_out(
    rounds: list[Any], changes: dict[str, Any], begins: str, good: object
) -> None:
    text, found = result(record(**changes), rounds)
    assert text.startswith(begins)
    assert found is good


def test_a_gate_with_a_margin_says_it() -> None:
    policy = GatePolicy(kind="race", no_worse_than=3)
    assert gate_words(policy) == "race, no worse than 3.0 points"
