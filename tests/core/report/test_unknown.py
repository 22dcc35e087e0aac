"""What is not known is said."""

from __future__ import annotations

from typing import Any

import pytest

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate.contest import GateMemory, Outcome
from skillopt.core.history.kept import kept_fingerprint
from skillopt.core.report.facts import RunFacts, TaskSpend
from skillopt.core.report.making import report_of
from tests.core.report.records import (
    FIRST,
    SEALED,
    facts,
    made_by,
    record,
    round_,
    verdict,
)

WON = round_(
    1, FIRST, verdict([0] * 9, [1] * 9, outcome=Outcome.ACCEPTED), candidate=made_by(FIRST)
)
LOST = round_(1, FIRST, verdict([1, 1], [1, None]))


def said(found: RunFacts) -> str:
    return "\n".join(f"{one.topic}: {one.says}" for one in report_of(found).unknown)


def run(*rounds: Any, more: dict[str, Any] | None = None, **changes: Any) -> RunFacts:
    return facts(record(**changes), rounds, versions=[made_by(FIRST)], **(more or {}))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (run(finished=None, stopped_by=None, last=None), "has no end on record"),
        (run(finished=None, stopped_by=None, last=None), "it comes at the end of a run"),
        (run(WON, stopped_by="spend"), "limit of spend left no room"),
        (run(LOST), "nothing was accepted, so there was nothing to test"),
        (run(WON, sealed=SEALED.model_copy(update={"low": -0.1, "certified": False})), "contains 0"),
        (run(WON, sealed=SEALED.model_copy(update={"tasks": 5})), "cannot certify anything"),
        (run(WON, sealed=SEALED.model_copy(update={"tasks": 0})), "No test task has a result"),
        (run(WON, sealed=SEALED.model_copy(update={"missing": 3})), "3 test tasks without a result"),
        (
            run(WON, sealed=SEALED.model_copy(update={"opened_before": ("r1",), "reopened": True})),
            "one look among several",
        ),
        (
            run(round_(4, FIRST, verdict([1], [None], outcome=Outcome.INCONCLUSIVE))),
            "Neither good nor bad is shown of round 4",
        ),
        (run(LOST), "1 validation task of 2 not run with every tested version"),
        (run(LOST), "too narrow where tasks share a template"),
        (run(WON, sealed=SEALED), "No fresh runs have checked the head"),
        (run(round_(1, FIRST, verdict([1], [1], memory=GateMemory()))), "`skillopt aa` measures it"),
        (
            run(more={"tasks": (TaskSpend(task="t", digest="d", usage=Usage(), missing=2),)}),
            "2 rollouts failed on the provider's or the grader's side",
        ),
        (run(self_judged=True), "judged its own answers"),
        (run(target="a" * 64), "no identity on record"),
        (run(more={"usage": Usage(cost=None)}), "price of a model in use is not known"),
        (run(limits=None), "Limits of spend"),
        (run(round_(3, made_by(FIRST, "x\n"), LOST.decision.verdict)), "no diff of round 3"),
    ],
)  # fmt: skip
def test_a_gap_is_said(found: RunFacts, expected: str) -> None:
    assert expected in said(found)


def test_what_is_known_is_not_called_unknown() -> None:
    text = said(run(WON, sealed=SEALED))
    for gap in ("no end on record", "No sealed test", "contains 0", "Inconclusive", "price of"):
        assert gap not in text


def test_of_another_loops_edits_it_is_said_whose_verdicts_they_are() -> None:
    made = {"target": "my-agent", "fingerprint": kept_fingerprint("my-agent", "./tickets.md")}
    skill_id = record().skill_id
    made["fingerprint"] = kept_fingerprint("my-agent", skill_id)
    found = report_of(run(LOST, **made))
    assert "my-agent, another loop: the gate has tested none" in found.unknown[0].says
    assert found.proposals[0].said == "rejected, says my-agent"
    assert found.path == ()
