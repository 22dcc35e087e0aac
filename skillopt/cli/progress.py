"""Progress on stderr: live on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from skillopt.cli.output import tell, told_usage
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.events import (
    Event,
    GateOpened,
    OptimizerAsked,
    OptimizerReplied,
    RolloutDone,
    RolloutsWanted,
)

PLAIN_EVERY = 5.0
"""Seconds between two plain lines."""


class Progress:
    """Follows a run's events; ``say`` gets the lines that belong to the report."""

    def __init__(self, *, report: Callable[[str], None], quiet: bool = False) -> None:
        self._report = report
        self._live = sys.stderr.isatty() and not quiet
        self._quiet = quiet
        self._phase = ""
        self._total = self._done = 0
        self._began = time.monotonic()
        self._told = self._began
        self._spent = Usage()

    def see(self, event: Event) -> None:
        """Take in one event."""
        match event:
            case RolloutsWanted():
                self._begin(f"{event.purpose} rollouts", event.total - event.reused)
            case RolloutDone():
                self._spent = self._spent + event.usage
                self._done += 1
                self._show()
            case OptimizerAsked():
                self._begin(f"round {event.number}: {event.step}", 0)
            case OptimizerReplied():
                self._spent = self._spent + event.usage
            case GateOpened():
                self._begin(f"round {event.number}: at the gate", 0)
            case _:
                pass

    def line(self, text: str) -> None:
        """A line of the report, with the live line out of its way."""
        self.clear()
        self._report(text)

    def clear(self) -> None:
        """Take the live line off the terminal."""
        if self._live:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _begin(self, phase: str, total: int) -> None:
        self._phase, self._total, self._done = phase, total, 0
        self._began = time.monotonic()
        self._show()

    def _show(self) -> None:
        if self._live:
            sys.stderr.write(f"\r\x1b[K{self._status()}")
            sys.stderr.flush()
        elif not self._quiet and time.monotonic() - self._told >= PLAIN_EVERY:
            self._told = time.monotonic()
            tell(self._status())

    def _status(self) -> str:
        if not self._total:
            return f"{self._phase} …"
        seconds = max(1e-3, time.monotonic() - self._began)
        rate = self._done / seconds
        left = (self._total - self._done) / rate if rate else 0.0
        eta = f", {left:.0f} s left" if self._done < self._total else ""
        return (
            f"{self._phase} {self._done}/{self._total}, {rate:.1f}/s{eta}; "
            f"spent {told_usage(self._spent)}"
        )
