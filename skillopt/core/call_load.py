"""How many processes call models: what a call takes of one core is the limit of each."""

from __future__ import annotations

from typing import NamedTuple

CALL_CPU = 0.0025
"""Seconds of one core that LiteLLM takes for a call, on a core of 2026."""
_BUSY = 0.8
"""Share of its core above which a process can hardly make more calls."""
_MATTERS = 0.15
"""Share of a core that calls take, below which it is busy with something else."""
_FIRST = 2
"""One process beside this one would only change places with it."""


class CallLoad(NamedTuple):
    """What the processes that make calls did for a while; with no others, that is this one."""

    calls: int
    seconds: float
    cpu: float
    """Seconds of CPU, of each process on average."""


class Processes(NamedTuple):
    """Processes that make calls, beside this one."""

    running: int
    most: int


def processes_wanted(load: CallLoad, processes: Processes) -> int:
    """How many there should be: some once calls keep this one busy, one more while all are busy.

    Args:
        load: of the last few seconds.
        processes: those there are, and may be. None is ended: an idle one costs no CPU.
    """
    running, most = processes
    if load.cpu < _BUSY * load.seconds:
        return running
    if running:
        return min(running + 1, most)
    return min(_FIRST, most) if load.calls * CALL_CPU >= _MATTERS * load.seconds else 0
