from __future__ import annotations

from skillopt.adapters.traces.sides import Origin, find_of, named_fields
from skillopt.core.mining.candidate import Found, Skipped


def test_a_find_of_two_sides() -> None:
    found = find_of(({"question": "Ask"}, {"answer": "Say"}), "a:1", trace="t", inner=True)
    assert found == Found(input="Ask", recorded="Say", source="a:1", trace="t", inner=True)


def test_a_step_without_a_trace_stands_alone() -> None:
    found = find_of(("Ask", None), "a:1", trace=7, inner=True)
    assert found == Found(input="Ask", source="a:1")


def test_a_side_that_is_no_question() -> None:
    assert find_of((7, "Say"), "a:1") == Skipped(source="a:1", reason="no question in it")


def test_names_are_short() -> None:
    assert named_fields({"x" * 99: 1, **dict.fromkeys("abcdef")}) == ("x" * 40, *"abcd")
    assert Origin("a", 1).named("x" * 500) == f"a:1 ({'x' * 500}"[: 4 + 79]
