"""Streams of JSON lines, whole and broken."""

from __future__ import annotations

import pytest

from skillopt.core.agents.stream import (
    LONGEST_STEP,
    MOST_STEPS,
    AgentFailed,
    Recorder,
    as_text,
    events,
)
from skillopt.core.evaluation.trace import Said, ToolCall


def test_lines_that_are_no_objects_are_passed_over() -> None:
    out = 'Warning: old node\n\n{"type": "a"}\r\n[1]\n  {"type": "b"}\nnull\n'
    assert [event["type"] for event in events(out)] == ["a", "b"]


@pytest.mark.parametrize(
    ("out", "says"),
    [
        ('{"type": "a"}\n{"type": "b', "ends in the middle of an object"),
        ('{"type": a}\n{"type": "b"}', "line 1 of its output is no JSON"),
        ('{"a":' * 100_000, "ends in the middle"),
        ('{"a": ' + "9" * 5_000 + "}\n{}", "line 1"),
    ],
)
def test_a_broken_object_is_the_agents_failure(out: str, says: str) -> None:
    with pytest.raises(AgentFailed, match=says) as caught:
        list(events(out))
    assert caught.value.cause == "agent"
    assert len(str(caught.value)) < 400


def test_calls_get_their_results_whenever_they_come() -> None:
    found = Recorder()
    found.called("1", "read", {"path": "a"})
    found.called("2", "read", "b")
    found.called("1", "read", {"path": "again"})
    found.returned("2", [{"type": "text", "text": "two"}, {"type": "image"}], failed=True)
    found.returned("1", {"lines": 1})
    found.returned("3", "nobody asked")
    found.said("assistant", " ")
    found.said("assistant", 3)
    steps = found.heard("").trace.steps
    assert steps == (
        ToolCall(name="read", arguments={"path": "a"}, result='{"lines": 1}'),
        ToolCall(name="read", arguments={"input": "b"}, result="two\n[image]", failed=True),
    )


def test_a_trace_is_bounded() -> None:
    found = Recorder()
    for number in range(MOST_STEPS + 5):
        found.said("user", f"{number} " + "x" * (2 * LONGEST_STEP if number == 0 else 1))
    trace = found.heard("").trace
    assert (len(trace.steps), trace.left_out) == (MOST_STEPS, 5)
    assert isinstance(trace.steps[0], Said)
    assert len(trace.steps[0].text) < LONGEST_STEP + 100


def test_figures_that_are_none_count_nothing() -> None:
    found = Recorder()
    for odd in (None, "12", True, -3, 1e30, float("nan"), [1]):
        found.tokens(odd, odd)
        found.paid(odd)
    used = found.heard("").usage
    assert (used.calls, used.prompt_tokens, used.completion_tokens) == (1, 0, 0)
    assert used.cost is None
    found.tokens(3, 4)
    found.paid(0.5)
    assert found.heard("").usage.cost == 0.5


def test_any_content_has_a_text() -> None:
    assert [as_text(one) for one in ("a", None, 3, ["x"])] == ["a", "", "3", '["x"]']
