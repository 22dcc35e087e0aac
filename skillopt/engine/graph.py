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
    outcome: str
    """How the last round ended: `accepted`, `rejected`, `inconclusive`, `refused`."""
    accepted: int
    """Accepted proposals so far."""
    stop: str | None
    """Why the loop ends."""
    last: str
    """Digest of the version the run ended with."""


Stage = Callable[[Loop], Awaitable[LoopState]]
"""What a node does: it asks the loop, and returns what the state should remember."""


class Node(Protocol):
    """A node as LangGraph calls it."""

    def __call__(self, state: LoopState) -> Awaitable[LoopState]:
        """The changes to the state."""
        ...


async def begin(loop: Loop) -> LoopState:
    """The run is started or resumed."""
    return {
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
    return {}


async def commit(loop: Loop) -> LoopState:
    """Write the round to the ledger."""
    round_ = await loop.commit()
    verdict = round_.decision.verdict
    return {
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
    for stage in (begin, roll_out, criticize, propose, screen, gate, commit):
        graph.add_node(stage.__name__, _until_spent(start, stage))
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


def compile_graph(start: Start, **compile_options: Any) -> CompiledStateGraph[Any, Any, Any, Any]:
    """The graph, ready to run; ``compile_options`` are LangGraph's (a checkpointer, say)."""
    return build_graph(start).compile(**compile_options)


def steps_of(rounds: int) -> int:
    """A bound on the supersteps of a run, for LangGraph's recursion limit."""
    return 6 * (rounds + 1) + 10


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


def _to_gate(state: LoopState) -> str:
    if state.get("stop"):
        return "finish"
    return "gate" if state.get("candidate") else "commit"
