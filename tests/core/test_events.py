"""What a run reports."""

from __future__ import annotations

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.events import HealthChecked
from skillopt.core.health import Health


def test_health_checks_use_what_their_calls_used() -> None:
    usage = Usage(calls=1, prompt_tokens=10, completion_tokens=3, cost=0.5)
    one = Health(role="target", model="openai/t", usage=usage, seconds=1.0)
    assert HealthChecked(checks=(one, one)).usage == usage + usage
    assert HealthChecked(checks=()).usage == Usage()
