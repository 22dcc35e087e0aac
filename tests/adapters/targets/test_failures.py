"""Whose failure it is: the provider's or the target's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from skillopt.adapters.models import load_litellm
from skillopt.adapters.targets import CallableTarget
from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.task import Message, Task
from skillopt.errors import CallFailed, RunStopped, SpendExhausted, TargetError


def task(given: str | tuple[Message, ...] = "Good day?") -> Task:
    return Task(id="t1", split="train", input=given, checks=(Exact(type="exact"),))


def provider_error(name: str) -> Exception:
    made: Exception = getattr(load_litellm().exceptions, name)("boom", "openai", "m")
    return made


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (lambda: ValueError("my own bug"), TargetError),
        (lambda: TimeoutError("inside"), TargetError),
        (lambda: provider_error("RateLimitError"), CallFailed),
        (lambda: provider_error("AuthenticationError"), RunStopped),
        (lambda: CallFailed("said so"), CallFailed),
        (lambda: SpendExhausted("said so"), SpendExhausted),
    ],
    ids=["bug", "timeout", "rate limit", "key", "call failed", "spend"],
)
async def test_whose_failure_it_is(
    raised: Callable[[], Exception], expected: type[Exception]
) -> None:
    async def agent(_: str, __: Any) -> str:
        try:
            raise raised()
        except ValueError as error:
            raise RuntimeError("around it") from error

    with pytest.raises(expected):
        await CallableTarget(agent).answer(None, task(), trial=0)
