"""How long to wait before a request is sent again."""

from __future__ import annotations

FIRST_WAIT = 0.5
"""Seconds before the first repetition, without a word from the provider; doubles each time."""
LONGEST_WAIT = 30.0
"""Seconds at most, without a word from the provider."""
LONGEST_ASKED_WAIT = 900.0
"""Seconds a provider may ask for; where it asks for more, the run stops and says so."""


def waiting_time(attempt: int, *, asked: float | None, chance: float) -> float:
    """Seconds to wait after the ``attempt``-th request (from 1).

    Args:
        attempt: how many requests were sent.
        asked: seconds the provider asks for; what it says is kept up to a cap.
        chance: a number in [0, 1); spreads calls that failed together.
    """
    doubled = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** (attempt - 1))
    if asked is not None:
        return min(LONGEST_ASKED_WAIT, asked) + chance * FIRST_WAIT
    return doubled * (0.5 + 0.5 * chance)
