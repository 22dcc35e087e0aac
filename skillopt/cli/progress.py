"""Progress on stderr: one live view on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from skillopt.cli.output import tell, tell_warnings
from skillopt.cli.run_state import RunState, after, status
from skillopt.cli.terminal import is_live
from skillopt.core.events import (
    CodeRuns,
    Event,
    HealthChecked,
    ParameterChanged,
    RolloutDone,
    RunWarned,
    WaitStarted,
)
from skillopt.core.loop_settings import SpendLimits

if TYPE_CHECKING:
    from skillopt.cli.live import LiveView

PLAIN_EVERY = 5.0
"""Seconds between two plain lines."""


class Progress:
    """Follows a run's events; ``report`` gets the lines that belong to the report."""

    def __init__(self, *, report: Callable[[str], None], limits: SpendLimits | None = None) -> None:
        self._report = report
        self._state = RunState(limits=limits or SpendLimits(), batch_started=time.monotonic())
        self._told = time.monotonic()
        self._view: LiveView | None = None
        self._live = is_live(sys.stderr)
        self._warned: set[str] = set()

    def see(self, event: Event) -> None:
        """Take in one event."""
        now = time.monotonic()
        waited_for = self._state.waiting_until > now
        self._state = after(self._state, event, now=now)
        if isinstance(event, ParameterChanged):
            self.clear()
            tell(f"{event.model}: {event.says}")
        elif isinstance(event, RunWarned):
            self.clear()
            self._warned.add(event.says)
            tell_warnings([event.says])
        elif isinstance(event, CodeRuns):
            self.clear()
            tell(event.says)
        elif isinstance(event, HealthChecked):
            for line in _told(event):
                self.line(line)
        elif self._live:
            self._draw()
        elif isinstance(event, RolloutDone) and now - self._told >= PLAIN_EVERY:
            self._told = now
            tell(status(self._state, now=now))
        elif isinstance(event, WaitStarted) and event.asked and not waited_for:
            tell(self._state.waiting)

    def warn(self, warnings: Iterable[str]) -> None:
        """Print a result's warnings, those aside that an event has said."""
        tell_warnings(one for one in warnings if one not in self._warned)

    def line(self, text: str) -> None:
        """A line of the report, printed above the live view."""
        self.clear()
        self._report(text)

    def clear(self) -> None:
        """Take the live view off the terminal."""
        if self._view is not None:
            self._view.stop()
            self._view = None

    def _draw(self) -> None:
        if self._view is None:
            from skillopt.cli.live import LiveView

            self._view = LiveView()
        self._view.show(self._state)


def _told(event: HealthChecked) -> tuple[str, ...]:
    from skillopt.cli.narrate import told_health

    return told_health(event.checks)
