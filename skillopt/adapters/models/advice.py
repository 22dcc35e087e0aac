"""What a person can do about a failure that stops the run."""

from __future__ import annotations

from skillopt.adapters.models.failures import AttemptFailed


def advice(failed: AttemptFailed) -> str:
    """One or two sentences."""
    if failed.wait is not None:
        return f"The provider asks to wait {_shown(failed.wait)}. Run the same command then"
    return "Fix this, then run the same command to resume"


def _shown(seconds: float) -> str:
    """Minutes up to two hours, then hours."""
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.0f} h"  # noqa: PLR2004
