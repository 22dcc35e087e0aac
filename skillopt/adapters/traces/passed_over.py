"""How many parts of a file ask nothing, of which kinds: one report for a file, not one for each."""

from __future__ import annotations

from skillopt.adapters.traces.sides import PassedOver


class PassedTally:
    """Counts what is passed over."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._first: dict[str, PassedOver] = {}

    def add(self, one: PassedOver) -> None:
        """Count one; the first of its kind is remembered."""
        self._counts[one.what] = self._counts.get(one.what, 0) + 1
        self._first.setdefault(one.what, one)

    def told(self) -> str | None:
        """What was passed over, in words; None where nothing was."""
        if not self._counts:
            return None
        kinds = sorted(self._counts, key=lambda what: -self._counts[what])
        return "nobody asks anything in: " + "; ".join(map(self._kind, kinds))

    def _kind(self, what: str) -> str:
        first = self._first[what]
        holds = f", which has {', '.join(first.fields)}" if first.fields else ""
        number, (noun, rest) = self._counts[what], what.split(" ", 1)
        ending = "" if number == 1 else "s"
        return f"{number:,} {noun}{ending} {rest} (the first in {first.source}{holds})"
