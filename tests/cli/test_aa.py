"""`skillopt aa`: what the report says of a target."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from skillopt.app.aa import AATest
from skillopt.cli.aa import MOST_SHOWN, told
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate.aa import FalseAccepts, FlakyTask, Steadiness
from tests.cli.commands import said, said_json

RATE = FalseAccepts(contests=500, accepted=50, rate=0.1, low=0.07, high=0.13, worth=100)
INTERVAL = "95 % interval [7.0 %, 13.0 %]"
SHARE = "share of the variance between tasks (ICC)"


def flaky(number: int, *, protected: bool = False) -> FlakyTask:
    return FlakyTask(task=f"v-{number}", runs=6, mean=0.5, sd=0.25, protected=protected)


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
        f"gate balanced: accepts an identical skill in 10.0 % of 500 contests, {INTERVAL}",
        f"run noise: standard deviation 0.300 per score; {SHARE} 0.50",
        "1 flaky task",
        f"  {'v-1':<48} mean 0.50, sd 0.25",
        "run run-1, spent 144 calls, 0 prompt + 0 completion tokens, $0",
    ]


def test_numbers_agree_with_their_nouns() -> None:
    one = measured(tasks=1, missing=1, false_accepts=RATE.model_copy(update={"contests": 1}))
    said = told(one)
    assert said[0] == "triage: 1 validation task, 6 runs each, 1 rollout without a result"
    assert "of 1 contest," in said[1]


def test_only_the_first_flaky_tasks_are_named() -> None:
    noise = Steadiness(run_sd=0.3, icc=None, flaky=tuple(map(flaky, range(MOST_SHOWN + 3))))
    said = told(measured(noise=noise))
    assert said[2].endswith("(ICC) n/a")
    assert said[3] == "15 flaky tasks"
    assert len([line for line in said if line.startswith("  v-")]) == MOST_SHOWN
    assert "  and 3 more (--json has them)" in said


def test_a_protected_task_that_is_flaky_is_marked() -> None:
    noise = Steadiness(run_sd=0.3, icc=0.5, flaky=(flaky(1, protected=True),))
    assert any(
        line.endswith(", protected: cannot be a sentinel") for line in told(measured(noise=noise))
    )


def test_a_target_that_is_not_as_declared_is_warned_of() -> None:
    assert "warning: the target is declared deterministic, but its answers differ" in told(
        measured(declared=True)
    )


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"declared": True}, "the target is deterministic, as declared"),
        ({"steady": True}, "the target looks deterministic; tuning runs on these tasks will"),
        ({}, "the target looks deterministic; --deterministic avoids repeated runs"),
    ],
)
def test_a_target_that_never_differs(more: dict[str, Any], said: str) -> None:
    lines = told(measured(same_answers=True, false_accepts=None, **more))
    assert lines[1].startswith("every task gave the same answer each time")
    assert lines[2].startswith(said)
    assert len(lines) == 4


def test_answers_that_differ_and_score_alike() -> None:
    lines = told(measured(false_accepts=None))
    assert lines[1].startswith("every task gave the same score each time")


def test_the_command_measures_and_prints(tickets: Path) -> None:
    flags = ("aa", "tickets.md", "--runs", "4", "--contests", "20", "--target-param", "noise=0.3")
    assert "gate balanced: accepts an identical skill in" in said(*flags)
    found = said_json(*flags)
    assert (found["usage"]["calls"], found["false_accepts"]["contests"]) == (0, 20)
    assert "as declared" in said("aa", "tickets.md")
