"""Stored rollouts of one target are never another one's."""

from __future__ import annotations

import functools
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableLambda
from langgraph.graph import START, MessagesState, StateGraph

import skillopt
from skillopt.core.evaluation.checks import Exact
from skillopt.core.events import Event, IdentityUnknown
from skillopt.errors import InputError
from tests.scripted import SKILL

RIGHT, WRONG = "white", "blue"
TASKS = skillopt.ValidationSet(
    name="colours",
    tasks=tuple(
        skillopt.Task(
            id=f"{split}-{at}",
            split=split,
            input=f"What colour is milk {split} {at}?",
            expected=RIGHT,
            checks=(Exact(type="exact"),),
        )
        for split in ("train", "validation", "test")
        for at in range(3)
    ),
)


def closure(said: str, log: list[str] | None = None) -> Any:
    def agent(skill: str, question: str) -> str:
        if log is not None:
            log.append(question)
        return said

    return agent


def answer(said: str, skill: str, question: str) -> str:
    return said


class Desk:
    def __init__(self, said: str) -> None:
        self.said = said

    def ask(self, skill: str, question: str) -> str:
        return self.said

    def __call__(self, skill: str, question: str) -> str:
        return self.said


def graph(said: str) -> Any:
    built = StateGraph(MessagesState)
    built.add_node(
        "ask", lambda state: {"messages": [AIMessage(said, name=state["messages"][0].name)]}
    )
    built.add_edge(START, "ask")
    return built.compile(name="desk")


KINDS: dict[str, Any] = {
    "closure": closure,
    "partial": lambda said: functools.partial(answer, said),
    "bound method": lambda said: Desk(said).ask,
    "callable object": Desk,
    "chat model": lambda said: FakeListChatModel(responses=[said]),
    "runnable": lambda said: RunnableLambda(lambda given: said if given else ""),
    "graph": graph,
}


async def score(tmp_path: Path, target: Any, **options: Any) -> float:
    given = {"target": target, "ledger": tmp_path / "ledger.db", **options}
    return (await skillopt.aevaluate(SKILL, validation_set=TASKS, **given)).score.mean


@pytest.mark.parametrize("kind", KINDS)
async def test_two_targets_of_one_name(kind: str, tmp_path: Path) -> None:
    make = KINDS[kind]
    assert await score(tmp_path, make(WRONG)) == 0
    assert await score(tmp_path, make(RIGHT)) == 1
    assert await score(tmp_path, make(WRONG)) == 0


async def test_the_same_target_is_not_paid_twice(tmp_path: Path) -> None:
    log: list[str] = []
    agent = closure(RIGHT, log)
    assert await score(tmp_path, agent) == await score(tmp_path, agent) == 1
    assert await score(tmp_path, closure(RIGHT, [])) == 1
    assert len(log) == 3


async def test_an_explicit_identity_wins(tmp_path: Path) -> None:
    assert await score(tmp_path, closure(RIGHT), identity="agent 1") == 1
    assert await score(tmp_path, closure(WRONG), identity="agent 1") == 1
    assert await score(tmp_path, closure(WRONG), identity="agent 2") == 0


def holding(held: object, log: list[str]) -> Any:
    def agent(skill: str, question: str) -> str:
        log.append(question)
        return RIGHT if held else WRONG

    return agent


@pytest.fixture
def opened() -> Iterator[socket.socket]:
    with socket.socket() as held:
        yield held


async def test_what_cannot_be_compared_is_this_runs_alone(
    opened: socket.socket, tmp_path: Path
) -> None:
    log: list[str] = []
    heard: list[Event] = []
    agent = holding(opened, log)
    options = {"validation_set": TASKS, "ledger": tmp_path / "ledger.db"}
    first = await skillopt.aevaluate(SKILL, target=agent, on_event=heard.append, **options)
    await skillopt.aevaluate(SKILL, target=agent, **options)
    assert len(log) == 6
    (told,) = [event for event in heard if isinstance(event, IdentityUnknown)]
    assert told.role == "target"
    assert first.warnings == (told.told,)
    assert "held" in told.told
    assert "pass identity='...'" in told.told
    named = await skillopt.aevaluate(SKILL, target=agent, identity="desk", **options)
    await skillopt.aevaluate(SKILL, target=agent, identity="desk", **options)
    assert named.warnings == ()
    assert len(log) == 9


async def test_optimizer_and_judge_follow_the_same_rule(
    opened: socket.socket, tmp_path: Path
) -> None:
    heard: list[Event] = []

    def optimizer(messages: list[dict[str, str]]) -> str:
        return '{"idea": "none", "edits": [], "critiques": []}' if opened else ""

    run = await skillopt.atune(
        SKILL,
        validation_set=TASKS,
        target=closure(WRONG),
        optimizer=optimizer,
        ledger=tmp_path / "ledger.db",
        on_event=heard.append,
        rounds=1,
        write=False,
    )
    (told,) = [event for event in heard if isinstance(event, IdentityUnknown)]
    assert (told.role, run.warnings) == ("optimizer", (told.told,))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"target": closure("x"), "identity": ""}, "names nothing"),
        ({"target": "practice/reader", "identity": "x"}, "model string"),
    ],
)
async def test_an_identity_that_names_nothing(
    options: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=said):
        await score(tmp_path, **options)
