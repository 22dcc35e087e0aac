"""Large deletions: how much of a version's words is gone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from skillopt.core.content.finding import Hit
from skillopt.core.skill.skill import Skill

MOST = 0.5
"""Share of a version's words that may go."""

SMALLEST = 60
"""Words of a version below which nothing is a large deletion."""


def deletions(before: Skill, after: Skill, first: Skill) -> Iterator[Hit]:
    """What one edit deletes of the version before it, and a run of the one it started from."""
    share = lost_share(before, after)
    if share > MOST:
        yield Hit("deletions", "much of its text at once", "", f"{100 * share:.0f} % of its words")
    if first == before:
        return
    whole = lost_share(first, after)
    if whole > MOST >= lost_share(first, before):
        said = f"{100 * whole:.0f} % of the words it started with"
        yield Hit("erosion", "much of its text over the run", "", said)


@lru_cache(maxsize=64)
def lost_share(before: Skill, after: Skill) -> float:
    """The share of the words of ``before`` that ``after`` has not, in their order; 0 for few."""
    from rapidfuzz.distance import LCSseq

    old, new = _words(before), _words(after)
    if len(old) < SMALLEST:
        return 0.0
    return 1 - LCSseq.similarity(old, new) / len(old)


def _words(skill: Skill) -> list[str]:
    bodies = (document.body_text for document in skill.documents.values())
    return " ".join(bodies).split()
