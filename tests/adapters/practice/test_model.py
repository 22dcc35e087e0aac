from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pydantic import BaseModel

from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.models import ModelSettings
from skillopt.adapters.practice import PracticeModel
from skillopt.core.evaluation.task import Message
from skillopt.core.events import ModelCalled
from skillopt.core.loop_settings import SpendLimits
from skillopt.errors import SettingsError, SpendExhausted
from tests.adapters.practice.test_answering import MESSAGES

WORDS = sum(len(message.content.split()) for message in MESSAGES)


class Shape(BaseModel):
    answer: str


def practice(model: str = "practice/reader", **more: Any) -> PracticeModel:
    settings = {name: more.pop(name) for name in ("params", "drop") if name in more}
    return PracticeModel(ModelSettings(model=model, **settings), **more)


async def test_a_word_is_a_token_that_costs_nothing_and_each_call_is_told() -> None:
    heard: list[ModelCalled] = []
    reply = await practice(on_event=heard.append).complete(MESSAGES)
    assert (reply.text, reply.usage.calls, reply.usage.cost) == ("b", 1, 0.0)
    assert (reply.usage.prompt_tokens, reply.usage.completion_tokens) == (WORDS, 1)
    (event,) = heard
    assert (event.model, event.usage, event.error) == ("practice/reader", reply.usage, None)


async def test_the_seed_of_a_call_is_that_of_the_noise_unless_it_is_dropped() -> None:
    noisy = practice(params={"noise": 0.5})
    fixed = practice(params={"noise": 0.5, "seed": 4}, drop=("seed",))
    counts = []
    for model in (noisy, fixed):
        replies = [await model.complete(MESSAGES, seed=seed) for seed in range(30)]
        counts.append(len({reply.text for reply in replies}))
    assert counts == [2, 1]


@pytest.mark.parametrize("limit", [{"max_calls": 5}, {"max_tokens": 5 * (WORDS + 1)}])
async def test_no_limit_is_passed(limit: dict[str, int]) -> None:
    meter = SpendMeter(SpendLimits(**limit))
    model = practice(meter=meter)

    async def work() -> None:
        while True:
            await model.complete(MESSAGES)

    done = await asyncio.gather(*(work() for _ in range(8)), return_exceptions=True)
    assert all(isinstance(outcome, SpendExhausted) for outcome in done)
    assert meter.used.calls == 5


async def test_what_it_echoes_is_read_like_any_reply() -> None:
    asked = (Message(role="user", content="<think>why</think>because \ud800"),)
    reply = await practice().complete(asked)
    assert reply.reasoning == "why"
    reply.text.encode()


async def test_the_judge_replies_in_the_shape_of_its_prompt() -> None:
    reply = await practice("practice/judge").reply(MESSAGES, shape=Shape)
    assert reply.text.startswith("{")


def test_its_identity_follows_what_shapes_its_replies() -> None:
    assert practice().identity == practice().identity
    others = [
        practice(params={"noise": 0.1}),
        practice(drop=("seed",)),
        practice("practice/mentor"),
    ]
    assert len({practice().identity, *(one.identity for one in others)}) == 4


def test_noise_makes_it_uncertain() -> None:
    assert practice().deterministic
    assert practice(params={"noise": 0}).deterministic
    assert not practice(params={"noise": 0.1}).deterministic


@pytest.mark.parametrize(
    ("model", "params", "says"),
    [
        (
            "practice/writer",
            {},
            "'practice/writer'; there are practice/reader, practice/mentor, practice/judge",
        ),
        ("practice/", {}, "there is no practice model 'practice/'"),
        ("practice/reader", {"noise": 2}, "params of 'practice/reader': noise is 2"),
        ("practice/mentor", {"seed": "x"}, "params of 'practice/mentor': seed is 'x'"),
    ],
)
def test_what_it_cannot_be_is_said_before_any_call(
    model: str, params: dict[str, Any], says: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        practice(model, params=params)
    assert says in str(raised.value)
