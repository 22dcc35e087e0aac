"""Each role's health outside a run."""

from __future__ import annotations

from skillopt.app.estimate import estimate_run
from skillopt.app.health import called
from skillopt.app.inputs import read_inputs
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.health import Health
from tests.scripted import SKILL, tasks

MODELS = {"target": "openai/t", "optimizer": "openai/o"}


def checked(usage: Usage) -> tuple[Health, ...]:
    return (
        Health(role="target", model="openai/t", usage=usage, seconds=1.0),
        Health(role="optimizer", model="openai/o", usage=usage, seconds=1.0),
    )


def test_an_estimate_takes_the_targets_call_and_no_other() -> None:
    inputs = read_inputs(SKILL, tasks(), MODELS)
    once = Usage(calls=1, prompt_tokens=207, completion_tokens=4)
    found = called(inputs, checked(once))
    assert found.keys() == {"target"}
    target = estimate_run(inputs, called=found).roles[0]
    assert 200 <= target.prompt_tokens / target.calls <= 230
    assert target.completion_tokens == 4 * target.calls
    assert called(inputs, checked(once + once)) == {}, "two requests are no measure of one"
