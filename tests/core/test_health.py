"""What one call says of a role."""

from __future__ import annotations

from typing import Any

import pytest

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.health import Health


def health(**more: Any) -> Health:
    usage = Usage(calls=1, prompt_tokens=100, completion_tokens=30)
    given = {"role": "optimizer", "model": "openai/m", "usage": usage, "seconds": 1.5}
    return Health(**{**given, **more})


def test_speed_is_completion_tokens_by_the_time_of_the_call() -> None:
    assert health().tokens_per_second == pytest.approx(20)
    assert health(seconds=0.0).tokens_per_second is None
    assert health(usage=Usage(calls=1)).tokens_per_second is None


def test_what_is_likely_to_go_wrong_is_said_once() -> None:
    assert health(structured=True).warnings == health().warnings == ()
    (shapeless,) = health(structured=False).warnings
    assert "optimizer did not answer in the JSON" in shapeless
    (empty,) = health(structured=False, empty=True).warnings
    assert "answered without text, in 30 completion tokens" in empty
