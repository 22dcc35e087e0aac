"""What an event says to a person."""

from __future__ import annotations

from typing import get_args

import pytest

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.events import HealthChecked, IdentityRole, IdentityUnknown
from skillopt.core.health import Health


@pytest.mark.parametrize("role", get_args(IdentityRole))
def test_an_unknown_identity_says_what_follows_and_the_way_out(role: IdentityRole) -> None:
    told = IdentityUnknown(role=role, reason="client -> a socket").told
    assert told.startswith(f"the {role} has no identity (client -> a socket): ")
    assert "an interrupted run cannot be resumed" in told
    assert ("this run's alone" in told) is (role != "optimizer")
    assert "identity='...'" in told or role == "checks"


def test_health_checks_use_what_their_calls_used() -> None:
    usage = Usage(calls=1, prompt_tokens=10, completion_tokens=3, cost=0.5)
    one = Health(role="target", model="openai/t", usage=usage, seconds=1.0)
    assert HealthChecked(checks=(one, one)).usage == usage + usage
    assert HealthChecked(checks=()).usage == Usage()
