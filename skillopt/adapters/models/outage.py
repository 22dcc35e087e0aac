"""When an endpoint is down: calls fail one after another, and none succeeds in between."""

from __future__ import annotations

REQUESTS_IN_A_ROW = 15
"""Requests of calls that were given up, in a row, after which the endpoint is down: three calls of
five attempts. With fewer attempts a call it takes more of them: one alone says little."""
TIMEOUTS_IN_A_ROW = 6
"""Requests without an answer in time, in a row, after which the endpoint hangs, once one call has
met two of them. Before the first answer, those two are enough."""
REFUSED_AT_FIRST = 8
"""Calls that were refused, with none answered before, after which the next would be as well."""


class Outage:
    """Counts the calls of one model that failed since the last one that was answered."""

    def __init__(self) -> None:
        self.answered = False
        """Some request was answered."""
        self.failed = 0
        """Requests of calls given up, although trying again could have helped."""
        self.refused = 0
        """Calls refused."""
        self.timeouts = 0
        """Requests that no answer came to in time."""

    def answer(self) -> None:
        """A request was answered."""
        self.answered, self.failed, self.refused, self.timeouts = True, 0, 0, 0

    def timeout(self, *, of_call: int) -> bool:
        """No answer came in time: whether the endpoint hangs.

        Args:
            of_call: how many requests of the call have ended so.
        """
        self.timeouts += 1
        return of_call > 1 and (self.timeouts >= TIMEOUTS_IN_A_ROW or not self.answered)

    def failure(self, *, passing: bool, requests: int) -> str | None:
        """A call was given up: why the run should stop, or None.

        Args:
            passing: trying again could have helped, and did not.
            requests: how many were sent for it.
        """
        if not passing:
            self.failed = 0  # it answers, although it refuses
            self.refused += 1
            all_refused = not self.answered and self.refused >= REFUSED_AT_FIRST
            return f"the first {self.refused} calls were all refused" if all_refused else None
        self.failed += requests
        if self.failed < REQUESTS_IN_A_ROW:
            return None
        return f"{self.failed} requests in a row failed"


class NeverDown(Outage):
    """Counts nothing: who sends the calls counts how they end, wherever they are made."""

    def failure(self, *, passing: bool, requests: int) -> str | None:  # noqa: ARG002 - not counted
        """None."""
        return None
