"""Checks of tool calls: used, not used, in order, with which arguments."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from skillopt.core.evaluation.check_mechanics import mechanics_of
from skillopt.core.evaluation.check_rules import flaw_in_check
from skillopt.core.evaluation.checks import Check, CheckResult, ToolOrder, ToolUsed, TraceCheck
from skillopt.core.evaluation.grading import LONGEST_FEEDBACK
from skillopt.core.evaluation.trace import Said, ToolCall, Trace
from skillopt.core.evaluation.trace_grading import grade_trace
from skillopt.errors import CallFailed

CHECK: TypeAdapter[TraceCheck] = TypeAdapter(Check)

TRACE = Trace(
    steps=(
        Said(text="Let me look."),
        ToolCall(name="search", arguments={"query": "blue cheese", "limit": 3}, result="2 found"),
        ToolCall(name="read", arguments={"path": "a.txt", "lines": [1, 2]}, failed=True),
        ToolCall(name="search", arguments={"query": "red", "where": {"shop": "é"}}),
        ToolCall(name="reply", arguments={}),
    )
)


def graded(check: dict[str, Any], trace: Trace = TRACE) -> CheckResult:
    return grade_trace(CHECK.validate_python(check), trace)


MET: list[dict[str, Any]] = [
    {"type": "tool_used", "name": "search"},
    {"type": "tool_used", "name": ["read", "search"]},
    {"type": "tool_used", "name": "search", "at_least": 2, "at_most": 2},
    {"type": "tool_used", "name": "write", "at_least": 0, "at_most": 1},
    {"type": "tool_not_used", "name": "write"},
    {"type": "tool_not_used", "name": ["write", "delete"]},
    {"type": "tool_order", "names": ["search", "reply"]},
    {"type": "tool_order", "names": ["search", "search"]},
    {"type": "tool_order", "names": ["search", "read", "search", "reply"], "exact": True},
    {"type": "tool_arguments", "name": "search", "arguments": {"query": "red"}},
    {"type": "tool_arguments", "name": "search", "arguments": {"limit": 3.0}},
    {"type": "tool_arguments", "name": "search", "arguments": {"where": {"shop": "e\u0301"}}},
    {"type": "tool_arguments", "name": "search", "arguments": {}, "at_least": 2},
    {"type": "tool_arguments", "name": "reply", "arguments": {}, "match": "equal"},
    {
        "type": "tool_arguments", "name": "read", "match": "equal",
        "arguments": {"path": "a.txt", "lines": [1, 2]},
    },
    {
        "type": "tool_arguments", "name": "search", "match": "regex",
        "arguments": {"query": r"^\w+ cheese$", "limit": "^3$"},
    },
    {"type": "tool_arguments", "name": "read", "match": "regex", "arguments": {"lines": r"\[1,2\]"}},
    {
        "type": "tool_arguments", "name": "search", "arguments": {"query": "white"},
        "at_least": 0, "at_most": 0,
    },
]  # fmt: skip


@pytest.mark.parametrize("check", MET)
def test_met(check: dict[str, Any]) -> None:
    assert graded(check) == CheckResult(criterion=check["type"], score=1.0)


UNMET: list[tuple[dict[str, Any], str]] = [
    (
        {"type": "tool_used", "name": "write"},
        'tool_used: expected a call of the tool "write", got "search", "read", "search", "reply"',
    ),
    ({"type": "tool_used", "name": "search", "at_most": 1}, "expected 1 call of the tool"),
    ({"type": "tool_used", "name": "search", "at_least": 3}, "expected at least 3 calls of"),
    ({"type": "tool_used", "name": "read", "at_least": 2, "at_most": 4}, "expected 2 to 4 calls"),
    ({"type": "tool_not_used"}, "expected no tool to be used, got"),
    ({"type": "tool_not_used", "name": ["write", "read"]}, 'expected no call of the tool "read"'),
    (
        {"type": "tool_order", "names": ["reply", "search"]},
        'expected the tools "reply", then "search", got no "search" in its place in',
    ),
    ({"type": "tool_order", "names": ["search", "reply"], "exact": True}, "expected exactly the"),
    (
        {"type": "tool_arguments", "name": "search", "arguments": {"query": "white"}},
        (
            'expected a call of "search" with {"query": "white"}, got 0 of 2: expected "white" at '
            '`query`, got "blue cheese"'
        ),
    ),
    (
        {"type": "tool_arguments", "name": "write", "arguments": {"a": 1}},
        'expected a call of the tool "write", got "search"',
    ),
    (
        {"type": "tool_arguments", "name": "search", "arguments": {"limit": 3}, "match": "equal"},
        "expected a call of",
    ),
    ({"type": "tool_arguments", "name": "search", "arguments": {"limit": True}}, "expected true"),
    (
        {
            "type": "tool_arguments", "name": "search", "arguments": {"query": "red"},
            "at_least": 0, "at_most": 0,
        },
        "expected no call of",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("check", "feedback"), UNMET)
def test_not_met(check: dict[str, Any], feedback: str) -> None:
    found = graded(check)
    assert found.score == 0.0
    assert feedback in found.feedback


def test_without_any_call() -> None:
    assert graded({"type": "tool_not_used"}, Trace()).score == 1.0
    assert graded({"type": "tool_used", "name": "a"}, Trace()).feedback.endswith("no tool calls")


def test_a_pattern_stays_with_the_grader() -> None:
    check = {
        "type": "tool_arguments", "name": "search", "match": "regex",
        "arguments": {"query": r"^order-\d{4}$"},
    }  # fmt: skip
    assert "order" not in graded(check).feedback
    assert "blue cheese" in graded(check).feedback
    said = graded({**check, "says": "the query is the order's number"}).feedback
    assert "expected: the query is the order's number; got" in said
    assert mechanics_of(CHECK.validate_python(check)).windows


def test_a_pattern_without_end_is_missing_data() -> None:
    slow = Trace(steps=(ToolCall(name="t", arguments={"a": "a" * 60 + "b"}),))
    check = {
        "type": "tool_arguments", "name": "t", "match": "regex", "arguments": {"a": "^(a|aa|a?)+$"},
    }  # fmt: skip
    with pytest.raises(CallFailed):
        graded(check, slow)


@pytest.mark.parametrize(
    ("check", "field", "says"),
    [
        ({"type": "tool_used", "name": []}, "name", "empty"),
        ({"type": "tool_used", "name": "a", "at_least": 0}, "at_least", "always there"),
        ({"type": "tool_used", "name": "a", "at_most": 0}, "at_most", "less than"),
        (
            {"type": "tool_arguments", "name": "a", "arguments": {"x": "("}, "match": "regex"},
            "arguments",
            "`x`: '(' is not a regular expression",
        ),
        (
            {"type": "tool_arguments", "name": "a", "arguments": {"x": 1}, "match": "regex"},
            "arguments",
            "`x` must be a pattern",
        ),
        (
            {"type": "tool_arguments", "name": "a", "arguments": {"x": float("inf")}},
            "arguments",
            "not a JSON number",
        ),
    ],
)
def test_flaws_are_found_before_any_call(check: dict[str, Any], field: str, says: str) -> None:
    flaw = flaw_in_check(CHECK.validate_python(check), {})
    assert flaw is not None
    assert flaw.field == field
    assert says in flaw.message


NAMES = st.lists(st.sampled_from("abc"), max_size=8)


@given(NAMES, NAMES.filter(bool))
def test_an_order_is_a_subsequence(used: list[str], asked: list[str]) -> None:
    trace = Trace(steps=tuple(ToolCall(name=name) for name in used))
    found = grade_trace(ToolOrder(type="tool_order", names=tuple(asked)), trace)

    def is_subsequence(part: list[str], whole: list[str]) -> bool:
        if not part:
            return True
        if part[0] not in whole:
            return False
        return is_subsequence(part[1:], whole[whole.index(part[0]) + 1 :])

    assert found.score == is_subsequence(asked, used)


@given(NAMES, st.integers(0, 4), st.integers(0, 4))
def test_counts_are_a_range(used: list[str], least: int, most: int) -> None:
    trace = Trace(steps=tuple(ToolCall(name=name) for name in used))
    check = ToolUsed(type="tool_used", name="a", at_least=least, at_most=most)
    assert grade_trace(check, trace).score == (least <= used.count("a") <= most)


def test_feedback_is_bounded() -> None:
    trace = Trace(steps=tuple(ToolCall(name="n" * 1000) for _ in range(2000)))
    found = graded({"type": "tool_used", "name": "x" * 1000}, trace)
    assert len(found.feedback) <= LONGEST_FEEDBACK
