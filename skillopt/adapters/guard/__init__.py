"""Calls of the user's own code that cannot end, silence, print into or freeze the program.

It keeps out accidents. Code that means harm shares this process's memory, and is kept out by a
process of its own: :mod:`skillopt.adapters.worker`.
"""

from __future__ import annotations

from skillopt.adapters.guard.calls import THREADS, awaited, called, described, heard, returned
from skillopt.adapters.guard.ends import Ended, TookTooLong
from skillopt.adapters.guard.output import Printed

__all__ = [
    "THREADS",
    "Ended",
    "Printed",
    "TookTooLong",
    "awaited",
    "called",
    "described",
    "heard",
    "returned",
]
