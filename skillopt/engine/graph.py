"""The loop, as a LangGraph graph: the whole search on one page, no logic in its nodes.

::

    begin → roll_out → criticize → propose → screen ─┬→ gate ─┬→ approve ─┬→ commit ─┬→ roll_out …
               │                                     └────────┴───────────┘          │
               └── nothing to fix, or spend ────────────→ finish ←───── stop ────────┘

`approve` waits for a person, by LangGraph's interrupt, where the settings ask for one. The state
holds ids and counters, never texts: the ledger is the truth, and a checkpoint of yours stays small
beside it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypedDict

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command, interrupt

from skillopt.core.proposals.proposal import Candidate
from skillopt.engine.loop import Loop, accepted
from skillopt.engine.start import Start
from skillopt.errors import SpendExhausted


class LoopState(TypedDict, total=False):
    """What the graph remembers between two nodes."""

    run: str
    """The run's id in the ledger."""
    round: int
    """The round in progress, counted from 1."""
    shown: int
    """Train rollouts the optimizer is shown in this round."""
    critiques: int
    """Verified critiques in this round."""
    candidate: str | None
    """Digest of the candidate; None where the proposal did not pass the screen."""
    waits: str | None
    """Id of the entry that waits for a person's decision, or has one that is not carried out."""
    outcome: str
    """How the last round ended: `accepted`, `rejected`, `inconclusive`, `refused`."""
    accepted: int
    """Accepted proposals so far."""
    stop: str | None
    """Why the loop ends."""
    last: str
    """Digest of the version the run ended with."""


Ask = Callable[[str, str], Awaitable[None]]
"""Waits for a decision; it is given the run's id and the entry's."""
Stage = Callable[[Loop], Awaitable[LoopState]]
"""What a node does: it asks the loop, and returns what the state should remember."""


class Node(Protocol):
    """A node as LangGraph calls it."""

    def __call__(self, state: LoopState) -> Awaitable[LoopState]:
        """The changes to the state."""
        ...


async def begin(loop: Loop) -> LoopState:
    """The run is started or resumed."""
    waiting = await loop.still_waiting()
    return {
        "waits": waiting.id if waiting else None,
        "run": loop.record.id,
        "round": len(loop.rounds) + 1,
        "accepted": sum(map(accepted, loop.rounds)),
        "stop": loop.reason_to_stop(),
    }


async def roll_out(loop: Loop) -> LoopState:
    """Run the incumbent on train tasks."""
    work = await loop.work()
    shown = await work.shown()
    stop = "nothing left to fix" if await work.nothing_to_fix() else None
    return {"round": work.number, "shown": len(shown), "stop": stop}


async def criticize(loop: Loop) -> LoopState:
    """Ask why the failures failed."""
    return {"critiques": len(await (await loop.work()).critiques())}


async def propose(loop: Loop) -> LoopState:
    """Ask for an edit."""
    await (await loop.work()).proposed()
    return {}


async def screen(loop: Loop) -> LoopState:
    """Refuse what does not fit or is known, before any rollout is paid."""
    screened = (await (await loop.work()).screening()).result
    return {"candidate": screened.skill.digest if isinstance(screened, Candidate) else None}


async def gate(loop: Loop) -> LoopState:
    """Test the candidate on validation tasks."""
    await (await loop.work()).verdict()
    waiting = await loop.ask()
    return {"waits": waiting.id if waiting else None}


async def approve(loop: Loop) -> LoopState:
    """Wait for a person's decision on what the gate has accepted; it is in the ledger then."""
    while (waiting := await loop.waiting()) and waiting.decision is None:
        interrupt({"run": loop.record.id, "entry": waiting.id})
    return {}


async def commit(loop: Loop) -> LoopState:
    """Write the round to the ledger."""
    round_ = await loop.commit()
    verdict = round_.decision.verdict
    return {
        "waits": None,
        "outcome": round_.decision.outcome if verdict else "refused",
        "accepted": sum(map(accepted, loop.rounds)),
        "stop": loop.reason_to_stop(),
    }


def build_graph(start: Start) -> StateGraph[LoopState]:
    """The graph of one run, not compiled yet: compile it alone or add it to a graph of your own."""

    async def finish(state: LoopState) -> LoopState:
        record = await start.finish(state.get("stop") or "rounds")
        return {"last": record.last or record.first}

    graph: StateGraph[LoopState] = StateGraph(LoopState)
    for stage in (begin, roll_out, criticize, propose, screen, gate, approve, commit):
        graph.add_node(stage.__name__, _until_spent(start, stage))
    graph.add_node("finish", finish)
    graph.add_edge(START, "begin")
    graph.add_conditional_edges("begin", _to_start, ["roll_out", "approve", "finish"])
    graph.add_conditional_edges("roll_out", _unless_stopped("criticize"), ["criticize", "finish"])
    graph.add_conditional_edges("criticize", _unless_stopped("propose"), ["propose", "finish"])
    graph.add_conditional_edges("propose", _unless_stopped("screen"), ["screen", "finish"])
    graph.add_conditional_edges("screen", _to_gate, ["gate", "commit", "finish"])
    graph.add_conditional_edges("gate", _to_commit, ["approve", "commit", "finish"])
    graph.add_edge("approve", "commit")
    graph.add_conditional_edges("commit", _unless_stopped("roll_out"), ["roll_out", "finish"])
    graph.add_edge("finish", END)
    return graph


def compile_graph(start: Start, **compile_options: Any) -> CompiledStateGraph[Any, Any, Any, Any]:
    """The graph, ready to run; ``compile_options`` are LangGraph's (a checkpointer, say)."""
    return build_graph(start).compile(**compile_options)


async def run_graph(start: Start, *, steps: int, ask: Ask | None) -> None:
    """Run the graph to its end.

    Args:
        start: the run.
        steps: LangGraph's recursion limit.
        ask: returns once somebody has decided on the entry that waits; None where nothing waits.
    """
    options: Any = {"recursion_limit": steps, "configurable": {"thread_id": "run"}}
    graph = compile_graph(start, checkpointer=None if ask is None else InMemorySaver())
    state = await graph.ainvoke({}, options)
    while ask is not None and (waits := state.get("__interrupt__")):
        await ask(waits[0].value["run"], waits[0].value["entry"])
        state = await graph.ainvoke(Command(resume=True), options)


def steps_of(rounds: int, *, approve: bool = False) -> int:
    """A bound on the supersteps of a run, for LangGraph's recursion limit.

    A person's own version takes a round more.
    """
    return (14 if approve else 6) * (rounds + 1) + 10


def _until_spent(start: Start, stage: Stage) -> Node:
    """A spend limit ends the rounds, not the run: what was found so far is still tested."""

    async def node(state: LoopState) -> LoopState:  # noqa: ARG001 - LangGraph passes it
        loop = await start.loop()
        try:
            changes = await stage(loop)
        except SpendExhausted as error:
            changes = {"stop": loop.out_of_spend(error)}
        await loop.context.caught_up()
        return changes

    return node


def _unless_stopped(following: str) -> Callable[[LoopState], str]:
    def route(state: LoopState) -> str:
        return "finish" if state.get("stop") else following

    return route


def _to_start(state: LoopState) -> str:
    return "approve" if state.get("waits") else _unless_stopped("roll_out")(state)


def _to_commit(state: LoopState) -> str:
    return "approve" if state.get("waits") else _unless_stopped("commit")(state)


def _to_gate(state: LoopState) -> str:
    if state.get("stop"):
        return "finish"
    return "gate" if state.get("candidate") else "commit"
