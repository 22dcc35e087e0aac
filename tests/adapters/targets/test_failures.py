"""Whose failure it is: the provider's or the target's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from langchain_core.runnables import RunnableLambda

from skillopt.adapters.models import load_litellm
from skillopt.adapters.models.outage import REQUESTS_IN_A_ROW
from skillopt.adapters.targets import CallableTarget, CommandTarget, RunnableTarget
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
        (lambda: ConnectionRefusedError("nobody listens"), CallFailed),
        (lambda: httpx.ConnectError("nobody listens"), CallFailed),
        (lambda: httpx.ReadTimeout("too slow"), CallFailed),
        (lambda: httpx.InvalidURL("no URL"), TargetError),
        (lambda: provider_error("RateLimitError"), CallFailed),
        (lambda: provider_error("AuthenticationError"), RunStopped),
        (lambda: CallFailed("said so"), CallFailed),
        (lambda: SpendExhausted("said so"), SpendExhausted),
    ],
    ids=[
        "bug",
        "timeout",
        "refused",
        "connect",
        "read",
        "url",
        "rate limit",
        "key",
        "call failed",
        "spend",
    ],
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


class Down:
    """A model that can be away."""

    def __init__(self) -> None:
        self.away = True

    def __call__(self, *_: Any) -> str:
        if self.away:
            raise ConnectionRefusedError("nobody listens")
        return "here"


@pytest.mark.parametrize("kind", ["function", "runnable"])
async def test_one_call_after_another_that_fails_ends_the_run(kind: str) -> None:
    down = Down()
    target: CallableTarget | RunnableTarget = (
        CallableTarget(down) if kind == "function" else RunnableTarget(RunnableLambda(down))
    )

    async def fails(times: int) -> None:
        for _ in range(times):
            with pytest.raises(CallFailed):
                await target.answer(None, task(), trial=0)

    await fails(REQUESTS_IN_A_ROW - 1)
    down.away = False
    assert (await target.answer(None, task(), trial=0)).text == "here"
    down.away = True
    await fails(REQUESTS_IN_A_ROW - 1)
    with pytest.raises(RunStopped, match=r"15 requests in a row failed.* same command to resume"):
        await target.answer(None, task(), trial=0)


async def test_a_command_says_that_its_model_is_away_with_exit_code_75() -> None:
    target = CommandTarget(["sh", "-c", "echo no model >&2; exit 75"])
    for _ in range(REQUESTS_IN_A_ROW - 1):
        with pytest.raises(CallFailed, match="its model does not answer: no model"):
            await target.answer(None, task(), trial=0)
    with pytest.raises(RunStopped, match="15 requests in a row failed"):
        await target.answer(None, task(), trial=0)
