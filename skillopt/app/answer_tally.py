"""Which answers of a run were empty, cut, refused or the like, each counted once."""

from __future__ import annotations

from collections.abc import Callable

from skillopt.core.evaluation.answer_faults import AnswerFault, AnswerFaults, counted
from skillopt.core.events import AnswersLacking, Event


class AnswerTally:
    """Sees a run's events on their way to its listener.

    Args:
        emit: the listener.
    """

    def __init__(self, emit: Callable[[Event], None]) -> None:
        self._emit = emit
        self._faults: dict[str, AnswerFault] = {}

    def see(self, event: Event) -> None:
        """Take note of an event and pass it on."""
        if isinstance(event, AnswersLacking):
            self._faults |= event.faults
        self._emit(event)

    @property
    def counted(self) -> AnswerFaults:
        """How many of each kind so far."""
        return counted(self._faults.values())
