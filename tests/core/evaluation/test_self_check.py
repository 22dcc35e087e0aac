"""The assessment after the end marker is taken off, and the answer is graded as without it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.evaluation.asked import for_target
from skillopt.core.evaluation.checks import Check, Contains, Exact, Json, Number, Regex
from skillopt.core.evaluation.grading import grade_check
from skillopt.core.evaluation.self_check import (
    INSTRUCTION,
    LONGEST,
    MARKER,
    confidence_in,
    parted,
    self_checked,
)
from skillopt.core.evaluation.task import Task

TASK = Task(id="t", split="train", input="Where?", expected="7", checks=(Exact(type="exact"),))
CHECKS: tuple[Check, ...] = (
    Exact(type="exact"),
    Contains(type="contains"),
    Contains(type="contains", absent=True),
    Regex(type="regex", pattern=r"\A\s*7\Z"),
    Regex(type="regex", pattern=r"(?i)confidence|\d\d"),
    Number(type="number"),
    Json(type="json", value=7),
)
answers = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["7", "  7", "It is 7", "7.0", "```json\n7\n```", "Confidence: 7", ""]),
)
assessments = st.one_of(
    st.text(max_size=20), st.integers(-5, 105).map(lambda n: f"Confidence: {n}")
)
gaps = st.sampled_from([" ", "\n", "\n\n", "\r\n", ""])


@given(answers, gaps, assessments)
def test_the_stripped_answer_is_graded_exactly_as_without_self_check(
    answer: str, gap: str, assessment: str
) -> None:
    answer = answer.rstrip()
    found = parted(f"{answer}{gap}{MARKER}\n{assessment.replace(MARKER, '')}")
    assert found.answer == answer
    for check in CHECKS:
        assert grade_check(check, found.answer, TASK) == grade_check(check, answer, TASK)


@given(st.text(max_size=60).filter(lambda text: MARKER not in text.lower()))
def test_without_a_marker_all_of_it_is_the_answer(text: str) -> None:
    assert parted(text) == (text, None)


def test_the_last_marker_counts_and_its_case_does_not() -> None:
    found = parted(f"I end with {MARKER} as asked: bakery\n[End of Answer]\nConfidence: 80")
    assert found.answer == f"I end with {MARKER} as asked: bakery"
    assert found.assessment is not None
    assert found.assessment.confidence == 0.8


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        ("Confidence: 80", 0.8),
        ("confidence = 80 %", 0.8),
        ("**Confidence:** 100", 1.0),
        ("Confidence: 0.35", 0.35),
        ("Confidence: 1.0", 1.0),
        ("Confidence: 1", 0.01),
        ("Confidence: 0.5 %", 0.005),
        ("Confidence: 72,5", 0.725),
        ("2 checks done. Confidence: 90/100", 0.9),
        ("about 60", 0.6),
        ("Confidence: high", None),
        ("Confidence: 140", None),
        ("Confidence: -3", None),
        ("", None),
    ],
)
def test_confidence_is_read_in_per_cent_or_as_a_fraction(
    text: str, confidence: float | None
) -> None:
    assert confidence_in(text) == confidence


def test_a_long_assessment_is_clipped_and_still_read() -> None:
    found = parted(f"7\n{MARKER}\n{'x' * 600} confidence: 40").assessment
    assert found is not None
    assert (len(found.text), found.confidence) == (LONGEST, 0.4)


def test_the_instruction_stands_in_what_is_asked_and_not_in_the_task() -> None:
    made = self_checked(TASK)
    assert made.text == "Where?"
    assert for_target(made).text == f"Where?\n\n{INSTRUCTION}"
    assert json.dumps(INSTRUCTION).count(MARKER) == 1
