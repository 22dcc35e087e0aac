"""Who makes a call: this process, or others once calls take all of its core."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from asyncio import Task
from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import Any, NamedTuple

from skillopt.adapters.models.callers.frames import written_request
from skillopt.adapters.models.callers.process import CallerProcess, Started, start_process
from skillopt.adapters.models.callers.request import Answer, Request, send
from skillopt.adapters.models.library import load_litellm, set_up_elsewhere
from skillopt.core.call_load import CallLoad, Processes, processes_wanted

_MOST_PROCESSES = 8
_WINDOW = 5.0
"""Seconds over which the load is measured: a process takes about as much CPU to start, so that at
worst it costs again what waiting for it has cost."""


class Clocks(NamedTuple):
    """Seconds on the wall, and of this process's CPU."""

    wall: Callable[[], float] = time.perf_counter
    cpu: Callable[[], float] = time.process_time


class Callers:
    """Makes the calls of all models of a run.

    LiteLLM takes so much CPU for a call that one process makes some hundred in a second. When they
    keep it busy, others are started beside it, and all further calls go there. What is reserved,
    retried and recorded stays here. A process that ends loses the calls it had in flight; when none
    is left, calls are made here again.

    Args:
        most: processes that are started at most; 0 for none. By default one per core, and none
            where the program has set up LiteLLM itself: its callbacks are in this process.
        start: starts one.
        clocks: what the load is measured with.
    """

    def __init__(
        self,
        most: int | None = None,
        *,
        start: Callable[[], Awaitable[Started]] = start_process,
        clocks: Clocks = Clocks(),  # noqa: B008 - two functions
    ) -> None:
        self._most = most
        self._start_one = start
        self._clocks = clocks
        self._processes: list[CallerProcess] = []
        self._starting: Task[None] | None = None
        self._calls = 0
        self._since = self._cpu = float("-inf")

    @property
    def running(self) -> int:
        """Processes that make calls, beside this one."""
        return len(self._there())

    @property
    def cpu(self) -> float:
        """Seconds of CPU that they have taken, as of their last answers."""
        return sum(process.cpu for process in self._processes)

    async def start(self, number: int) -> None:
        """Start processes; where one does not start, there will be no more than there are."""
        opening = (CallerProcess.open(self._start_one) for _ in range(number))
        opened = await asyncio.gather(*opening, return_exceptions=True)
        self._processes += [one for one in opened if isinstance(one, CallerProcess)]
        if any(isinstance(one, Exception) for one in opened):
            self._most = len(self._processes)
        self._begin_window()
        self._starting = None

    async def send(self, request: Request) -> Answer:
        """Send a request from where there is room.

        Raises:
            AttemptFailed: nothing came back.
        """
        if self._most != 0:
            self._measure()
        process = min(self._there(), key=lambda one: one.in_flight, default=None)
        written = written_request(request) if process is not None else None
        if process is not None and written is not None:
            return await process.send(written, timeout=request.timeout)
        return await send(self._litellm, request)

    async def close(self) -> None:
        """End the processes."""
        self._most = 0
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)
        await asyncio.gather(*(process.close() for process in self._processes))
        self._processes.clear()

    @cached_property
    def _litellm(self) -> Any:
        return load_litellm()

    def _there(self) -> list[CallerProcess]:
        return [process for process in self._processes if not process.is_gone]

    def _measure(self) -> None:
        """Count a call; at the end of a window, see whether there are processes enough."""
        self._calls += 1
        seconds = self._clocks.wall() - self._since
        if seconds < _WINDOW or self._starting is not None:
            return
        cpu = self._cpu_each()
        load = CallLoad(calls=self._calls, seconds=seconds, cpu=max(cpu - self._cpu, 0.0))
        self._begin_window()
        if seconds > 2 * _WINDOW:  # between its calls there was a pause
            return
        started, most = len(self._processes), self._most_now()
        wanted = processes_wanted(load, Processes(started, most))
        if wanted > started:
            self._starting = asyncio.create_task(self.start(wanted - started))

    def _begin_window(self) -> None:
        self._calls, self._since = 0, self._clocks.wall()
        self._cpu = self._cpu_each()

    def _most_now(self) -> int:
        if self._most is None:
            is_bundled = getattr(sys, "frozen", False)  # there is no Python to start
            kept = is_bundled or set_up_elsewhere(self._litellm)
            self._most = 0 if kept else min(_cores(), _MOST_PROCESSES)
        return self._most

    def _cpu_each(self) -> float:
        """Seconds of CPU, on average, of the processes that make calls."""
        there = self._there()
        if not there:
            return self._clocks.cpu()
        return sum(process.cpu for process in there) / len(there)


def _cores() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
