"""What MLflow and Weights & Biases have in common: a run of ours is a run there."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress

from skillopt.adapters.listeners.figures import Metrics, Report, diff, metrics, parameters
from skillopt.adapters.secrets import without_secrets
from skillopt.core.events import Event, RunEnded, RunStarted, VersionChosen


class Tracked(ABC):
    """A listener that enters each run into a tracker, by a thread: the library may wait for it."""

    def __init__(self) -> None:
        self._report = Report()
        self._open = False

    async def __call__(self, event: Event) -> None:
        """Pass on what the tracker keeps."""
        self._report.see(event)
        told = metrics(event)
        if told is not None or isinstance(event, RunStarted | VersionChosen | RunEnded):
            await asyncio.to_thread(self._tell_or_give_up, event, told)

    def _tell_or_give_up(self, event: Event, told: Metrics | None) -> None:
        try:
            self._tell(event, told)
        except Exception:
            # It hears nothing more: the tracker would show its run as running for ever.
            self._open = False
            with suppress(Exception):
                self.end(failed=True)
            raise

    def _tell(self, event: Event, told: Metrics | None) -> None:
        if isinstance(event, RunStarted):
            self._close(failed=False)
            self.begin(f"{event.skill} {event.run}", without_secrets(parameters(event)))
            self._open = True
        if not self._open:
            return
        if told is not None:
            self.log(told)
        if isinstance(event, VersionChosen):
            self.keep("SKILL.md", without_secrets(event.skill.text))
            self.keep("skill.diff", without_secrets(diff(event)))
        if isinstance(event, RunEnded):
            self._close(failed=event.error is not None and event.waits is None)

    def _close(self, *, failed: bool) -> None:
        if not self._open:
            return
        self._open = False
        self.keep("report.md", without_secrets(self._report.text))
        self.end(failed=failed)

    @abstractmethod
    def begin(self, name: str, given: Mapping[str, str]) -> None:
        """Open a run with its parameters."""

    @abstractmethod
    def log(self, told: Metrics) -> None:
        """Enter figures."""

    @abstractmethod
    def keep(self, name: str, text: str) -> None:
        """Keep a file with the run."""

    @abstractmethod
    def end(self, *, failed: bool) -> None:
        """Close the run; it need not be there, where opening it failed."""
