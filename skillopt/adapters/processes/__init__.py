"""Commands: started under limits, read up to a cap, and gone when they have ended."""

from __future__ import annotations

from skillopt.adapters.processes.fence import Fence, own_folder
from skillopt.adapters.processes.running import Caps, Ended, NotStarted, PrintedTooMuch, run

__all__ = ["Caps", "Ended", "Fence", "NotStarted", "PrintedTooMuch", "own_folder", "run"]
