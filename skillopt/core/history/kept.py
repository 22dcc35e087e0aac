"""Whose verdict an entry is: that of skillopt's gate, or that of another loop that keeps it here.

The edits that another loop enters belong to a run with its own fingerprint, so that no field of a
record has to say it, and old entries are recognized as well.
"""

from __future__ import annotations

from skillopt.core.hashing import content_hash


def kept_fingerprint(source: str, skill_id: str) -> str:
    """The fingerprint of the run that holds what the loop ``source`` has tried on a skill."""
    return content_hash(["kept", source, skill_id])


def kept_by(*, fingerprint: str, target: str, skill_id: str) -> str | None:
    """The loop whose edits a run holds; None for a run of skillopt's own.

    Args:
        fingerprint: the run's.
        target: the run's; for another loop's that is the loop's name.
        skill_id: the skill's id when the run was entered.
    """
    return target if fingerprint == kept_fingerprint(target, skill_id) else None
