"""Why there is no result: how many outcomes are missing, for which reasons, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from skillopt.core.evaluation.rollout import Missing

REASONS = 2
"""Reasons that are named, the most frequent first."""


def mostly_missing(missing: int, *, of: int) -> bool:
    """Whether so much is missing that what is left is no result: more than half."""
    return 2 * missing > of


def told_missing(missing: Sequence[Missing], *, have_none: str) -> str:
    """The message: counts, reasons, and the way out.

    Args:
        missing: at least one rollout without an outcome.
        have_none: what has none, with its counts and the rule, such as `3 of 24 tasks have no
            outcome`.
    """
    reasons = Counter(one.reason.rstrip(". ") for one in missing).most_common()
    shown = "; ".join(
        f"{count} x {reason}" if len(reasons) > 1 else reason for reason, count in reasons[:REASONS]
    )
    more = f"; other reasons: {len(reasons) - REASONS}" if len(reasons) > REASONS else ""
    passing = sum(one.passing for one in missing)
    return f"{have_none}: {shown}{more}; {_way_out(mostly_missing(passing, of=len(missing)))}"


def _way_out(passing: bool) -> str:  # noqa: FBT001 - a private pair of sentences
    if passing:
        return "run the same command again when the provider answers: what was paid for is kept"
    return "change what is refused here: the same request would be refused again"
