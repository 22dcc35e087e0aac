"""A LangGraph agent that tunes its own skill at night.

By day the agent answers with the skill it has. At night a graph of its own runs skillopt's graph
as a node, on the agent itself, and adopts the skill that comes out. Set MODEL and OPTIMIZER to use
real models; without them the offline practice models show the way.

Run it: python docs/examples/nightly_agent.py
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Any, TypedDict

from langchain_core.messages import AIMessage, convert_to_openai_messages
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph

import skillopt
from skillopt.adapters.models import ModelSettings
from skillopt.adapters.practice import PracticeModel
from skillopt.core.evaluation.task import Message

MODEL = os.environ.get("MODEL")
OPTIMIZER = os.environ.get("OPTIMIZER", "practice/mentor")
PROJECT = Path(__file__).parent.parent.parent
SKILL = PROJECT / "skills" / "triage-support-tickets" / "SKILL.md"
TASKS = PROJECT / "validation_sets" / "triage-support-tickets.yaml"


async def answer(state: MessagesState) -> dict[str, Any]:
    """The agent's one node: the conversation goes to the model, its reply into the state."""
    return {"messages": [AIMessage(await said(convert_to_openai_messages(state["messages"])))]}


async def said(messages: list[dict[str, Any]]) -> str:
    """The reply of MODEL, or of the practice reader."""
    if MODEL is None:
        reader = PracticeModel(ModelSettings(model="practice/reader"))
        return (await reader.complete([Message(**message) for message in messages])).text
    import litellm

    reply = await litellm.acompletion(model=MODEL, messages=messages)
    return str(reply.choices[0].message.content)


def build_agent() -> Any:
    """The agent, as it also serves by day."""
    graph = StateGraph(MessagesState)
    graph.add_node("answer", answer)
    graph.add_edge(START, "answer")
    graph.add_edge("answer", END)
    return graph.compile()


class Night(TypedDict, total=False):
    """The night's state: skillopt's counters pass through it, the new skill comes out of it."""

    run: str
    accepted: int
    skill: str


async def night(ledger: Path, *, rounds: int = 8) -> tuple[Night, list[str]]:
    """Tune the agent's skill; returns the last state and the nodes that ran, in order."""
    ran: list[str] = []
    async with skillopt.tuning(
        SKILL,
        validation_set=TASKS,
        target=build_agent(),
        optimizer=OPTIMIZER,
        ledger=ledger,
        rounds=rounds,
        deterministic=MODEL is None,
    ) as tuning:

        async def adopt(_state: Night) -> Night:
            return {"skill": (await tuning.result()).skill.text}

        graph = StateGraph(Night)
        graph.add_node("tune", tuning.graph())
        graph.add_node("adopt", adopt)
        graph.add_edge(START, "tune")
        graph.add_edge("tune", "adopt")
        graph.add_edge("adopt", END)
        nightly = graph.compile(checkpointer=InMemorySaver())
        config = {"configurable": {"thread_id": "tonight"}, "recursion_limit": 200}
        async for _, update in nightly.astream({}, config, stream_mode="updates", subgraphs=True):
            ran += list(update)
        state: Night = (await nightly.aget_state(config)).values
    return state, ran


async def main() -> None:
    """One night."""
    with tempfile.TemporaryDirectory() as folder:
        state, ran = await night(Path(folder) / "ledger.db")
    print(f"nodes: {' '.join(ran)}")
    print(f"accepted {state['accepted']} edits; the skill the agent wakes up with:\n")
    print(state["skill"])


if __name__ == "__main__":
    asyncio.run(main())
