"""What others write does not hold up the event loop: its ticks are counted, not its time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from skillopt.core.reasoning import heard
from skillopt.core.redaction import redacted
from skillopt.engine import off_loop

MEGABYTE = 1_000_000
HOSTILE = ["<think>", "<", " ", "-", "<|end|> ", '{"a": ', "/*", "a=1;"]


async def ticks_during(text: str, work: Callable[[], object]) -> int:
    """How often the loop comes round while ``text`` is read."""
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    ticking = asyncio.create_task(tick())
    await off_loop.read(text, work)
    ticking.cancel()
    return ticks


@pytest.mark.parametrize("unit", HOSTILE)
async def test_the_loop_goes_round_while_a_megabyte_is_read(unit: str) -> None:
    text = (unit * MEGABYTE)[:MEGABYTE]
    assert await ticks_during(text, lambda: (heard(text), redacted(text))) > 1


async def test_a_short_text_is_read_at_once() -> None:
    assert await ticks_during("short", lambda: heard("short")) == 0


async def test_a_bad_reply_is_raised_from_the_thread_too() -> None:
    def fail() -> None:
        raise ValueError("bad")

    with pytest.raises(ValueError, match="bad"):
        await off_loop.read("x" * off_loop.LARGE, fail)
