"""The cron checks judge what an expression does, whatever its spelling."""

from __future__ import annotations

import importlib.util
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import yaml
from cronsim import CronSim
from hypothesis import given, settings
from hypothesis import strategies as st

from skillopt.core.evaluation.checks import Python
from skillopt.core.evaluation.task import Task

SETS = Path(__file__).parents[2] / "validation_sets"


def _load_checks() -> Any:
    """The module as a validation set finds it: a file beside the set, in no package."""
    spec = importlib.util.spec_from_file_location("cron_checks", SETS / "cron_checks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


cron_checks = _load_checks()


def grade(answer: str, expected: str) -> tuple[float, str]:
    check = Python(type="python", call="cron_checks:equivalent")
    task = Task(id="a-task", split="test", input="in words", expected=expected, checks=(check,))
    score, feedback = cron_checks.equivalent(answer, task)
    return score, feedback


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("0 9 * * 1-5", "0 9 * * 1-5"),
        ("0 9 * * MON-FRI", "0 9 * * 1-5"),
        ("0 9 * * mon,tue,wed,thu,fri", "0 9 * * 1-5"),
        ("0,15,30,45 * * * *", "*/15 * * * *"),
        ("0-59/15 0-23 1-31 1-12 0-6", "*/15 * * * *"),
        ("0 0 * * 7", "0 0 * * 0"),
        ("0 2 * * 0,6", "0 2 * * 6,7"),
        ("00 09 * * *", "0 9 * * *"),
        ("0 7 1 */3 *", "0 7 1 1,4,7,10 *"),
        ("0 7 1 JAN,APR,JUL,OCT *", "0 7 1 1,4,7,10 *"),
        ("30 6 29 2 *", "30 6 29 feb *"),
        ("0 5 * * 7#2", "0 5 * * SUN#2"),
        # Different fields that come to the same days: a star in a day field asks for both.
        ("0 5 1-31 * *", "0 5 * * *"),
        ("0 5 * 2 *", "0 5 1-29 2 *"),
        ("  0 9 * * 1\n", "0 9 * * 1"),
        ("0  9\t* * 1", "0 9 * * 1"),
        ("`0 9 * * 1`", "0 9 * * 1"),
        ("```\n0 9 * * 1\n```", "0 9 * * 1"),
        ("```cron\n0 9 * * 1\n```\n", "0 9 * * 1"),
        ("```0 9 * * 1```", "0 9 * * 1"),
    ],
)
def test_the_same_moments_pass_whatever_the_spelling(answer: str, expected: str) -> None:
    assert grade(answer, expected)[0] == 1.0


@pytest.mark.parametrize(
    ("answer", "expected", "moment"),
    [
        ("0 9 * * *", "0 9 * * 1-5", "fires on Saturday 2024-01-06 09:00, which was not"),
        ("0 9 * * 1-5", "0 9 * * *", "does not fire on Saturday 2024-01-06 09:00, which was"),
        ("0 8 * * *", "0 9 * * *", "fires on Monday 2024-01-01 08:00, which was not"),
        ("1 0 * * *", "0 0 * * *", "does not fire on Monday 2024-01-01 00:00, which was"),
        ("* * * * *", "* 0-22 * * *", "fires on Monday 2024-01-01 23:00, which was not"),
        ("0 0 28 * *", "0 0 L * *", "fires on Sunday 2024-01-28 00:00, which was not"),
        ("0 0 28,29 2 *", "0 0 L 2 *", "fires on Wednesday 2024-02-28 00:00, which was not"),
        ("0 0 31 * *", "0 0 L * *", "does not fire on Thursday 2024-02-29 00:00, which was"),
        ("0 0 1-28 2 *", "0 0 * 2 *", "does not fire on Thursday 2024-02-29 00:00, which was"),
        # A star in either day field means both must match; without one, either is enough.
        ("0 0 1 * 1", "0 0 1 * *", "fires on Monday 2024-01-08 00:00, which was not"),
    ],
)
def test_other_moments_fail_and_the_first_one_is_named(
    answer: str, expected: str, moment: str
) -> None:
    score, feedback = grade(answer, expected)
    assert score == 0.0
    assert moment in feedback


def test_a_difference_years_ahead_is_found() -> None:
    # 29 February is a Thursday, a Tuesday and a Sunday before it is a Friday; `*/2` skips those.
    score, feedback = grade("0 0 29 2 *", "0 0 29 2 */2")
    assert score == 0.0
    assert "fires on Friday 2036-02-29 00:00, which was not" in feedback


def test_every_weekday_meets_a_leap_day_within_the_window() -> None:
    leap_days = CronSim("0 0 29 2 *", cron_checks.WINDOW_START)
    within = takewhile(lambda day: day < cron_checks.WINDOW_END, leap_days)
    assert {day.weekday() for day in within} == set(range(7))


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "   \n",
        "every day at nine",
        "0 9 * *",
        "0 0 9 * * 1",
        "60 9 * * *",
        "0 24 * * *",
        "0 9 0 * *",
        "0 9 * 13 *",
        "0 9 * * 8",
        "0 9 31 2 *",
        "0 9 * * 5-1",
        "*/0 * * * *",
        "@daily",
        "0 9 * * 1.",
        "Cron: 0 9 * * 1",
        "`0 9 * * 1` is the schedule",
        "`0 9 * * 1",
        "``` ```",
        "0 9 * * 1\n0 10 * * 1",
        "0 9 *\n* 1",
        "٣ 9 * * *",
        "² 9 * * ²L",
        "9" * 5000 + " 9 * * *",
        "1," * 1_000_000 + "1 9 * * *",
        "`" * 10_000_000,
        "\x00 \ud800 * * *",
    ],
)
def test_nonsense_scores_nothing_and_says_why(answer: str) -> None:
    score, feedback = grade(answer, "0 9 * * 1")
    assert score == 0.0
    assert feedback.startswith("The answer is not a five-field cron expression: ")
    assert len(feedback) < 1500


@settings(deadline=None, derandomize=True)
@given(st.text(alphabet="0123456789*/,-#LW? `\n", max_size=60) | st.text(max_size=300))
def test_no_answer_raises(answer: str) -> None:
    score, feedback = grade(answer, "0 9 * * 1")
    assert score in (0.0, 1.0)
    assert feedback


def _items(low: int, high: int) -> st.SearchStrategy[str]:
    numbers = st.integers(low, high)
    ranges = st.tuples(numbers, numbers).map(lambda ends: f"{min(ends)}-{max(ends)}")
    steps = st.integers(1, high).map(lambda step: f"*/{step}")
    lists = st.lists(numbers.map(str), min_size=1, max_size=4).map(",".join)
    return st.just("*") | ranges | steps | lists


EXPRESSIONS = st.tuples(
    _items(0, 59), _items(0, 23), _items(1, 28), _items(1, 12), _items(0, 7)
).map(" ".join)


@settings(deadline=None, derandomize=True)
@given(EXPRESSIONS, EXPRESSIONS)
def test_a_verdict_agrees_with_running_both(one: str, other: str) -> None:
    """Where 500 firings differ the answer fails; where it passes they are the same."""
    start = datetime(2023, 12, 31, 23, 59, tzinfo=UTC)
    first, second = CronSim(one, start), CronSim(other, start)
    differs = any(next(first) != next(second) for _ in range(500))
    score, _ = grade(one, other)
    assert score == 0.0 or not differs
    assert grade(other, one)[0] == score
    assert grade(one, one)[0] == 1.0


@settings(deadline=None, derandomize=True)
@given(EXPRESSIONS, EXPRESSIONS)
def test_the_moment_named_is_one_at_which_only_one_fires(one: str, other: str) -> None:
    score, feedback = grade(one, other)
    if score == 1.0:
        return
    date, clock = feedback.split(",")[0].split(" ")[-2:]
    moment = datetime.fromisoformat(f"{date}T{clock}+00:00")
    just_before = moment - timedelta(seconds=1)
    by_answer = next(CronSim(one, just_before)) == moment
    by_expected = next(CronSim(other, just_before)) == moment
    assert by_answer != by_expected
    assert by_answer == ("which was not asked for" in feedback)


def test_a_wrong_expected_value_is_the_validation_sets_fault() -> None:
    with pytest.raises(cron_checks.CronExpressionError, match="task 'a-task': `expected` must be"):
        grade("0 9 * * 1", "0 9 * *")


def test_every_expected_schedule_of_the_sample_set_passes_its_own_check() -> None:
    text = (SETS / "schedule-to-cron.yaml").read_text(encoding="utf-8")
    tasks = yaml.safe_load(text)["tasks"]
    scores = {task["id"]: grade(task["expected"], task["expected"])[0] for task in tasks}
    assert set(scores.values()) == {1.0}
