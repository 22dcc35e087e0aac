"""A `file` check, once the file was read."""

from __future__ import annotations

from typing import Any

import pytest

from skillopt.core.evaluation.check_mechanics import mechanics_of
from skillopt.core.evaluation.check_rules import flaw_in_check, flaw_in_expected
from skillopt.core.evaluation.checks import File
from skillopt.core.evaluation.file_grading import FoundFile, grade_file
from skillopt.core.evaluation.leak_index import LeakIndex
from skillopt.core.evaluation.task import Task


def check(**fields: Any) -> File:
    return File.model_validate({"type": "file", "path": "out/a.json", **fields})


def task(given: File, expected: Any = None) -> Task:
    return Task(id="t", split="train", input="x", checks=(given,), expected=expected)


JSON = {"type": "json", "mode": "subset", "value": {"total": 3}}


@pytest.mark.parametrize(
    ("fields", "found", "score", "says"),
    [
        ({}, FoundFile(text=""), 1, ""),
        ({}, FoundFile(flaw="which is no regular file"), 1, ""),
        ({}, FoundFile(), 0, 'expected the file "out/a.json", got no such file among those'),
        ({"says": "a report"}, FoundFile(), 0, "expected: a report; got no such file"),
        ({"absent": True}, FoundFile(), 1, ""),
        ({"absent": True}, FoundFile(text="x"), 0, 'expected no file "out/a.json", got the file'),
        ({"content": JSON}, FoundFile(text='{"total": 3, "n": 1}'), 1, ""),
        ({"content": JSON}, FoundFile(text='{"total": 4}'), 0, "out/a.json: json: expected"),
        ({"content": JSON}, FoundFile(flaw="which is not UTF-8 at byte 0"), 0, "not UTF-8"),
        ({"content": {"type": "exact"}}, FoundFile(text="right\n"), 1, ""),
        ({"content": {"type": "contains", "value": "no"}}, FoundFile(text="a"), 0, '"no" in it'),
        ({"content": {"type": "regex", "pattern": "^a$"}}, FoundFile(text="a"), 1, ""),
        ({"content": {"type": "number", "value": 3}}, FoundFile(text="it is 3"), 1, ""),
    ],
)
def test_files_are_graded(
    fields: dict[str, Any], found: FoundFile, score: float, says: str
) -> None:
    given = check(**fields)
    result = grade_file(given, found, task(given, "right"), others=("b", "c"))
    assert (result.score, result.criterion) == (score, "file")
    assert says in result.feedback
    assert bool(result.feedback) is bool(says)


def test_what_a_check_of_a_file_breaks_is_said_in_its_content() -> None:
    flaw = flaw_in_check(check(content={"type": "regex", "pattern": "("}), {})
    assert flaw is not None
    assert flaw.field == "content"
    assert "`pattern`: '(' is not a regular expression" in flaw.message
    both = flaw_in_check(check(absent=True, content={"type": "exact"}), {})
    assert both is not None
    assert "remove one" in both.message
    assert "nothing to compare with" in (
        flaw_in_expected(check(content={"type": "exact"}), None) or ""
    )
    assert flaw_in_expected(check(), None) is None


def test_its_pattern_and_its_answer_stay_with_the_grader() -> None:
    pattern = check(content={"type": "regex", "pattern": r"INV-\d{6}-[A-Z]+"})
    assert mechanics_of(pattern).literals
    answer = check(content={"type": "exact", "value": "heron number nine"})
    assert [one.plain for one in LeakIndex([task(answer)]).answers[0]] == ["heron number nine"]
