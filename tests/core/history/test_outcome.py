"""What a finished run may claim."""

from __future__ import annotations

import json

import pytest

from skillopt.core.gate import GateTask, Outcome, PairedTask, Standing, Verdict, sealed_test
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.history.outcome import overfit
from skillopt.core.history.run import AcceptedRound, Round, RunRecord
from skillopt.core.loop_settings import LoopSettings
from skillopt.core.value import digest_of
from tests.adapters.ledger.samples import a_run

OLD_DOCUMENT = {
    "first_score": 0.5,
    "last_score": 0.55,
    "difference": 0.05,
    "low": -0.05,
    "high": 0.15,
    "p_value": 0.2,
    "certified": False,
    "tasks": 40,
    "wins": 4,
    "losses": 2,
    "missing": 0,
    "split": "",
    "opened_before": [],
    "reopened": False,
}
"""A sealed test as the first version of skillopt stored it."""


def accepted(gain: float, *, tasks: int = 20) -> Round:
    """A round with this gain on every other task, twice as much."""
    pairs, book = [], {}
    for at in range(tasks):
        after = 0.2 + (2 * gain if at % 2 else 0.0)
        pairs.append(
            PairedTask(
                task=f"t{at}", incumbent=0.2, candidate=after, candidate_runs=1, incumbent_runs=1
            )
        )
        book[f"t{at}"] = Standing(total=after, runs=1)
    verdict = Verdict(
        outcome=Outcome.ACCEPTED,
        code="test",
        reason="",
        gain=gain,
        p_value=0.01,
        tasks_seen=tasks,
        rollouts=tasks,
        pairs=tuple(pairs),
        book=book,
    )
    return Round.model_validate(
        {
            "id": "r", "run": "run-1", "number": 1, "parent": "p", "critiques": (),
            "proposal": None, "decision": AcceptedRound(verdict=verdict, candidate="c"),
            "rollouts": (), "spent": {}, "context": "x",
        }
    )  # fmt: skip


def ended(sealed: SealedTest) -> RunRecord:
    return a_run(sealed=sealed)


def sealed_of(differences: list[float]) -> SealedTest:
    tasks = tuple(GateTask(id=f"t{at}") for at in range(len(differences)))
    first = {task.id: (0.4,) for task in tasks}
    last = {task.id: (0.4 + each,) for task, each in zip(tasks, differences, strict=True)}
    return sealed_test(first, last, tasks=tasks, seed=0)


@pytest.mark.parametrize(
    ("sealed", "gain", "expected"),
    [
        ([0.1, -0.1] * 30, 0.3, True),
        ([0.1, -0.1] * 30, 0.02, False),
        ([0.3, 0.2] * 30, 0.3, False),
        # Three equal results of a small sample do not show that nothing was gained.
        ([0.0] * 3, 0.2, False),
    ],
)
def test_overfit_weighs_both_errors(sealed: list[float], gain: float, *, expected: bool) -> None:
    assert overfit(ended(sealed_of(sealed)), [accepted(gain)]) is expected


def test_a_sealed_test_of_an_earlier_version_has_its_error_from_its_t_interval() -> None:
    old = SealedTest.model_validate(OLD_DOCUMENT)
    # Its standard error is 0.1 / t(0.975, 39) = 0.049, that of 0.25 on average 0.057.
    assert overfit(ended(old), [accepted(0.25)])
    assert not overfit(ended(old), [accepted(0.15)])


def test_documents_of_an_earlier_version_come_back_as_they_were() -> None:
    old = SealedTest.model_validate(OLD_DOCUMENT)
    assert json.loads(old.model_dump_json()) == OLD_DOCUMENT
    record = ended(old)
    again = RunRecord.model_validate_json(record.model_dump_json())
    assert again == record
    assert "standard_error" not in record.model_dump_json()
    assert "no_worse" not in accepted(0.1).model_dump_json()


def test_fingerprints_of_the_first_version_still_hold() -> None:
    """Worked out with skillopt 0.1.0: unfinished runs are found, refusals stay facts, by these."""
    settings = LoopSettings()
    rules = [settings.gate.model_dump(), settings.guards.model_dump()]
    assert digest_of(rules) == "6fd2bd818c7d123a4055e3c4c94f66271b4bb29d3c5015b506ff8383dc02a8d2"
    whole = digest_of(settings.model_dump(mode="json"))
    assert whole == "cd3f7fa9a6b4f3327e616cf009db1bfc303e51eb8a1feb1f4fa4ba46c64b559a"
    asked = settings.gate.model_copy(update={"no_worse_than": 2.0})
    assert digest_of([asked.model_dump(), rules[1]]) != digest_of(rules)
