"""What `skillopt doctor` found."""

from __future__ import annotations

from typing import Literal

from skillopt.core.value import Value


class Finding(Value):
    """One thing that was checked."""

    level: Literal["good", "warning", "missing"]
    about: str
    says: str
    mend: str | None = None
    """A command or an edit that fixes it."""
