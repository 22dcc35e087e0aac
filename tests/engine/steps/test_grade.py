"""Grading an answer by all the checks of its task."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from skillopt.adapters.checks import ProgramChecks
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.evaluation.task import Task
from skillopt.core.evaluation.trace import ToolCall, Trace
from skillopt.engine.context import Grader
from skillopt.engine.steps.grade import grade
from skillopt.errors import CallFailed, InputError
from tests.standins import ScriptedModel

CRITERIA = {"kind": "The answer is kind."}
KIND = json.dumps({"results": [{"criterion": "kind", "quote": "", "why": "rude", "met": 0.5}]})


def task(*checks: dict[str, Any], **fields: Any) -> Task:
    return Task.model_validate(
        {"id": "t", "split": "train", "input": "i", "expected": "yes", "checks": checks, **fields}
    )


def grader(*lines: Any) -> Grader:
    judge = ScriptedModel(*lines) if lines else None
    return Grader(runner=ProgramChecks(), judge=judge, criteria=CRITERIA)


RUBRIC = {"type": "rubric", "criteria": ["kind"]}
EXACT = {"type": "exact", "criterion": "right"}
COMMAND = {"type": "command", "argv": ["grep", "-q", "yes"]}
PYTHON = {"type": "python", "call": "operator:contains"}


async def test_results_stand_in_the_order_of_the_checks() -> None:
    graded = await grade(task(RUBRIC, EXACT, COMMAND), "yes", grader=grader(KIND))
    assert [found.criterion for found in graded.results] == ["kind", "right", "command"]
    assert graded.score == pytest.approx(2.5 / 3)
    assert graded.usage.calls == 1


async def test_all_is_the_minimum() -> None:
    graded = await grade(task(RUBRIC, EXACT, scoring="all"), "yes", grader=grader(KIND))
    assert graded.score == 0.5


async def test_nothing_is_paid_where_nobody_is_asked() -> None:
    graded = await grade(task(EXACT), "no", grader=grader())
    assert (graded.score, graded.usage) == (0.0, Usage())
    assert graded.results[0].feedback == 'right: expected "yes", got "no"'


async def test_a_check_that_cannot_be_had_is_missing_data_and_no_judge_is_paid() -> None:
    asked = ScriptedModel(KIND)
    broken = {"type": "command", "argv": ["no-such-program"]}
    with pytest.raises(CallFailed):
        await grade(
            task(RUBRIC, broken),
            "yes",
            grader=Grader(runner=ProgramChecks(), judge=asked, criteria=CRITERIA),
        )
    assert asked.asked == []


async def test_a_rubric_needs_a_judge() -> None:
    with pytest.raises(
        InputError, match=r"task 't' has a rubric, and there is no judge; name one with --judge"
    ):
        await grade(task(RUBRIC), "yes", grader=grader())


async def test_a_callable_that_expects_something_else_is_missing_data(tmp_path: Path) -> None:
    with pytest.raises(CallFailed, match="operator:contains failed"):
        await grade(task(PYTHON), "yes", grader=grader())


async def test_two_rubrics_are_two_calls() -> None:
    graded = await grade(task(RUBRIC, RUBRIC), "yes", grader=grader(KIND))
    assert graded.usage.calls == 2
    assert len(graded.results) == 2


async def test_a_criterion_in_a_sentence_speaks_for_itself() -> None:
    sentence = "It ends with a full stop."
    reply = KIND.replace('"kind"', json.dumps(sentence)).replace("0.5", "1")
    graded = await grade(
        task({"type": "rubric", "criteria": [sentence]}), "yes", grader=grader(reply)
    )
    assert (graded.results[0].criterion, graded.score) == (sentence, 1.0)


TOOL = {"type": "tool_used", "name": "search"}


async def test_tool_calls_are_graded_beside_the_answer() -> None:
    trace = Trace(steps=(ToolCall(name="search"),))
    graded = await grade(task(EXACT, TOOL), "no", grader=grader(), trace=trace)
    assert [found.score for found in graded.results] == [0.0, 1.0]


async def test_a_target_that_gives_no_trace_is_told_and_does_not_score_0() -> None:
    assert (await grade(task(TOOL), "", grader=grader(), trace=Trace())).score == 0.0
    with pytest.raises(InputError, match="`tool_used` check, and the target says nothing of its"):
        await grade(task(TOOL), "yes", grader=grader())
