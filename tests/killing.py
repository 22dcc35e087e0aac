"""Ending a run at one of its events. An error of a listener ends none: the run is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from skillopt.core.events import Event, RoundDecided, RunEvent

Moment = Callable[[Event], bool]
"""Whether an event is the one at which a run ends; it is asked in the order of the events."""


class Killed:
    """A listener that cancels its run at the first event that is the ``moment``."""

    def __init__(self, moment: Moment) -> None:
        self._moment = moment
        self._task: asyncio.Task[object] | None = None

    def __call__(self, event: Event) -> None:
        if self._task is not None and self._moment(event):
            self._task.cancel()
            self._task = None

    async def end(self, running: Coroutine[Any, Any, object]) -> None:
        """Run what this listens to, which it must cancel."""
        task = self._task = asyncio.create_task(running)
        with pytest.raises(asyncio.CancelledError):
            await task


async def killed(
    run: Callable[[Killed], Coroutine[Any, Any, object]], *, at: type[RunEvent] | Moment
) -> None:
    """Start ``run`` with a listener that ends it at the first event that is ``at``."""
    dies = Killed((lambda event: isinstance(event, at)) if isinstance(at, type) else at)
    await dies.end(run(dies))


def nth(kind: type[RunEvent], number: int) -> Moment:
    """The event of that kind that comes as number so-and-so, counted from 1."""
    left = number

    def moment(event: Event) -> bool:
        nonlocal left
        left -= isinstance(event, kind)
        return left <= 0

    return moment


def end_of_round(number: int) -> Moment:
    """The decision of that round."""
    return lambda event: isinstance(event, RoundDecided) and event.round.number == number
