"""The loop, as a LangGraph graph: the whole search on one page, no logic in its nodes.

::

    begin → roll_out → criticize → propose → screen ─┬→ gate → commit ─┬→ roll_out …
               │                                     └──────→ commit   │
               └── nothing to fix, or spend ──────→ finish ←── stop ───┘

The state holds ids and counters, never texts: the ledger is the truth, and a checkpoint of yours
stays small beside it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from skillopt.core.history.run import RunRecord
from skillopt.core.proposals.proposal import Candidate
from skillopt.engine.loop import Loop, accepted
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
    outcome: str
    """How the last round ended: `accepted`, `rejected`, `inconclusive`, `refused`."""
    accepted: int
    """Accepted proposals so far."""
    stop: str | None
    """Why the loop ends."""
    last: str
    """Digest of the version the run ended with."""


Stage = Callable[[], Awaitable[LoopState]]
"""What a node does: it asks the loop, and says what the state should remember."""


class Node(Protocol):
    """A node as LangGraph calls it."""

    def __call__(self, state: LoopState) -> Awaitable[LoopState]:
        """The changes to the state."""
        ...


def build_graph(loop: Loop) -> StateGraph[LoopState]:
    """The graph of one run, not compiled yet: compile it alone or add it to a graph of your own."""

    async def begin() -> LoopState:
        record = await loop.begin()
        return {
            "run": record.id,
            "round": len(loop.rounds) + 1,
            "accepted": sum(map(accepted, loop.rounds)),
            "stop": await loop.reason_to_stop(),
        }

    async def roll_out() -> LoopState:
        work = await loop.work()
        shown = await work.shown()
        stop = "nothing left to fix" if await work.nothing_to_fix() else None
        return {"round": work.number, "shown": len(shown), "stop": stop}

    async def criticize() -> LoopState:
        return {"critiques": len(await (await loop.work()).critiques())}

    async def propose() -> LoopState:
        await (await loop.work()).proposed()
        return {}

    async def screen() -> LoopState:
        screened = await (await loop.work()).screened()
        return {"candidate": screened.skill.digest if isinstance(screened, Candidate) else None}

    async def gate() -> LoopState:
        await (await loop.work()).verdict()
        return {}

    async def commit() -> LoopState:
        round_ = await loop.commit()
        verdict = round_.decision.verdict
        return {
            "outcome": verdict.outcome.value if verdict else "refused",
            "accepted": sum(map(accepted, loop.rounds)),
            "stop": await loop.reason_to_stop(),
        }

    async def finish(state: LoopState) -> LoopState:
        record: RunRecord = await loop.finish(state.get("stop") or "rounds")
        return {"last": record.last or record.first}

    graph: StateGraph[LoopState] = StateGraph(LoopState)
    graph.add_node("begin", _always(begin))
    for stage in (roll_out, criticize, propose, screen, gate, commit):
        graph.add_node(stage.__name__, _until_spent(loop, stage))
    graph.add_node("finish", finish)
    graph.add_edge(START, "begin")
    graph.add_conditional_edges("begin", _unless_stopped("roll_out"), ["roll_out", "finish"])
    graph.add_conditional_edges("roll_out", _unless_stopped("criticize"), ["criticize", "finish"])
    graph.add_conditional_edges("criticize", _unless_stopped("propose"), ["propose", "finish"])
    graph.add_conditional_edges("propose", _unless_stopped("screen"), ["screen", "finish"])
    graph.add_conditional_edges("screen", _to_gate, ["gate", "commit", "finish"])
    graph.add_conditional_edges("gate", _unless_stopped("commit"), ["commit", "finish"])
    graph.add_conditional_edges("commit", _unless_stopped("roll_out"), ["roll_out", "finish"])
    graph.add_edge("finish", END)
    return graph


def compile_graph(loop: Loop, **compile_options: Any) -> CompiledStateGraph[Any, Any, Any, Any]:
    """The graph, ready to run; ``compile_options`` are LangGraph's (a checkpointer, say)."""
    return build_graph(loop).compile(**compile_options)


def steps_of(rounds: int) -> int:
    """A bound on the supersteps of a run, for LangGraph's recursion limit."""
    return 6 * (rounds + 1) + 10


def _always(stage: Stage) -> Node:
    async def node(state: LoopState) -> LoopState:  # noqa: ARG001 - LangGraph passes it
        return await stage()

    return node


def _until_spent(loop: Loop, stage: Stage) -> Node:
    """A limit of spend ends the loop, not the run: what came out so far is still tested."""

    async def node(state: LoopState) -> LoopState:  # noqa: ARG001 - LangGraph passes it
        try:
            return await stage()
        except SpendExhausted as error:
            return {"stop": loop.spent(error)}

    return node


def _unless_stopped(following: str) -> Callable[[LoopState], str]:
    def route(state: LoopState) -> str:
        return "finish" if state.get("stop") else following

    return route


def _to_gate(state: LoopState) -> str:
    if state.get("stop"):
        return "finish"
    return "gate" if state.get("candidate") else "commit"
