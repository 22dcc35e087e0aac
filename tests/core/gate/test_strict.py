"""The rule most optimizers use: one mean above the other."""

from __future__ import annotations

import pytest

from skillopt.core.gate import GateTask, Outcome
from tests.core.gate.contests import contest, play

FIRST = {f"t{at}": float(at % 2) for at in range(20)}


@pytest.mark.parametrize(
    ("better", "worse", "outcome"),
    [
        (1, 0, Outcome.ACCEPTED),
        (0, 0, Outcome.REJECTED),
        (1, 1, Outcome.REJECTED),
        (2, 1, Outcome.ACCEPTED),
        (0, 1, Outcome.REJECTED),
    ],
)
def test_the_mean_decides(better: int, worse: int, outcome: Outcome) -> None:
    after = dict(FIRST)
    after |= {f"t{2 * at}": 1.0 for at in range(better)}
    after |= {f"t{2 * at + 1}": 0.0 for at in range(worse)}
    verdict, outcomes, _ = play(contest(FIRST, kind="strict"), lambda want: after[want.task])
    assert (verdict.outcome, verdict.code) == (outcome, "mean")
    assert verdict.gain == pytest.approx((better - worse) / 20)
    assert {(want.arm, want.trial) for want in outcomes} == {("candidate", 0)}
    assert len(outcomes) == verdict.rollouts == 20


def test_weights_decide_what_a_task_counts() -> None:
    tasks = tuple(GateTask(id=name, weight=30 if name == "t1" else 1) for name in FIRST)
    after = dict.fromkeys(FIRST, 1.0) | {"t1": 0.0}
    verdict, _, _ = play(contest(FIRST, kind="strict", tasks=tasks), lambda want: after[want.task])
    assert verdict.outcome is Outcome.REJECTED


def test_a_missing_task_is_left_out_and_too_many_decide_nothing() -> None:
    for lost, outcome in ((2, Outcome.ACCEPTED), (3, Outcome.INCONCLUSIVE)):
        gone = {f"t{at}" for at in range(lost)}
        verdict, _, _ = play(
            contest(FIRST, kind="strict"),
            lambda want, gone=gone: None if want.task in gone else 1.0,  # type: ignore[misc]
        )
        assert verdict.outcome is outcome
