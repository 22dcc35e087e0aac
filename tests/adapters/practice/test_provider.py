from __future__ import annotations

from typing import Any

import pytest

from skillopt.adapters.models.library import load_litellm
from skillopt.adapters.practice import register
from skillopt.adapters.practice.provider import respond
from skillopt.core.quoting import block

SKILL = 'Answer with one of `a`, `b`.\n- When it says "bee", answer `b`.'
MESSAGES = [
    {"role": "system", "content": f"Follow the skill.\n\n{block('skill', SKILL)}"},
    {"role": "user", "content": "two bees"},
]


@pytest.fixture(scope="module")
def litellm() -> Any:
    return load_litellm("practice/reader")


async def test_the_reader_answers_through_litellm(litellm: Any) -> None:
    reply = await litellm.acompletion(model="practice/reader", messages=MESSAGES, num_retries=0)
    assert reply.choices[0].message.content == "b"
    assert reply.usage.completion_tokens == 1
    assert reply.usage.prompt_tokens == sum(len(m["content"].split()) for m in MESSAGES)
    assert litellm.completion_cost(reply) == 0


async def test_noise_and_seed_arrive(litellm: Any) -> None:
    said = [
        (
            await litellm.acompletion(
                model="practice/reader", messages=MESSAGES, num_retries=0, noise=0.5, seed=seed
            )
        )
        .choices[0]
        .message.content
        for seed in range(30)
    ]
    assert 5 < said.count("a") < 25


async def test_a_bad_parameter_is_a_bad_request(litellm: Any) -> None:
    with pytest.raises(litellm.BadRequestError, match="noise is 2; it must be a number"):
        await litellm.acompletion(
            model="practice/reader", messages=MESSAGES, num_retries=0, noise=2
        )
    with pytest.raises(litellm.BadRequestError, match="no practice model 'writer'"):
        await litellm.acompletion(model="practice/writer", messages=MESSAGES, num_retries=0)


def test_registering_again_changes_nothing(litellm: Any) -> None:
    before = list(litellm.custom_provider_map)
    register(litellm)
    assert litellm.custom_provider_map == before


def test_contents_in_parts_are_read() -> None:
    parts = [{"role": "user", "content": [{"type": "text", "text": "hello there"}]}]
    assert respond("practice/reader", parts, {}) == "hello there"
    assert respond("reader", [{"role": "system", "content": None}], {"seed": 3}) == ""


@pytest.mark.parametrize("params", [{"seed": "x"}, {"seed": True}, {"noise": "much"}])
def test_parameters_are_checked(params: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        respond("reader", MESSAGES, params)
