"""Each role's health outside a run."""

from __future__ import annotations

import pytest

from skillopt.app.estimate import estimate_run
from skillopt.app.health import call_role, called
from skillopt.app.inputs import read_inputs
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.health import Health
from skillopt.errors import RunStopped
from tests.loopback import serving, status, text
from tests.scripted import SKILL, tasks

MODELS = {"target": "openai/t", "optimizer": "openai/o"}


async def test_one_call_says_speed_context_and_price() -> None:
    prices = {"input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6}
    async with serving() as loopback:
        loopback.script(text('{"critiques": []}'))
        given = {**MODELS, "api_base": loopback.base, "target_params": prices}
        inputs = read_inputs(SKILL, tasks(), given)
        target, optimizer = await call_role(inputs, "target"), await call_role(inputs, "optimizer")
        assert len(loopback.requests) == 2
        assert await call_role(read_inputs(SKILL, tasks(), {"practice": True}), "target") is None
        loopback.script(status(401, "no such key"))
        with pytest.raises(RunStopped, match="no such key"):
            await call_role(inputs, "target")
    assert target
    assert optimizer
    assert (target.prompt_price, target.completion_price) == (1.0, 2.0)
    assert (target.usage.prompt_tokens, target.structured) == (10, None)
    assert (optimizer.structured, optimizer.prompt_price) == (True, None)


def checked(usage: Usage) -> tuple[Health, ...]:
    return (
        Health(role="target", model="openai/t", usage=usage, seconds=1.0),
        Health(role="optimizer", model="openai/o", usage=usage, seconds=1.0),
    )


def test_an_estimate_takes_tokens_and_seconds_of_each_call() -> None:
    inputs = read_inputs(SKILL, tasks(), MODELS)
    once = Usage(calls=1, prompt_tokens=207, completion_tokens=4)
    found = called(inputs, checked(once))
    assert found.keys() == {"target", "optimizer"}
    estimate = estimate_run(inputs, called=found)
    target, optimizer = estimate.roles
    assert 207 <= target.prompt_tokens / target.calls <= 3 * 207, (
        "as called, and a skill that grows"
    )
    assert target.completion_tokens == 4 * target.calls
    assert optimizer.completion_tokens > 4 * optimizer.calls, "a check's reply is short"
    assert (target.seconds, optimizer.seconds) == (target.calls, optimizer.calls)
    assert estimate.seconds == target.calls + optimizer.calls
    assert estimate_run(inputs).seconds is None
    assert called(inputs, checked(once + once)) == {}, "two requests are no measure of one"


def test_the_optimizers_prompt_is_measured_in_its_own_tokens() -> None:
    inputs = read_inputs(SKILL, tasks(), MODELS)
    few, many = (
        estimate_run(
            inputs,
            called=called(inputs, checked(Usage(calls=1, prompt_tokens=tokens))),
        ).roles[1]
        for tokens in (500, 1000)
    )
    assert many.prompt_tokens > 1.2 * few.prompt_tokens
