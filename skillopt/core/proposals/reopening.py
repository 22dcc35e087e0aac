"""When a rejected proposal may be tested again.

A rejection is a fact about the version it was tested on: an effect depends on the other rules.
Against the same incumbent it stands. Once the incumbent has moved, it informs the optimizer, and
the proposal may come to the gate again where there is a reason to. Each earlier rejection halves
the level of the gate's test (:data:`skillopt.core.gate.race.RETEST_FACTOR`), so that an edit that
does nothing is accepted, over all its tests, with at most twice the chance of one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from skillopt.core.proposals.critique import Observation
from skillopt.core.proposals.refusal import Refusal
from skillopt.core.skill.changes import is_rewritten, section_print
from skillopt.core.skill.skill import Skill


class Failing(NamedTuple):
    """What fails with the incumbent, as far as the train rollouts of this round show it."""

    tasks: frozenset[str] = frozenset()
    """Ids of train tasks that fail."""
    criteria: frozenset[str] = frozenset()
    """Criteria that are not met."""
    passing: frozenset[str] = frozenset()
    """Ids of train tasks that were shown and pass."""


def failing_now(observations: Iterable[Observation]) -> Failing:
    """What the rollouts shown say about failures."""
    shown = list(observations)
    failed = [seen for seen in shown if not seen.passed]
    missed = (line.partition(":")[0] for seen in failed for line in seen.feedback)
    tasks = frozenset(seen.task for seen in failed)
    return Failing(tasks, frozenset(missed), frozenset(seen.task for seen in shown) - tasks)


def reason_to_retest(refusal: Refusal, *, skill: Skill, failing: Failing | None) -> str | None:
    """Why what ``refusal`` rejected may be tested again on ``skill``; None while it may not.

    A proposal that was clearly harmful needs more reason: its sections rewritten, or both its
    failures still there and other rules in its sections changed. For any other one is enough.

    Args:
        refusal: a rejection by the gate in today's context.
        skill: the incumbent.
        failing: what fails now; None where nobody knows, which counts as still failing.
    """
    if refusal.proposal.parent == skill.digest:
        return None
    if any(is_rewritten(then, section_print(skill, then.heading)) for then in refusal.prints):
        return "its section was rewritten since"
    moved = any(then != section_print(skill, then.heading) for then in refusal.prints)
    persists = failing is None or _still_fails(refusal, failing)
    if refusal.harmful and not (moved and persists):
        return None
    if moved:
        return "other rules in its section changed since"
    return "the skill changed since and its failures are still there" if persists else None


def _still_fails(refusal: Refusal, failing: Failing) -> bool:
    """By the tasks it was meant to fix, where some of them were shown; else by its criteria."""
    if failing.tasks.intersection(refusal.aims):
        return True
    if failing.passing.intersection(refusal.aims):
        return False
    return bool(failing.criteria.intersection(refusal.proposal.draft.criteria))
