from __future__ import annotations

from skillopt.core.evaluation.rollout import Answer
from skillopt.core.evaluation.trace import ProducedFile, Said, ToolCall, Trace


def test_tool_calls_in_order() -> None:
    search = ToolCall(name="search", arguments={"query": "x"}, result="y")
    write = ToolCall(name="write", failed=True)
    trace = Trace(steps=(search, Said(text="so"), write))
    assert trace.tool_calls == (search, write)


def test_an_answer_with_all_of_it_reads_back() -> None:
    answer = Answer(
        text="done",
        trace=Trace(steps=(Said(role="user", text="a\0b"), ToolCall(name="t")), left_out=3),
        files=(ProducedFile(path="a.txt", digest="0" * 64, size=1, text="x"),),
    )
    assert Answer.model_validate_json(answer.model_dump_json()) == answer
