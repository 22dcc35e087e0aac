"""How often validation tasks have been used: each version scored on one is a use.

A task that decides again and again is learned, by selection alone: what the gate keeps is what does
well on these tasks. The gate was studied (`docs/gate-in-full.md`) over up to 100 proposals
against one validation set; beyond that nothing is known, and fresh tasks are the only remedy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from skillopt.core.evaluation.task import Task
from skillopt.core.value import Value

MANY = 100
"""Looks per task, on average, above which a user is warned."""


class Looks(Value):
    """Looks at the validation tasks so far."""

    mean: float
    most: int
    text: str
    """For a person."""
    warning: str | None = None


def looked_at(counts: Mapping[str, int], tasks: Sequence[Task]) -> Looks | None:
    """What the ledger's counts say of ``tasks``; None where none was ever looked at.

    Args:
        counts: versions scored, by task digest.
        tasks: the validation tasks.
    """
    each = [counts.get(task.digest, 0) for task in tasks]
    if not any(each):
        return None
    mean, most = sum(each) / len(each), max(each)
    text = (
        f"each validation task has scored {mean:.1f} skill versions on average (max {most}; "
        f"replace tasks after about {MANY})"
    )
    if mean <= MANY:
        return Looks(mean=mean, most=most, text=text)
    warning = (
        f"{text}: the skill starts to fit these tasks in particular; replace some of them "
        f"(the gate was studied up to {MANY} versions per task)"
    )
    return Looks(mean=mean, most=most, text=text, warning=warning)
