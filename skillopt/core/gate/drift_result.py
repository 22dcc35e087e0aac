"""What a check of a run's head found, as a value."""

from __future__ import annotations

from skillopt.core.figures import points
from skillopt.core.value import Value


class Drift(Value):
    """A check of a run's head."""

    held: str
    """Hash of the version that held at the last check; the first version before."""
    since: float
    """Mean paired difference of fresh runs: head minus that version."""
    total: float
    """The same: head minus the first version."""
    tasks: int
    """Tasks with a result for all versions."""
    back_to: str | None = None
    """Hash of the version that the search goes back to; None where the head holds."""

    @property
    def told(self) -> str:
        """The check in a sentence."""
        found = (
            f"fresh runs on {self.tasks} tasks: {points(self.since)} points since the last "
            f"version that held, {points(self.total)} since the first"
        )
        if self.back_to is None:
            return f"drift check: the head holds: {found}"
        return f"drift check: back to version {self.back_to[:12]}: {found}"
