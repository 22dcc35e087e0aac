"""Commands of skillopt that read a whole ledger, in a process of their own.

Pages are not kept waiting meanwhile, and one that nobody waits for any more is ended at once.
"""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


@asynccontextmanager
async def started(*arguments: str, where: str | None) -> AsyncIterator[Process]:
    """A command with its output as a pipe; it is killed where it goes on after the block.

    Args:
        arguments: what comes after `skillopt`.
        where: the ledger; a URL may hold a password, so it is no argument, which others may see.
    """
    named = {} if where is None else {"SKILLOPT_LEDGER": where}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "skillopt",
        *arguments,
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=DEVNULL,
        env={**os.environ, **named},
        start_new_session=True,  # Ctrl-C is for the server, which ends it
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
