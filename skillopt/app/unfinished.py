"""A run that has not finished and cannot be resumed is never paid twice in silence."""

from __future__ import annotations

from collections.abc import Sequence

from skillopt.core.events import IdentityUnknown
from skillopt.core.history.run import RunRecord
from skillopt.errors import InputError


def check_none_unfinished(found: RunRecord | None, unknown: Sequence[IdentityUnknown]) -> None:
    """Check that no run like the one that is asked for waits to be resumed.

    Args:
        found: a run that has not finished, and differs at most in the roles without an identity.
        unknown: these roles.

    Raises:
        InputError: there is one.
    """
    if found is None:
        return
    why = "; ".join(one.found for one in unknown)
    ways = "; ".join(one.way_out for one in unknown)
    raise InputError(
        f"run {found.id} has not finished and cannot be resumed: {why}. To begin again with a run "
        f"that can be resumed, {ways}. To begin again without, pass another seed than "
        f"{found.settings.seed}"
    )
