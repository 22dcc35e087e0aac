"""Two targets of one qualified name are one target only where they answer alike."""
# ruff: noqa: ARG003, ARG004, ARG005

from __future__ import annotations

import copy
import functools
import socket
import subprocess
import sys
import textwrap
import threading
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, TypedDict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.messages import AIMessage
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.func import entrypoint
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.prebuilt import ToolNode
from pydantic import BaseModel, SecretStr

from skillopt.adapters.user_code import Identity, identity_of

ROOT = Path(__file__).parents[3]


def of(code: object) -> Identity:
    return identity_of("target", code, None)


def closure(said: object) -> Any:
    return lambda skill, question: said


def nested(said: str) -> Any:
    def agent(skill: str, question: str) -> str:
        def inner() -> str:
            return said

        return inner()

    return agent


def with_default(said: str) -> Any:
    def agent(skill: str, question: str, said: str = said, *, more: str = said) -> str:
        return said

    return agent


def later(said: str) -> Any:
    async def agent(skill: str, question: str) -> str:
        return said

    return agent


def logged(function: Any) -> Any:
    @functools.wraps(function)
    def wrapper(*args: Any) -> Any:
        return function(*args)

    return wrapper


def answer(said: str, skill: str, question: str) -> str:
    return said


def partial(said: str) -> Any:
    return functools.partial(answer, said)


def partial_by_keyword(said: str) -> Any:
    return functools.partial(functools.partial(answer, skill="x"), said=said)


def attribute(said: str) -> Any:
    def agent(skill: str, question: str) -> str:
        return str(vars(agent)["said"])

    vars(agent)["said"] = said
    return agent


class Desk:
    def __init__(self, said: str) -> None:
        self.said = said
        self.lock = threading.Lock()

    def answer(self, skill: str, question: str) -> str:
        return self.said

    def __call__(self, skill: str, question: str) -> str:
        return self.said


class Slotted:
    __slots__ = ("said",)

    def __init__(self, said: str) -> None:
        self.said = said

    async def __call__(self, skill: str, question: str) -> str:
        return self.said


@dataclass
class Config:
    said: str
    more: list[str] = field(default_factory=list)

    def __call__(self, skill: str, question: str) -> str:
        return self.said


class Table(dict[str, str]):
    def __call__(self, skill: str, question: str) -> str:
        return self[question]


class Pydantic(BaseModel):
    said: str
    key: SecretStr = SecretStr("k")

    def __call__(self, skill: str, question: str) -> str:
        return self.said


def of_class(said: str) -> Any:
    class Agent:
        words = (said,)

        @classmethod
        def ask(cls, skill: str, question: str) -> str:
            return cls.words[0]

        @staticmethod
        def plain(skill: str, question: str) -> str:
            return said

        @property
        def kind(self) -> str:
            return said

    return Agent


def constant(said: str) -> Any:
    scope: dict[str, Any] = {"__name__": "agents"}
    exec(f"def agent(skill, question):\n    return {said!r}\n", scope)
    return scope["agent"]


def helper(said: str) -> Any:
    scope: dict[str, Any] = {"__name__": "agents"}
    exec(f"def say():\n    return {said!r}\ndef agent(skill, question):\n    return say()\n", scope)
    return scope["agent"]


def global_value(said: str) -> Any:
    scope: dict[str, Any] = {"__name__": "agents", "SAID": [said]}
    exec("def agent(skill, question):\n    return [SAID[0] for _ in 'x'][0]\n", scope)
    return scope["agent"]


def scoped(code: str, **scope: Any) -> Any:
    scope["__name__"] = "agents"
    exec(f"def agent(skill, question):\n    return {code}\n", scope)
    return scope["agent"]


def by_name(said: str) -> Any:
    return scoped("globals()['say_' + question]", say_x=said)


def evaluated(said: str) -> Any:
    return scoped("eval('SAID')", SAID=said)


def of_module(said: str) -> Any:
    own = types.ModuleType("desk")
    vars(own)["SAID"] = said
    return scoped("getattr(desk, question)", desk=own)


def documented(said: str) -> Any:
    return type("Agent", (), {"__doc__": said, "__call__": lambda self, *_: self.__doc__})()


def annotated(said: str) -> Any:
    def agent(skill: str, question: str) -> Any:
        return agent.__annotations__

    agent.__annotations__["skill"] = said
    return agent


def dispatched(said: str) -> Any:
    @functools.singledispatch
    def agent(skill: str, question: str) -> str:
        return "x"

    agent.register(int)(closure(said))
    return agent


def fake_list(said: str) -> Any:
    return FakeListChatModel(responses=[said])


def fake_messages(said: str) -> Any:
    return GenericFakeChatModel(messages=iter([AIMessage(said)]))


def own_chat_model(said: str) -> Any:
    class Mine(FakeListChatModel):
        def _call(self, *args: Any, **kwargs: Any) -> str:
            return said

    return Mine(responses=["x"])


def chain(said: str) -> Any:
    return ChatPromptTemplate.from_messages([("system", said), ("user", "{x}")]) | fake_list("x")


def runnable(said: str) -> Any:
    return RunnableLambda(closure(said))


def async_runnable(said: str) -> Any:
    return RunnableLambda(later(said))


class State(TypedDict):
    messages: Annotated[list[Any], add_messages]


def graph(said: str, *, name: str = "desk", model: Any = None) -> Any:
    built = StateGraph(State)
    made = model or FakeListChatModel(responses=[said])
    built.add_node("ask", lambda state: {"messages": [made.invoke(state["messages"])]})
    built.add_edge(START, "ask")
    built.add_edge("ask", END)
    return built.compile(name=name)


def edges(said: str) -> Any:
    built = StateGraph(State)
    for node in ("a", "b"):
        built.add_node(node, closure({"messages": [node]}))
    built.add_edge(START, said)
    built.add_edge(said, END)
    return built.compile(name="desk")


def branches(said: str) -> Any:
    built = StateGraph(State)
    built.add_node("a", closure({"messages": ["a"]}))
    built.add_conditional_edges(START, lambda state: said, {said: "a", "else": END})
    return built.compile(name="desk")


def subgraph(said: str) -> Any:
    built = StateGraph(State)
    built.add_node("inner", graph(said))
    built.add_edge(START, "inner")
    return built.compile(name="desk", checkpointer=InMemorySaver())


def task_graph(said: str) -> Any:
    @entrypoint()
    def agent(given: Any) -> str:
        return said

    return agent


def tools(said: str) -> Any:
    def look_up(word: str) -> str:
        """Look it up."""
        return said

    built = StateGraph(State)
    built.add_node("tools", ToolNode([look_up]))
    built.add_edge(START, "tools")
    return built.compile()


MAKERS: list[Callable[[str], Any]] = [
    closure, nested, with_default, later, partial, partial_by_keyword, attribute,
    Desk, Slotted, Config, of_class, constant, helper, global_value,
    by_name, evaluated, of_module, documented, annotated, dispatched,
    fake_list, fake_messages, own_chat_model, chain, runnable, async_runnable,
    graph, edges, branches, subgraph, task_graph, tools,
    lambda said: logged(closure(said)),
    lambda said: functools.lru_cache(closure(said)),
    lambda said: Desk(said).answer,
    lambda said: of_class(said).ask,
    lambda said: of_class(said).plain,
    lambda said: of_class(said)().ask,
    lambda said: Table({"x": said}),
    lambda said: Pydantic(said=said),
    lambda said: closure({"a": {said}}),
    lambda said: closure(types.MappingProxyType({"a": said})),
    lambda said: closure(memoryview(said.encode())),
    lambda said: closure({said: "a"}.keys()),
    lambda said: closure(np.add if said == "a" else np.subtract),
    lambda said: closure(np.random.default_rng(ord(said))),
    lambda said: closure(Config("x", more=[said])),
    lambda said: fake_list("x").bind(stop=[said]),
    lambda said: fake_list("x").with_config(tags=[said]),
    lambda said: fake_list("x") | closure(said),
    lambda said: graph(said).with_config(configurable={"said": said}),
]  # fmt: skip


@pytest.mark.parametrize("maker", MAKERS)
def test_the_same_name_with_other_content_is_another_target(maker: Callable[[str], Any]) -> None:
    a, again, b = [of(maker(said)) for said in ("a", "a", "b")]
    assert a.unknown is None
    assert a == again
    assert a != b


def test_lambdas_of_one_line_differ() -> None:
    one, other = (lambda skill, question: "a"), (lambda skill, question: "b")
    assert of(one) != of(other)


def test_values_that_python_takes_for_equal_differ() -> None:
    assert len({of(closure(value)) for value in (1, 1.0, True, "1", b"1", (1,), [1])}) == 7


def test_state_that_changed_is_another_target() -> None:
    settings = {"model": "a"}
    agent = closure(settings)
    before = of(agent)
    settings["model"] = "b"
    assert of(agent) != before


def recording(log: list[str], *, reads: bool) -> Any:
    def writer(skill: str, question: str) -> str:
        log.append(question)
        return "a"

    def reader(skill: str, question: str) -> str:
        log.append(question)
        return log[0]

    return reader if reads else writer


def test_a_list_that_is_only_added_to_is_a_log() -> None:
    assert of(recording([], reads=False)) == of(recording(["x"], reads=False))
    assert of(recording([], reads=True)) != of(recording(["x"], reads=True))


def test_a_key_and_a_lock_are_no_part_of_it() -> None:
    one, other = [Pydantic(said="a", key=SecretStr(key)) for key in ("k", "l")]
    assert of(one) == of(other)


def test_circles_end() -> None:
    ring: list[Any] = ["a"]
    ring.append(ring)
    again: list[Any] = ["a"]
    again.append(again)
    assert of(closure(ring)) == of(closure(again))


def test_a_variable_of_the_environment_that_the_code_names(monkeypatch: pytest.MonkeyPatch) -> None:
    scope: dict[str, Any] = {"__name__": "agents"}
    exec("import os\ndef agent(s, q):\n    return os.environ['DESK_MODEL']\n", scope)
    found = set()
    for model in ("a", "b"):
        monkeypatch.setenv("DESK_MODEL", model)
        found.add(of(scope["agent"]))
    assert len(found) == 2


def yielding() -> Iterator[str]:
    yield "a"


@pytest.mark.parametrize("held", [yielding(), socket.socket()], ids=["generator", "socket"])
def test_what_cannot_be_compared_is_its_own_each_time(held: Any) -> None:
    agent = closure(held)
    one, other = of(agent), of(agent)
    assert one.unknown is not None
    assert "said" in one.unknown
    assert type(held).__name__ in one.unknown
    assert one.digest != other.digest
    assert identity_of("target", agent, "v1") == identity_of("target", closure("b"), "v1")


class Peer:
    """Hashed by where it is, as most objects are."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.peers: set[Peer] = set()


@given(names=st.lists(st.text(max_size=2), max_size=6), pairs=st.sets(st.integers(0, 35)))
def test_the_order_of_a_set_is_nothing_also_in_a_circle(names: list[str], pairs: set[int]) -> None:
    def made() -> Any:
        peers = [Peer(name) for name in names]
        for pair in pairs:
            at, to = divmod(pair, 6)
            if at < len(peers) and to < len(peers):
                peers[at].peers.add(peers[to])
        return closure(set(peers))

    ballast = [object() for _ in names]  # other addresses
    one, other = made(), made()
    assert of(one) == of(other)
    assert of(one).unknown is None
    assert len(ballast) == len(names)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(), inner, max_size=3)
        | st.tuples(inner)
        | st.frozensets(st.text() | st.integers(), max_size=3)
    ),
    max_leaves=8,
)


@given(one=plain, other=plain)
def test_equal_state_is_one_target_and_other_state_another(one: Any, other: Any) -> None:
    assert of(closure(one)) == of(closure(copy.deepcopy(one)))
    same = spelled(one) == spelled(other)
    assert (of(closure(one)) == of(closure(other))) is same


def spelled(value: Any) -> str:
    """What shows types and order; of a set, its sorted parts."""
    if isinstance(value, frozenset):
        return f"frozenset {sorted(map(spelled, value))}"
    if isinstance(value, list | tuple):
        return f"{type(value).__name__} {[spelled(part) for part in value]}"
    if isinstance(value, dict):
        return f"dict {[(spelled(key), spelled(part)) for key, part in value.items()]}"
    return f"{type(value).__name__} {value!r}"


def test_what_raises_when_it_is_looked_at_is_unknown() -> None:
    class Proxy:
        def __getattribute__(self, name: str) -> Any:
            raise RuntimeError("outside of its context")

    found = of(closure([Proxy()]))
    assert found.unknown is not None
    assert "raises RuntimeError" in found.unknown


def test_a_key_never_lands_in_the_message() -> None:
    key = "sk-proj-" + "aB3dE5gH7jK9" * 4
    found = of(closure({key: yielding(), 1: key}))
    assert found.unknown is not None
    assert key not in found.unknown


def test_it_is_the_same_in_every_process(tmp_path: Path) -> None:
    (tmp_path / "agents.py").write_text(
        textwrap.dedent("""
        import json, re
        from dataclasses import dataclass
        from pydantic import validate_call
        import logging
        import numpy as np
        WORDS = {"a", "b", "c"}
        RANDOM = np.random.default_rng(1)
        @validate_call
        def checked(word: str) -> str:
            return logging.getLogger(word).name
        @dataclass
        class Config:
            said: str = "a"
        def make():
            config = Config()
            return lambda skill, question: config.said if question in {"x", "y"} | WORDS else (re.I, checked, RANDOM)
        """)
    )
    told = "import agents; from skillopt.adapters.user_code import identity_of as of; "
    told += "print(of('target', agents.make(), None))"
    said = {
        subprocess.run(
            [sys.executable, "-c", told],
            cwd=tmp_path,
            env={"PYTHONPATH": f"{ROOT}:{tmp_path}", "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(said) == 1
    assert "unknown=None" in said.pop()
