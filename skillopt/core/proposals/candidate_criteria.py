"""Candidate criteria: what the optimizer found violated that the validation set has no name for.

They are kept for a person, who may add them to the set. Nothing is graded by them before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from skillopt.core.proposals.critique import Critique
from skillopt.core.value import Value


class CandidateCriterion(Value):
    """A criterion that the optimizer proposed."""

    name: str
    asks: str
    """What it asks of an answer, in a sentence."""
    critiques: int
    """Critiques that name it."""
    quote: str
    """Words of the first rollout that is said to violate it."""


def only_new(critiques: Iterable[Critique], criteria: Collection[str]) -> tuple[Critique, ...]:
    """The critiques; those of a criterion of the set propose none."""
    return tuple(
        one.model_copy(update={"asks": ""}) if one.criterion in criteria else one
        for one in critiques
    )


def candidate_criteria(critiques: Iterable[Critique]) -> tuple[CandidateCriterion, ...]:
    """The criteria that critiques propose, those that most of them name first.

    A name counts once, whatever its case; its sentence is the first that was given.
    """
    found: dict[str, CandidateCriterion] = {}
    for one in critiques:
        if not one.asks:
            continue
        known = found.get(one.criterion.casefold())
        first = known or CandidateCriterion(
            name=one.criterion, asks=one.asks, critiques=0, quote=one.quote
        )
        found[one.criterion.casefold()] = first.model_copy(
            update={"critiques": first.critiques + 1}
        )
    return tuple(sorted(found.values(), key=lambda each: -each.critiques))
