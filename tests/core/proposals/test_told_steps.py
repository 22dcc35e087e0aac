"""A trace as the optimizer reads it: in order, bounded, with what is left out counted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.evaluation.trace import Said, ToolCall, Trace
from skillopt.core.proposals.told_steps import MOST_CHARS, MOST_STEPS, told_steps


def test_no_trace_is_told_from_one_without_steps() -> None:
    assert told_steps(None) == ()
    assert told_steps(Trace()) == ("(no steps)",)


def test_a_line_a_step() -> None:
    trace = Trace(
        steps=(
            Said(text="Let me look."),
            ToolCall(name="search", arguments={"q": "x"}, result="2 found"),
            ToolCall(name="read", arguments={"path": "a"}, result="no such file", failed=True),
            ToolCall(name="stop"),
        )
    )
    assert told_steps(trace) == (
        "assistant: Let me look.",
        'search({"q":"x"}) returned: 2 found',
        'read({"path":"a"}) failed: no such file',
        "stop({})",
    )


def test_the_middle_is_left_out_and_counted_as_is_what_was_not_kept() -> None:
    trace = Trace(steps=tuple(ToolCall(name=f"t{n}") for n in range(100)), left_out=7)
    lines = told_steps(trace)
    assert (lines[0], lines[-2]) == ("t0({})", "t99({})")
    assert f"[… {100 - MOST_STEPS} steps left out …]" in lines
    assert lines[-1] == "[… 7 steps left out …]"


@given(st.lists(st.integers(0, 5000), max_size=120))
def test_all_of_them_are_bounded(sizes: list[int]) -> None:
    trace = Trace(steps=tuple(ToolCall(name="t", result="x" * size) for size in sizes))
    lines = told_steps(trace)
    assert sum(map(len, lines)) <= MOST_CHARS + 100
    told = [line for line in lines if line.startswith("t(")]
    left_out = sum(
        int(line.split()[1])
        for line in lines
        if line.endswith("left out …]") and line.startswith("[…")
    )
    assert len(told) + left_out == len(sizes)
