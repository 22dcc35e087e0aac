"""The graph of a run: its nodes, its ways, and its place in graphs of one's own."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypedDict

import pytest
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph

import skillopt
from skillopt.adapters.meter import SpendMeter
from skillopt.core.evaluation.task import Task
from skillopt.core.events import GateOpened, RoundDecided
from skillopt.core.loop_settings import SpendLimits
from skillopt.engine.graph import compile_graph, steps_of
from skillopt.engine.start import Opening, Start
from skillopt.errors import RunStopped, SpendExhausted
from tests.engine.setups import ALL_WORDS, NOTHING, RUN, draft_of, record_of, setup_of, with_text
from tests.scripted import DESKS, SKILL, agent, learner, proposing, tasks
from tests.standins import ScriptedModel
from tests.standins_ledger import MemoryLedger
from tests.targets import ScriptedTarget

NONE = json.dumps({"critiques": []})


def start_of(
    *replies: str,
    target: ScriptedTarget | None = None,
    first: skillopt.Skill = SKILL,
    events: list[Any] | None = None,
    **settings: Any,
) -> Start:
    setup = setup_of(
        MemoryLedger(),
        target or ScriptedTarget(),
        (events if events is not None else []).append,
        validation_set=tasks(),
        **settings,
    )
    optimizer = ScriptedModel(*replies)
    record = record_of(setup, optimizer, first=first)
    meter = SpendMeter(SpendLimits())
    return Start(Opening(setup, optimizer, first, record, meter, now=lambda: 99.0))


async def nodes_of(start: Start) -> tuple[list[str], dict[str, Any]]:
    """The nodes that ran, in order, and what the state held at the end."""
    ran: list[str] = []
    state: dict[str, Any] = {}
    graph = compile_graph(start).with_config(recursion_limit=steps_of(3))
    async for update in graph.astream({}, stream_mode="updates"):
        for node, changes in update.items():
            ran.append(node)
            state |= changes or {}
    return ran, state


ROUND = ["roll_out", "criticize", "propose", "screen", "gate", "commit"]


async def test_a_round_goes_through_the_gate_to_its_commit() -> None:
    ran, state = await nodes_of(start_of(NONE, draft_of(ALL_WORDS), rounds=1))
    assert ran == ["begin", *ROUND, "finish"]
    better = with_text(ALL_WORDS)
    assert state == {
        "run": RUN,
        "round": 1,
        "shown": 12,
        "critiques": 0,
        "candidate": better.digest,
        "outcome": "accepted",
        "waits": None,
        "accepted": 1,
        "stop": "rounds",
        "last": better.digest,
    }


async def test_what_the_screen_refuses_does_not_come_to_the_gate() -> None:
    events: list[Any] = []
    ran, state = await nodes_of(start_of(NONE, "nonsense", "nonsense", rounds=1, events=events))
    assert ran == ["begin", *(node for node in ROUND if node != "gate"), "finish"]
    assert (state["candidate"], state["outcome"]) == (None, "refused")
    assert not [event for event in events if isinstance(event, GateOpened)]


async def test_rounds_follow_until_there_is_a_reason_to_stop() -> None:
    events: list[Any] = []
    start = start_of(NONE, draft_of(NOTHING), NONE, draft_of("- x: y\n"), rounds=2, events=events)
    ran, state = await nodes_of(start)
    assert ran == ["begin", *ROUND, *ROUND, "finish"]
    assert (state["outcome"], state["stop"], state["last"]) == ("rejected", "rounds", SKILL.digest)
    assert [event.round.number for event in events if isinstance(event, RoundDecided)] == [1, 2]


async def test_a_run_of_no_rounds_only_measures() -> None:
    ran, state = await nodes_of(start_of("unasked", rounds=0))
    assert (ran, state["stop"]) == (["begin", "finish"], "rounds")


async def test_a_skill_without_failures_is_left_alone() -> None:
    perfect = "".join(f"- {word}: {desk}\n" for desk in DESKS for word in DESKS[desk])
    ran, state = await nodes_of(start_of("unasked", first=skillopt.Skill(text=perfect)))
    assert (ran, state["stop"]) == (["begin", "roll_out", "finish"], "nothing left to fix")


@pytest.mark.parametrize(("split", "last"), [("train", "roll_out"), ("validation", "gate")])
async def test_a_spend_limit_ends_the_rounds_and_not_the_run(split: str, last: str) -> None:
    def before(skill: str, task: Task, _trial: int) -> None:
        if task.split == split and (split == "train" or skill != SKILL.text):
            raise SpendExhausted("max_calls is 60")

    start = start_of(NONE, draft_of(ALL_WORDS), target=ScriptedTarget(before=before))
    ran, state = await nodes_of(start)
    assert ran[-2:] == [last, "finish"]
    assert (state["stop"], state["last"]) == ("spend", SKILL.digest)
    record = (await start.loop()).record
    assert (record.stopped_by, record.finished) == ("spend", 99.0)


async def test_a_provider_that_refuses_every_call_stops_the_graph() -> None:
    def before(_skill: str, task: Task, _trial: int) -> None:
        if task.split == "train":
            raise RunStopped("wrong key")

    start = start_of("unasked", target=ScriptedTarget(before=before))
    with pytest.raises(RunStopped, match="wrong key"):
        await nodes_of(start)
    assert (await start.loop()).record.finished is None


def test_the_bound_on_steps_covers_every_round() -> None:
    for rounds in (0, 1, 12, 40):
        assert steps_of(rounds) > len(["begin", "finish"]) + rounds * len(ROUND)


async def tuned(folder: Path, *, rounds: int) -> skillopt.Run:
    return await skillopt.atune(
        SKILL,
        validation_set=tasks(),
        target=agent,
        optimizer=learner,
        ledger=folder / "ledger.db",
        deterministic=True,
        rounds=rounds,
    )


class Night(TypedDict, total=False):
    run: str
    round: int
    accepted: int
    last: str


@asynccontextmanager
async def opened(
    folder: Path, asked: list[str], **compile_options: Any
) -> AsyncIterator[tuple[skillopt.Tuning, Any]]:
    """A fresh Tuning and a fresh outer graph over the same ledger and the same checkpoints."""

    def target(skill: str, letter: str) -> str:
        asked.append(f"{letter} {skill}")
        return agent(skill, letter)

    target.__qualname__ = "the night's target"
    async with (
        skillopt.tuning(
            SKILL,
            validation_set=tasks(),
            target=target,
            optimizer=learner,
            ledger=folder / "ledger.db",
            deterministic=True,
            rounds=5,
        ) as tuning,
        AsyncSqliteSaver.from_conn_string(str(folder / "checkpoints.db")) as saver,
    ):
        graph = StateGraph(Night)
        graph.add_node("tune", tuning.graph(**compile_options))
        graph.add_edge(START, "tune")
        graph.add_edge("tune", END)
        yield tuning, graph.compile(checkpointer=saver)


async def test_a_subgraph_is_interrupted_between_nodes_and_taken_up_by_another_process(
    tmp_path: Path,
) -> None:
    """Before every node there is an interrupt, and after it everything is built anew."""
    expected = await tuned(tmp_path / "whole", rounds=5)
    asked: list[str] = []
    config: Any = {"configurable": {"thread_id": "night"}}
    starts, runs = 0, set()
    while True:
        async with opened(tmp_path, asked, interrupt_before=[*ROUND, "finish"]) as (
            tuning,
            nightly,
        ):
            state = await nightly.ainvoke({} if starts == 0 else None, config)
            starts += 1
            snapshot = await nightly.aget_state(config)
            runs.add((await tuning._start.loop()).record.id)
            if not snapshot.next:
                run = await tuning.result()
                break
    assert starts > len(ROUND) * len(expected.rounds)
    assert len(runs) == 1
    assert run.skill == expected.skill
    assert state["accepted"] == len(expected.rounds)
    assert state["last"] == expected.last.digest
    assert len(asked) == len(set(asked))


def bytes_of(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.glob("checkpoints.db*")]


async def test_the_checkpoints_hold_no_texts(tmp_path: Path) -> None:
    async with opened(tmp_path, []) as (_, nightly):
        await nightly.ainvoke({}, {"configurable": {"thread_id": "night"}})
    files = bytes_of(tmp_path)
    assert files
    assert not any(b"bakery" in content for content in files)


async def test_the_graph_streams_and_needs_no_limit_of_steps_named(tmp_path: Path) -> None:
    """More rounds than LangGraph's default limit of steps would allow."""
    ran: list[str] = []
    async with skillopt.tuning(
        SKILL,
        validation_set=tasks(),
        target=agent,
        optimizer=proposing("no JSON"),
        ledger=tmp_path / "ledger.db",
        deterministic=True,
        rounds=40,
        patience=40,
    ) as tuning:
        async for update in tuning.graph().astream({}, stream_mode="updates"):
            ran += update
        run = await tuning.result()
    assert len(run.rounds) == 40
    assert ran[:5] == ["begin", "roll_out", "criticize", "propose", "screen"]
    assert ran[-2:] == ["commit", "finish"]
