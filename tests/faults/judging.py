"""What must hold after a fault, whichever call went wrong."""

from __future__ import annotations

import json
from typing import Any


class Judge:
    """Reads what `tests.faults.points` says, line by line."""

    def __init__(self) -> None:
        self._expected: dict[str, Any] = {}
        self.calls = 0
        """I/O calls of the run."""
        self.points = 0
        self.broken = 0

    def complaints(self, line: str) -> list[str]:
        """What the point of this line broke."""
        found = json.loads(line)
        if not self._expected:
            self.calls, self._expected = found["calls"], found["expected"]
            return []
        said = _complaints(found, self._expected)
        self.points += 1
        self.broken += bool(said)
        return said


def _complaints(point: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    first, then = point["first"], point["then"]
    where = f"{point['fault']} at call {point['at']} ({first.get('where', 'killed')})"
    found: list[str] = []
    if "raw" in first:
        found.append(f"{where}: not an error of ours: {_last(first['raw'])}")
    if "raw" in then or "refused" in then:
        found.append(f"{where}: afterwards: {then.get('refused') or _last(then['raw'])}")
        return found
    if not then["sound"]:
        found.append(f"{where}: the ledger does not verify")
    if not point["ended_untold"] and point["end"] != expected["end"]:
        found.append(f"{where}: another end")
    if then["skill"] != expected["then"]["skill"]:
        found.append(f"{where}: another text in the skill's file")
    return found


def _last(trace: str) -> str:
    """The last frame of the code and the error."""
    frames = [line.strip() for line in trace.splitlines() if "/skillopt/" in line]
    return f"{trace.strip().splitlines()[-1]} [{frames[-1] if frames else ''}]"
