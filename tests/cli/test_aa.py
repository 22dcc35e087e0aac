"""`skillopt aa`: what the report says of a target."""

from __future__ import annotations

from typing import Any

from skillopt.app.aa import AATest
from skillopt.cli.aa import told
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate.aa import FalseAccepts, FlakyTask, Steadiness

RATE = FalseAccepts(contests=500, accepted=50, rate=0.1, low=0.07, high=0.13)


def flaky(number: int, *, protected: bool = False) -> FlakyTask:
    return FlakyTask(task=f"v-{number}", mean=0.5, sd=0.25, protected=protected)


def measured(**more: Any) -> AATest:
    fields: dict[str, Any] = {
        "run": "run-1",
        "skill": "triage",
        "digest": "a" * 64,
        "gate": "balanced",
        "alpha": 0.1,
        "tasks": 24,
        "runs": 6,
        "missing": 0,
        "same_answers": False,
        "declared": False,
        "steady": False,
        "false_accepts": RATE,
        "noise": Steadiness(run_sd=0.3, icc=0.5, flaky=(flaky(1),)),
        "usage": Usage(calls=144),
    }
    return AATest(**{**fields, **more})


def test_a_noisy_target() -> None:
    assert told(measured()) == [
        "triage: 24 validation tasks, 6 runs each",
        "gate balanced: accepts an identical skill in 10.0 % of 500 contests, "
        "95 % interval [7.0 %, 13.0 %]",
        "run noise: standard deviation 0.300 per score; "
        "share of the variance between tasks (ICC) 0.50",
        "1 flaky tasks",
        f"  {'v-1':<48} mean 0.50, sd 0.25",
        "run run-1, spent 144 calls, 0 prompt + 0 completion tokens, $0",
    ]
