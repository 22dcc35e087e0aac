"""Python checks in a process of their own, which may crash without harm."""

from __future__ import annotations

from skillopt.adapters.worker.host import CheckWorkers, Crashed

__all__ = ["CheckWorkers", "Crashed"]
