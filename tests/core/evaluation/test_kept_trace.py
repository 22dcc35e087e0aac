"""What is kept of a trace is bounded, counted, and without secrets."""

from __future__ import annotations

import pytest

from skillopt.core.evaluation.kept_trace import (
    LONGEST_TEXT,
    MOST_CHARS,
    MOST_FILES,
    MOST_STEPS,
    kept_files,
    kept_trace,
)
from skillopt.core.evaluation.trace import ProducedFile, Said, ToolCall, Trace
from skillopt.core.value import canonical_json

KEY = "sk-ant-api03-" + "aB3dE5gH7" * 10


def kept(*steps: Said | ToolCall, answer: str = "the answer") -> Trace:
    made = kept_trace(Trace(steps=steps), answer=answer)
    assert made is not None
    return made


def test_no_trace_is_no_trace_and_an_empty_one_is_one() -> None:
    assert kept_trace(None, answer="") is None
    assert kept() == Trace()


def test_a_small_one_is_kept_as_it_is() -> None:
    call = ToolCall(name="search", arguments={"q": "x", "n": 3}, result="y", failed=True)
    assert kept(Said(text="Let me see."), call) == Trace(steps=(Said(text="Let me see."), call))


def test_steps_beyond_the_most_are_counted() -> None:
    made = kept_trace(
        Trace(steps=tuple(ToolCall(name=f"t{n}") for n in range(MOST_STEPS + 5)), left_out=2),
        answer="",
    )
    assert made is not None
    assert (len(made.steps), made.left_out) == (MOST_STEPS, 7)
    assert made.tool_calls[0].name == "t0"


def test_long_ones_are_cut_and_all_of_them_are_bounded() -> None:
    long = ToolCall(name="t", arguments={"a": "x" * 9000, "b": "short"}, result="y" * 1_000_000)
    made = kept(*[long] * 100)
    first = made.tool_calls[0]
    assert first.result is not None
    assert first.result.endswith("characters left out …]")
    assert len(first.result) < LONGEST_TEXT + 100
    assert first.arguments["b"] == "short"
    assert len(canonical_json(made.model_dump())) < 1.2 * MOST_CHARS
    assert made.left_out == 100 - len(made.steps) > 0


def test_arguments_that_are_too_many_are_cut_as_a_whole() -> None:
    (call,) = kept(ToolCall(name="t", arguments={f"k{n}": n for n in range(5000)})).tool_calls
    assert list(call.arguments) == ["(cut)"]
    assert len(call.arguments["(cut)"]) < LONGEST_TEXT + 100


def test_secrets_are_taken_out_also_where_the_text_is_cut() -> None:
    edge = "x " * (LONGEST_TEXT // 2 - 20) + KEY
    made = kept(
        Said(text=edge),
        ToolCall(name="t", arguments={"h": {"api_key": "hunter2hunter2"}, "u": KEY}, result=edge),
    )
    written = made.model_dump_json()
    assert KEY[:30] not in written
    assert "hunter2" not in written
    assert "[redacted]" in written


@pytest.mark.parametrize("last", ["the answer", " the answer\n"])
def test_the_answer_itself_is_not_kept_twice(last: str) -> None:
    before = Said(text="hm")
    assert kept(before, Said(text=last)) == Trace(steps=(before,))
    user = Said(role="user", text=last)
    assert kept(user).steps == (user,)


def test_files_are_bounded_and_without_secrets() -> None:
    files = [
        ProducedFile(path=f"f{n:03}", digest="0" * 64, size=9, text=KEY + "z" * 100_000)
        for n in range(MOST_FILES + 9)
    ]
    made = kept_files(files[::-1])
    assert [file.path for file in made] == [f"f{n:03}" for n in range(MOST_FILES)]
    assert all(len(file.text or "") < LONGEST_TEXT + 100 for file in made)
    assert KEY not in made[0].model_dump_json()
    assert (made[0].digest, made[0].size) == ("0" * 64, 9)
