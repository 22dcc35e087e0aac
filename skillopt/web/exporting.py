"""An export as a stream: it is written as fast as it is fetched."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from skillopt.web.own_command import started

PIECE = 64_000
"""Bytes that are sent at once, at most."""


async def exported(where: str | None, form: str, *, alone: asyncio.Lock) -> AsyncIterator[bytes]:
    """The whole ledger.

    Args:
        where: the ledger's path or URL.
        form: `jsonl` or `csv`.
        alone: held meanwhile.

    Raises:
        ConnectionError: the export failed; the client sees that the file is cut off.
    """
    async with alone, started("ledger", "export", "--form", form, where=where) as process:
        assert process.stdout is not None
        while piece := await process.stdout.read(PIECE):
            yield piece
        if await process.wait():
            raise ConnectionError("the export failed; `skillopt ledger export` says why")
