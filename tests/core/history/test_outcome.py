"""Whether a run overfits: the validation gain against the sealed one, each with its error."""

from __future__ import annotations

import pytest

from skillopt.core.gate import GateTask, Outcome, PairedTask, Standing, Verdict, sealed_test
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.history.outcome import overfit, ship
from skillopt.core.history.run import AcceptedRound, Round, RunRecord

VALIDATION = 40


def accepted(gain: float) -> Round:
    """A round that gained so much on every second validation task, a little more or less."""
    ids = [f"v{at}" for at in range(VALIDATION)]
    gains = {name: gain + 0.02 * (at % 2) for at, name in enumerate(ids)}
    verdict = Verdict(
        outcome=Outcome.ACCEPTED,
        code="test",
        reason="",
        gain=gain,
        p_value=0.01,
        tasks_seen=VALIDATION,
        rollouts=VALIDATION,
        pairs=tuple(
            PairedTask(task=name, incumbent=0.4, candidate=0.4, candidate_runs=1, incumbent_runs=1)
            for name in ids
        ),
        book={name: Standing(total=0.4 + gains[name], runs=1) for name in ids},
    )
    return Round.model_construct(decision=AcceptedRound(verdict=verdict, candidate="new"))


def ended(sealed_tasks: int) -> RunRecord:
    """A run whose two versions score alike on every sealed task."""
    tasks = [GateTask(id=f"s{at}") for at in range(sealed_tasks)]
    runs = {task.id: (1.0,) for task in tasks}
    sealed = sealed_test(runs, runs, tasks=tasks, seed=0)
    return RunRecord.model_construct(last="new", sealed=sealed)


@pytest.mark.parametrize(("tasks", "gain", "warned"), [(12, 0.1, False), (200, 0.1, True)])
def test_few_sealed_tasks_that_do_not_differ_prove_no_overfitting(
    tasks: int, gain: float, *, warned: bool
) -> None:
    """None of 12 tasks differs; the true difference may still be as large as the validation gain."""
    assert overfit(ended(tasks), [accepted(gain)]) is warned


def test_no_gain_on_validation_is_no_overfitting() -> None:
    assert not overfit(ended(200), [accepted(-0.01)])
    assert not overfit(ended(200), [])


def sealed(difference: float, low: float, high: float, **more: object) -> SealedTest:
    fields = {
        "first_score": 0.5,
        "last_score": 0.5 + difference,
        "difference": difference,
        "low": low,
        "high": high,
        "p_value": 0.5,
        "certified": False,
        "tasks": 40,
        "wins": 1,
        "losses": 1,
    }
    return SealedTest.model_validate({**fields, **more})


@pytest.mark.parametrize(
    ("test", "plain", "shrunk"),
    [
        (sealed(0.1, 0.02, 0.2, certified=True), "improved", "improved"),
        (sealed(-0.01, -0.04, 0.02), "keep first", "no worse"),
        (sealed(0.0, -0.07, 0.07), "not certified", "not certified"),
        (sealed(-0.01, -0.07, 0.05), "keep first", "not certified"),
        (sealed(-0.06, -0.2, 0.08), "keep first", "keep first"),
        (sealed(-0.03, -0.055, -0.005), "keep first", "keep first"),
        (sealed(0.0, 0.0, 0.0, tasks=0), "keep first", "keep first"),
        (sealed(-0.01, -0.04, 0.02, opened_before=("run-1",)), "keep first", "not certified"),
    ],
)
def test_a_gain_must_not_be_below_0_and_a_shrunk_skill_within_its_margin(
    test: SealedTest, plain: str, shrunk: str
) -> None:
    assert ship(test) == plain
    assert ship(test, no_worse_than=5) == shrunk
