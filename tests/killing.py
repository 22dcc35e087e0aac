"""Ending a run at one of its events, as Ctrl-C does: any other error of a listener ends no run."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest


class KilledError(KeyboardInterrupt):
    """Stands for a kill."""


async def killed(running: Coroutine[Any, Any, object]) -> None:
    """Run to a :class:`KilledError`, in an event loop of its own: it ends the loop, too."""
    with pytest.raises(KilledError):
        await asyncio.to_thread(asyncio.run, running)
