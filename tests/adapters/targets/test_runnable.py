"""LangChain and LangGraph runnables as the target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

import pytest
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.messages import AIMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph

from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.models import load_litellm
from skillopt.adapters.targets import RunnableTarget
from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.loop_settings import SpendLimits
from skillopt.core.quoting import blocks
from skillopt.core.skill.skill import Skill
from skillopt.errors import CallFailed, TargetError

SKILL = Skill(text="\ufeff---\nname: greet\n---\r\n# Greet\n\nSay <<<skill 00\nhello.")


def task(given: str | tuple[Message, ...] = "Good day?") -> Task:
    return Task(id="t1", split="train", input=given, checks=(Exact(type="exact"),))


CONVERSATION = task(
    (
        Message(role="system", content="You are at the desk."),
        Message(role="user", content="Hi"),
        Message(role="assistant", content="Yes?"),
        Message(role="user", content="Good day"),
    )
)


def provider_error(name: str) -> Exception:
    made: Exception = getattr(load_litellm().exceptions, name)("boom", "openai", "m")
    return made


def agent_graph() -> Any:
    async def speak(state: MessagesState) -> dict[str, Any]:
        skill = blocks(str(state["messages"][0].content))["skill"]
        said = f"{len(state['messages'])} messages, skill of {len(skill)}"
        used = {"input_tokens": 11, "output_tokens": 4, "total_tokens": 15}
        return {"messages": [AIMessage(content=said, usage_metadata=used)]}

    graph = StateGraph(MessagesState)
    graph.add_node("speak", speak)
    graph.add_edge(START, "speak")
    graph.add_edge("speak", END)
    return graph.compile(checkpointer=InMemorySaver())


async def test_a_graph_with_a_memory_starts_afresh_each_time() -> None:
    meter = SpendMeter(SpendLimits())
    target = RunnableTarget(agent_graph(), meter=meter)
    answers = [await target.answer(SKILL, task(), trial=trial) for trial in range(2)]
    assert [answer.text for answer in answers] == [f"2 messages, skill of {len(SKILL.text)}"] * 2
    assert answers[0].usage == Usage(calls=1, prompt_tokens=11, completion_tokens=4, cost=None)
    assert meter.used.calls == 2


async def test_a_chat_model_of_langchain_is_a_target() -> None:
    answer = await RunnableTarget(FakeListChatModel(responses=["hello"])).answer(
        SKILL, CONVERSATION, trial=0
    )
    assert answer.text == "hello"


class OwnState(TypedDict, total=False):
    rules: str
    question: str
    verdict: str


async def test_a_graph_of_ones_own_shape_is_a_target() -> None:
    async def decide(state: OwnState) -> OwnState:
        return {"verdict": f"{state['question']} by {len(state['rules'])}"}

    graph = StateGraph(OwnState)
    graph.add_node("decide", decide)
    graph.add_edge(START, "decide")
    graph.add_edge("decide", END)

    def asked(skill: str, messages: list[dict[str, str]]) -> OwnState:
        return {"rules": skill, "question": messages[-1]["content"]}

    def verdict(state: Mapping[str, str]) -> str:
        return state["verdict"]

    target = RunnableTarget(graph.compile(), to_input=asked, to_text=verdict)
    answer = await target.answer(SKILL, task(), trial=0)
    assert answer.text == f"Good day? by {len(SKILL.text)}"


class Says:
    def __init__(self, output: Any) -> None:
        self.output = output

    async def ainvoke(self, input: Any, config: Any = None) -> Any:  # noqa: A002 - their name
        if isinstance(self.output, Exception):
            raise self.output
        return self.output


@pytest.mark.parametrize(
    ("output", "text"),
    [
        ("plain", "plain"),
        ({"messages": [{"role": "assistant", "content": "dict"}]}, "dict"),
        (AIMessage(content=["a", {"type": "text", "text": "b"}, {"type": "image"}]), "ab"),
    ],
    ids=["text", "dicts", "parts"],
)
async def test_the_text_is_found(output: Any, text: str) -> None:
    assert (await RunnableTarget(Says(output)).answer(None, task(), trial=0)).text == text


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ({"verdict": "x"}, TargetError),
        (None, TargetError),
        (KeyError("x"), TargetError),
        (provider_error("Timeout"), CallFailed),
    ],
    ids=["elsewhere", "none", "bug", "provider"],
)
async def test_a_runnable_that_fails(output: Any, expected: type[Exception]) -> None:
    with pytest.raises(expected):
        await RunnableTarget(Says(output)).answer(None, task(), trial=0)
