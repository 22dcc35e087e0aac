"""Processes that make calls, forked from one that has LiteLLM loaded.

    python -m tests.forked_callers

is that one: each socket it is sent becomes the line of a new process.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from functools import partial

from skillopt.adapters.models.callers.process import Started
from skillopt.adapters.models.callers.program import serve
from skillopt.adapters.models.callers.request import Request, send
from skillopt.adapters.models.failures import AttemptFailed
from skillopt.adapters.models.library import load_litellm
from tests.forking import forked


class Forks:
    """Starts them; LiteLLM is loaded with the first one."""

    def __init__(self) -> None:
        self._orders, theirs = socket.socketpair()
        with theirs:
            self._parent = subprocess.Popen(
                [sys.executable, "-m", "tests.forked_callers"], stdin=theirs.fileno()
            )

    async def start(self) -> Started:
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._orders, [b"."], [theirs.fileno()])

        async def end() -> None:
            """It ends with its line."""

        return Started(ours, end)

    def close(self) -> None:
        self._orders.close()
        assert self._parent.wait() == 0


async def warm_up() -> None:
    """Make a call, which imports more: nothing listens at its address."""
    messages = [{"role": "user", "content": "Hello"}]
    params = {"model": "openai/m", "api_base": "http://127.0.0.1:9/v1", "api_key": "-"}
    with contextlib.suppress(AttemptFailed):
        await send(
            load_litellm(), Request(messages, {**params, "max_retries": 0}, 60.0, None, False)
        )


def main() -> None:
    asyncio.run(warm_up())
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    orders = socket.socket(fileno=0)
    while True:
        _, lines, *_ = socket.recv_fds(orders, 1, 1)
        if not lines:
            return
        forked(partial(make_calls, orders, lines[0]))
        os.close(lines[0])


def make_calls(orders: socket.socket, line: int) -> None:
    orders.close()
    asyncio.run(serve(socket.socket(fileno=line)))


if __name__ == "__main__":
    main()
