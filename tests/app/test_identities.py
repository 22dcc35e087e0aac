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
from skillopt.adapters.models import CallableModel
from skillopt.core.evaluation.checks import Exact
from skillopt.core.events import Event, IdentityUnknown, RolloutDone, RunStarted
from skillopt.core.history.own_target import OwnTarget
from skillopt.errors import InputError
from tests.killing import killed
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


def idle(messages: list[dict[str, str]]) -> str:
    return '{"idea": "none", "edits": [], "critiques": []}'


async def tuned(tmp_path: Path, target: Any, **options: Any) -> skillopt.Run:
    given = {"optimizer": idle, "rounds": 1, "write": False, "concurrency": 1, **options}
    ledger = tmp_path / "ledger.db"
    return await skillopt.atune(SKILL, validation_set=TASKS, target=target, ledger=ledger, **given)


async def test_a_run_without_an_identity_is_not_paid_twice_in_silence(
    opened: socket.socket, tmp_path: Path
) -> None:
    log: list[str] = []
    agent = holding(opened, log)
    await killed(lambda dies: tuned(tmp_path, agent, on_event=dies), at=RolloutDone)
    paid = len(log)
    assert paid
    with pytest.raises(InputError, match="has not finished and cannot be resumed") as told:
        await tuned(tmp_path, agent)
    for said in ("the target has no identity", "held", "pass identity='...'", "another seed"):
        assert said in str(told.value)
    assert len(log) == paid
    await killed(
        lambda dies: tuned(tmp_path, agent, identity="desk 1", on_event=dies), at=RolloutDone
    )
    resumed: list[Event] = []
    named = await tuned(tmp_path, agent, identity="desk 1", on_event=resumed.append)
    assert next(event for event in resumed if isinstance(event, RunStarted)).resumed
    assert named.record.own_target == OwnTarget(name="desk 1", identity="named")
    other = await tuned(tmp_path, agent, seed=8)
    assert other.record.shown_target.endswith("holding.<locals>.agent (identity unknown)")
    again = await tuned(tmp_path, agent, seed=8)  # that one has finished: this is another
    assert again.record.id != other.record.id


async def test_the_same_for_an_optimizer(opened: socket.socket, tmp_path: Path) -> None:
    def optimizer(messages: list[dict[str, str]]) -> str:
        return idle(messages) if opened else ""

    await killed(
        lambda dies: tuned(tmp_path, closure(WRONG), optimizer=optimizer, on_event=dies),
        at=RolloutDone,
    )
    with pytest.raises(InputError, match=r"CallableModel\(\.\.\., identity="):
        await tuned(tmp_path, closure(WRONG), optimizer=optimizer)
    own = await tuned(tmp_path, closure(WRONG), optimizer=CallableModel(optimizer, identity="o"))
    assert own.record.own_target is not None
    assert own.record.own_target.identity == "derived"


async def test_a_target_of_ones_own_beside_practice_models_is_named(tmp_path: Path) -> None:
    run = await tuned(tmp_path, closure(WRONG), practice=True)
    assert run.record.shown_target.startswith("tests.app.test_identities.closure.<locals>.agent (")


async def test_a_command_is_named_by_a_setting(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    script = folder / "agent.sh"
    script.write_text(f"printf {WRONG}")
    command = {"target": None, "target_command": f"sh {script}"}
    assert await score(tmp_path, **command, target_identity="desk 1") == 0
    script.write_text(f"printf {RIGHT}")
    assert await score(tmp_path, **command, target_identity="desk 1") == 0
    assert await score(tmp_path, **command, target_identity="desk 2") == 1
    assert await score(tmp_path, **command) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"target": "practice/reader", "target_identity": "x"}, "names a target_command"),
        ({"target": None, "target_command": "true", "target_identity": ""}, "target_identity=''"),
        ({"target": closure("x"), "identity": ""}, "names nothing"),
        ({"target": "practice/reader", "identity": "x"}, "model string"),
    ],
)
async def test_an_identity_that_names_nothing(
    options: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=said):
        await score(tmp_path, **options)
