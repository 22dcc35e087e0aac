"""What every model keeps: LiteLLM's on a loopback endpoint, a function, and the stand-in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from pydantic import BaseModel

from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.models import CallableModel, LiteLLMModel, ModelSettings
from skillopt.core.evaluation.task import Message
from skillopt.core.loop_settings import SpendLimits
from skillopt.errors import CallFailed, RunStopped, SpendExhausted
from skillopt.ports import Model
from tests import loopback as says
from tests.loopback import Behaviour, Loopback
from tests.standins import Line, ScriptedModel

ASKED = (Message(role="system", content="Be brief."), Message(role="user", content="Hello?"))
Build = Callable[..., Model]
"""`build(*lines, meter=...)`: a model that says these."""


class Shape(BaseModel):
    answer: str


def behaviour(line: Line) -> Behaviour:
    match line:
        case str():
            return says.text(line)
        case CallFailed():
            return says.status(400)
        case RunStopped():
            return says.status(401)
        case _:
            raise TypeError(line)


async def _none(_: float) -> None:
    """No waiting in tests."""


@pytest.fixture(params=["litellm", "callable", "scripted"])
async def build(request: pytest.FixtureRequest, loopback: Loopback) -> AsyncIterator[Build]:
    opened: list[LiteLLMModel] = []

    def litellm_model(*lines: Line, meter: SpendMeter | None = None) -> Model:
        loopback.script(*(behaviour(line) for line in lines))
        settings = ModelSettings(model="openai/m", api_base=loopback.base, max_attempts=1)
        opened.append(LiteLLMModel(settings, meter=meter, pause=_none))
        return opened[-1]

    def callable_model(*lines: Line, meter: SpendMeter | None = None) -> Model:
        waiting = list(lines)

        async def optimizer(messages: list[dict[str, str]]) -> str:
            assert [message["role"] for message in messages] == ["system", "user"]
            line = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            if isinstance(line, str):
                return line
            assert isinstance(line, Exception)
            raise line

        return CallableModel(optimizer, meter=meter)

    def scripted(*lines: Line, meter: SpendMeter | None = None) -> Model:
        return ScriptedModel(*lines, meter=meter)

    yield {"litellm": litellm_model, "callable": callable_model, "scripted": scripted}[
        request.param
    ]
    for model in opened:
        await model.aclose()


async def test_it_says_its_text_untouched(build: Build) -> None:
    for text in ("{}", "", "  {'not': json,,}\n", "日本 🜁"):
        reply = await build(text).reply(ASKED, shape=Shape)
        assert reply.text == text
        assert reply.usage.calls == 1


async def test_a_failure_of_one_call_leaves_the_next_one_alone(build: Build) -> None:
    model = build(CallFailed("no"), CallFailed("no"), "yes")
    said = []
    for _ in range(3):
        try:
            said.append((await model.reply(ASKED, shape=Shape)).text)
        except CallFailed:
            said.append("failed")
    assert said[0] == "failed"
    assert said[-1] == "yes"


async def test_what_stops_the_run_says_so(build: Build) -> None:
    with pytest.raises(RunStopped):
        await build(RunStopped("no key")).reply(ASKED, shape=Shape)


async def test_its_calls_are_metered(build: Build) -> None:
    meter = SpendMeter(SpendLimits(max_calls=5))
    model = build("yes", meter=meter)

    async def work() -> None:
        while True:
            await model.reply(ASKED, shape=Shape)

    done = await asyncio.gather(*(work() for _ in range(8)), return_exceptions=True)
    assert all(isinstance(outcome, SpendExhausted) for outcome in done)
    assert meter.used.calls == 5


def test_its_identity_is_stable(build: Build) -> None:
    assert build("a").identity == build("a").identity
    assert len(build("a").identity) == 64
