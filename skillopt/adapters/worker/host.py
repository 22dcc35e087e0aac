"""Worker processes, from this side: started when they are needed, replaced when they crash."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from skillopt.adapters.import_paths import import_paths
from skillopt.adapters.processes import Fence, own_folder
from skillopt.adapters.processes.starting import Started, start
from skillopt.core.evaluation.task import Task

MOST_WORKERS = 4
_STARTING = 60.0
"""Seconds in which a worker has to have imported a module."""
_LONGEST_REPLY = 1_000_000
"""Bytes."""


class Crashed(Exception):  # noqa: N818 - it names what happened
    """The worker ended, or said what no worker says."""


class CheckWorkers:
    """Runs checks of modules in worker processes.

    Args:
        folder: where the modules may lie.
        fence: what the workers are given of this machine.
    """

    def __init__(self, *, folder: Path, fence: Fence) -> None:
        self._folder = folder
        self._fence = fence
        self._idle: list[_Worker] = []
        self._free = asyncio.Semaphore(MOST_WORKERS)

    async def load(self, call: str) -> str | None:
        """Why there is no callable `module:function`; None where there is.

        Raises:
            Crashed: the worker ended while it imported the module.
            TimeoutError: the import took too long.
        """
        reply = await self._ask({"call": call}, within=_STARTING)
        return reply.get("absent")

    async def run(self, call: str, answer: str, task: Task, *, within: float) -> dict[str, Any]:
        """The worker's reply: see :mod:`skillopt.adapters.worker.program`.

        Raises:
            Crashed: the check has ended its worker.
            TimeoutError: it took longer than ``within`` seconds; its worker is gone.
        """
        shown = task.model_dump(mode="json", include=set(Task.model_fields))
        return await self._ask({"call": call, "answer": answer, "task": shown}, within=within)

    async def close(self) -> None:
        """End the workers."""
        while self._idle:
            await self._idle.pop().close()

    async def _ask(self, request: dict[str, Any], *, within: float) -> dict[str, Any]:
        content = {**request, "folder": str(self._folder)}
        async with self._free:
            waiting = await self._waiting()
            worker = waiting or _Worker(self._fence, self._folder)
            try:
                if waiting is None:  # its start and the import are no part of the check's time
                    imports = {name: content[name] for name in ("call", "folder")}
                    await worker.ask(imports, _STARTING)
                reply = await worker.ask(content, within)
            except BaseException:
                await worker.close()
                raise
            self._idle.append(worker)
            return reply

    async def _waiting(self) -> _Worker | None:
        """An idle worker; one that has ended, or has said more than it was asked, is ended."""
        while self._idle:
            worker = self._idle.pop()
            if worker.is_quiet:
                return worker
            await worker.close()
        return None


class _Worker:
    def __init__(self, fence: Fence, folder: Path) -> None:
        self._stack = ExitStack()
        own = self._stack.enter_context(own_folder())
        paths = import_paths()
        order = fence.order(
            [sys.executable, "-P", "-m", "skillopt.adapters.worker.program"],
            own=own,
            cwd=own,
            within=None,
            env={"PYTHONPATH": os.pathsep.join(paths)},
            sees=(folder, *(Path(path) for path in paths)),
        )
        ours, theirs = socket.socketpair()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            self._started: Started = start(
                order, stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=nowhere
            )
        finally:
            theirs.close()
            os.close(nowhere)
        ours.setblocking(False)
        self._line = ours
        self._left = b""

    @property
    def is_quiet(self) -> bool:
        """It is there, and nothing waits that could be taken for the next reply."""
        try:
            self._line.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return not self._left
        except OSError:
            return False
        return False

    async def ask(self, request: dict[str, Any], within: float) -> dict[str, Any]:
        async with asyncio.timeout(within):
            loop = asyncio.get_running_loop()
            try:
                await loop.sock_sendall(self._line, json.dumps(request).encode() + b"\n")
                while b"\n" not in self._left:
                    part = await loop.sock_recv(self._line, 65_536)
                    self._left += part
                    if not part or len(self._left) > _LONGEST_REPLY:
                        raise Crashed
            except ConnectionError:
                raise Crashed from None
        line, _, self._left = self._left.partition(b"\n")
        return _reply(line)

    async def close(self) -> None:
        """End it, and what it has started."""
        loop = asyncio.get_running_loop()
        self._line.close()
        control = self._started.control
        said: Any = {}
        with contextlib.suppress(OSError, ValueError, TimeoutError):
            control.shutdown(socket.SHUT_WR)
            async with asyncio.timeout(20.0):
                said = json.loads(await loop.sock_recv(control, 4096) or b"{}")
        self._started.close(is_clean=said.get("clean") is True)
        self._stack.close()


def _reply(line: bytes) -> dict[str, Any]:
    """What a worker replied: checks share its process, and can write to its line, too.

    Raises:
        Crashed: it is no reply of a worker's.
    """
    try:
        reply = json.loads(line)
    except (ValueError, RecursionError):
        raise Crashed from None
    if not isinstance(reply, dict) or not all(
        isinstance(reply.get(name, ""), str) for name in ("absent", "failed")
    ):
        raise Crashed
    return reply
