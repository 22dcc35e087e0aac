"""Which process makes a call; what a call comes to is the same in each (`test_lite_llm`)."""

from __future__ import annotations

import asyncio
import socket

import pytest

from skillopt.adapters.models import Callers, LiteLLMModel, ModelSettings, load_litellm
from skillopt.adapters.models.callers.callers import Clocks
from skillopt.adapters.models.callers.process import Started
from skillopt.core.evaluation.rollout import Usage
from tests import loopback as says
from tests.adapters.models.opening import HELLO, called_by, until
from tests.forked_callers import Forks
from tests.loopback import Loopback


class Load:
    """Clocks that a test sets, and a start that is counted."""

    def __init__(self, forks: Forks) -> None:
        self.wall = self.cpu = 100.0
        self.started = 0
        self._forks = forks

    @property
    def clocks(self) -> Clocks:
        return Clocks(lambda: self.wall, lambda: self.cpu)

    async def start(self) -> Started:
        self.started += 1
        return await self._forks.start()


@pytest.fixture
def load(forks: Forks, monkeypatch: pytest.MonkeyPatch) -> Load:
    monkeypatch.setattr("skillopt.adapters.models.library._loaded_here", True)
    monkeypatch.setattr("skillopt.core.call_load.CALL_CPU", 1.0)  # a few calls are many
    return Load(forks)


async def loaded(load: Load, callers: Callers, loopback: Loopback, *, cpu: float) -> None:
    """So much of a core goes into five seconds of calls."""
    model = called_by(callers, loopback)
    await model.complete(HELLO)
    load.wall += 5.0
    load.cpu += 5.0 * cpu
    await model.complete(HELLO)
    await model.aclose()


@pytest.mark.parametrize(
    ("most", "cpu", "started"), [(2, 0.95, 2), (1, 0.95, 1), (0, 0.95, 0), (2, 0.5, 0)]
)
async def test_they_start_when_calls_take_all_of_a_core(
    load: Load, loopback: Loopback, most: int, cpu: float, started: int
) -> None:
    callers = Callers(most, start=load.start, clocks=load.clocks)
    await loaded(load, callers, loopback, cpu=cpu)
    await until(lambda: load.started == callers.running == started)
    assert (load.started, callers.running) == (started, started)
    before = callers.cpu
    model = called_by(callers, loopback)
    assert (await model.complete(HELLO)).text == "hello"
    assert (callers.cpu > before) == (started > 0)
    await model.aclose()
    await callers.close()
    assert callers.running == 0


@pytest.mark.parametrize("hung", ["callbacks", "success_callback", "input_callback"])
async def test_a_program_with_callbacks_of_its_own_keeps_its_calls(
    load: Load, loopback: Loopback, monkeypatch: pytest.MonkeyPatch, hung: str
) -> None:
    litellm = load_litellm()
    callers = Callers(start=load.start, clocks=load.clocks)
    with monkeypatch.context() as patched:
        patched.setattr(litellm, hung, [lambda *_: None])
        await loaded(load, callers, loopback, cpu=0.95)
    assert load.started == 0
    await callers.close()


async def test_so_does_one_that_is_bundled_without_a_python(
    load: Load, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.frozen", True, raising=False)
    callers = Callers(start=load.start, clocks=load.clocks)
    await loaded(load, callers, loopback, cpu=0.95)
    assert load.started == 0
    await callers.close()


async def test_so_does_one_that_had_loaded_litellm_before(
    load: Load, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skillopt.adapters.models.library._loaded_here", False)
    callers = Callers(start=load.start, clocks=load.clocks)
    await loaded(load, callers, loopback, cpu=0.95)
    assert load.started == 0
    asked = Callers(2, start=load.start, clocks=load.clocks)
    await loaded(load, asked, loopback, cpu=0.95)
    await until(lambda: load.started == asked.running == 2)
    await asked.close()


async def test_calls_at_once_are_spread(loopback: Loopback, elsewhere: Callers) -> None:
    loopback.script(says.text("hello"), otherwise=says.together(32, says.text("hello")))
    model = called_by(elsewhere, loopback)
    await asyncio.gather(*(model.complete(HELLO) for _ in range(65)))
    assert loopback.most_in_flight >= 32
    assert (
        len({headers["X-Process"] for headers in loopback.headers if "X-Process" in headers}) <= 2
    )


async def test_a_call_that_is_given_up_ends_at_the_server(
    loopback: Loopback, elsewhere: Callers
) -> None:
    loopback.script(says.hang())
    model = called_by(elsewhere, loopback)
    made = asyncio.create_task(model.complete(HELLO))
    await loopback.asked.wait()
    made.cancel()
    await until(lambda: loopback.in_flight == 0)
    with pytest.raises(asyncio.CancelledError):
        await made
    loopback.script(says.text("still there"))
    assert (await model.complete(HELLO)).text == "still there"


async def test_a_request_with_an_object_is_made_here(
    loopback: Loopback, elsewhere: Callers
) -> None:
    model = called_by(elsewhere, loopback)
    plain = ModelSettings(model="text-completion-openai/m", api_base=loopback.base)
    before = elsewhere.cpu
    other = LiteLLMModel(plain, callers=elsewhere)  # its client is an object
    loopback.script(says.body({**says.completion(""), "choices": [{"text": "on", "index": 0}]}))
    assert (await other.complete(HELLO)).text == "on"
    assert elsewhere.cpu == before
    loopback.script(says.text("hello"))
    await model.complete(HELLO)
    assert elsewhere.cpu > before
    await other.aclose()


async def test_where_none_starts_calls_are_made_here(loopback: Loopback) -> None:
    async def fails() -> Started:
        raise OSError("no more processes")

    async def ends() -> Started:
        ours, theirs = socket.socketpair()
        theirs.close()
        return Started(ours, _ended)

    for start in (fails, ends):
        callers = Callers(4, start=start)
        await callers.start(2)
        assert callers.running == 0
        model = called_by(callers, loopback)
        assert (await model.complete(HELLO)).text == "hello"
        await model.aclose()
        await callers.close()


async def _ended() -> None:
    """It has."""


async def test_what_was_used_is_counted_here(loopback: Loopback, elsewhere: Callers) -> None:
    reply = await called_by(elsewhere, loopback).complete(HELLO)
    assert reply.usage == Usage(calls=1, prompt_tokens=10, completion_tokens=3, cost=None)
