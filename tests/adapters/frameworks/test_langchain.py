"""Messages of LangChain as a trace, and the calls of models counted as they are."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from langchain_core.language_models.fake_chat_models import FakeMessagesListChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langgraph.graph import END, START, MessagesState, StateGraph

from skillopt import traces
from skillopt.adapters.frameworks.langchain import trace_of, usage_of
from skillopt.adapters.targets import RunnableTarget
from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.evaluation.trace import Said, ToolCall
from skillopt.errors import TargetError


def usage(given: int, said: int) -> dict[str, int]:
    return {"input_tokens": given, "output_tokens": said, "total_tokens": given + said}


MESSAGES: list[Any] = [
    SystemMessage("Be kind."),
    HumanMessage("Where is it?"),
    AIMessage(
        [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "I look."}],
        tool_calls=[
            {"name": "search", "args": {"q": "it"}, "id": "1", "type": "tool_call"},
            {"name": "read", "args": {"path": "x"}, "id": "2", "type": "tool_call"},
        ],
        usage_metadata=usage(10, 2),
    ),
    ToolMessage("no such file", tool_call_id="2", status="error"),
    ToolMessage([{"type": "text", "text": "found"}], tool_call_id="1"),
    AIMessage(
        "",
        invalid_tool_calls=[
            {
                "name": "send",
                "args": "{oops",
                "id": "3",
                "error": "bad",
                "type": "invalid_tool_call",
            }
        ],
    ),
    AIMessage("Here.", usage_metadata=usage(30, 4)),
]
STEPS = (
    Said(text="I look."),
    ToolCall(name="search", arguments={"q": "it"}, result="found"),
    ToolCall(name="read", arguments={"path": "x"}, result="no such file", failed=True),
    ToolCall(name="send", arguments={"(not JSON)": "{oops"}, result="bad", failed=True),
    Said(text="Here."),
)


@pytest.mark.parametrize("output", [MESSAGES, {"messages": MESSAGES}])
def test_messages_are_an_answer(output: Any) -> None:
    answer = traces.langchain(output)
    assert answer.text == "Here."
    assert answer.usage == Usage(calls=3, prompt_tokens=40, completion_tokens=6, cost=None)
    assert answer.trace is not None
    assert answer.trace.steps == STEPS


def test_what_was_given_is_not_its_own() -> None:
    before = [HumanMessage("Hi"), AIMessage("Yes?"), *MESSAGES[1:]]
    assert trace_of(before, given=3).steps == STEPS
    assert usage_of(before, given=3).calls == 3
    assert usage_of(before).calls == 4


def test_messages_may_be_mappings_as_openai_writes_them() -> None:
    call = {"id": "1", "function": {"name": "search", "arguments": '{"q": "it"}'}}
    answer = traces.langchain(
        [
            {"role": "user", "content": "?"},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "1", "content": "found"},
            {"role": "assistant", "content": "Here."},
        ]
    )
    assert answer.text == "Here."
    assert answer.trace is not None
    assert answer.trace.tool_calls == (
        ToolCall(name="search", arguments={"q": "it"}, result="found"),
    )


@pytest.mark.parametrize("output", ["text", None, [], [HumanMessage("x")], SimpleNamespace()])
def test_what_is_no_answer_is_the_targets_failure(output: Any) -> None:
    with pytest.raises(TargetError):
        traces.langchain(output)


def agent() -> Any:
    """A graph whose subgraph asks a model, too, and tells nothing of it."""
    inner = FakeMessagesListChatModel(responses=[AIMessage("hm", usage_metadata=usage(5, 1))])
    outer = FakeMessagesListChatModel(responses=[AIMessage("Here.", usage_metadata=usage(7, 2))])

    async def think(state: MessagesState) -> dict[str, Any]:
        await asyncio.gather(*(inner.ainvoke("think") for _ in range(2)))
        return {"messages": []}

    async def speak(state: MessagesState) -> dict[str, Any]:
        return {"messages": [await outer.ainvoke(state["messages"])]}

    graph = StateGraph(MessagesState)
    graph.add_node("think", think)
    graph.add_node("speak", speak)
    graph.add_edge(START, "think")
    graph.add_edge("think", "speak")
    graph.add_edge("speak", END)
    return graph.compile()


async def test_a_runnables_calls_are_counted_wherever_they_are_made() -> None:
    conversation = (
        Message(role="user", content="Hi"),
        Message(role="assistant", content="Yes?"),
        Message(role="user", content="Where?"),
    )
    task = Task(id="t", split="train", input=conversation, checks=(Exact(type="exact"),))
    answer = await RunnableTarget(agent()).answer(None, task, trial=0)
    assert answer.usage == Usage(calls=3, prompt_tokens=17, completion_tokens=4, cost=None)
    assert answer.trace is not None
    assert answer.trace.steps == (Said(text="Here."),)
