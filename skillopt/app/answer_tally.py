"""Which answers of a run were empty, cut, refused or the like, each counted once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

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
    def keys(self) -> frozenset[str]:
        """Digests of the keys of the rollouts it has noted."""
        return frozenset(self._faults)

    def counted(self, stored: Mapping[str, AnswerFault | None]) -> AnswerFaults:
        """How many of each kind, in this process and before it.

        Args:
            stored: what the ledger says, by the digest of a rollout's key. It wins: an answer that
                was refused at first may have been had since.
        """
        return counted({**self._faults, **stored}.values())
