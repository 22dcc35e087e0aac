"""What is said of a validation set before a cent is spent."""

from __future__ import annotations

import pytest

from skillopt.core.gate import GatePolicy, power
from tests.core.gate.contests import KINDS


def test_the_race_on_24_tasks() -> None:
    """The study's sentence: 24 points 4 times in 5; the product's own measure says the same."""
    found = power(24, None, GatePolicy(kind="race"))
    assert found.mde80 == pytest.approx(0.24, abs=0.005)
    assert found.text.startswith(
        "24 validation tasks: this gate finds gains ≥ 24 points 4 times in 5, ≥ 14 points every "
        "second time; smaller gains are mostly rejected."
    )
    assert "60 tasks → 15; graded scores → 16" in found.text
    assert found.warnings == ()


@pytest.mark.parametrize("kind", KINDS)
def test_more_tasks_grades_and_less_spread_find_smaller_gains(kind: str) -> None:
    policy = GatePolicy.model_validate({"kind": kind})
    few, many = power(20, None, policy), power(80, None, policy)
    assert many.mde80 == pytest.approx(few.mde80 / 2)
    assert power(20, None, policy, graded=True).mde80 < few.mde80
    assert power(20, 0.21, policy).mde80 == pytest.approx(few.mde80 / 2)
    assert few.mde50 < few.mde80


@pytest.mark.parametrize(
    ("tasks", "warnings", "certifies"), [(20, 0, True), (19, 1, True), (8, 1, True), (7, 1, False)]
)
def test_few_tasks_are_warned_about(tasks: int, warnings: int, *, certifies: bool) -> None:
    found = power(tasks, None, GatePolicy())
    assert len(found.warnings) == warnings
    assert found.certifies is certifies


def test_no_tasks_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one task"):
        power(0, None, GatePolicy())
