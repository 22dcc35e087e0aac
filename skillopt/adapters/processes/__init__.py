"""Commands: started under limits, read up to a cap, and gone when they have ended."""

from __future__ import annotations

from skillopt.adapters.processes.fence import Fence, own_folder
from skillopt.adapters.processes.running import Caps, Ended, NotStarted, PrintedTooMuch, run
from skillopt.adapters.processes.sandbox import check_sandbox

__all__ = [
    "Caps",
    "Ended",
    "Fence",
    "NotStarted",
    "PrintedTooMuch",
    "check_sandbox",
    "own_folder",
    "run",
]
