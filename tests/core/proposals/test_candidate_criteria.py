"""Criteria that the optimizer proposes are kept for a person."""

from __future__ import annotations

from skillopt.core.proposals.candidate_criteria import (
    CandidateCriterion,
    candidate_criteria,
    only_new,
)
from skillopt.core.proposals.critique import Critique


def said(criterion: str, asks: str = "", quote: str = "words") -> Critique:
    return Critique(rollout="r1", criterion=criterion, quote=quote, cause="no rule", asks=asks)


def test_a_criterion_of_the_set_is_not_proposed_again() -> None:
    given = (said("queue", "The right one."), said("tone", "Be polite."))
    assert only_new(given, {"queue": "The queue."}) == (said("queue"), said("tone", "Be polite."))


def test_a_name_counts_once_and_the_frequent_one_comes_first() -> None:
    found = candidate_criteria(
        [
            said("Units", "Give units."),
            said("queue"),
            said("tone", "Be polite.", "Hey"),
            said("Tone", "Stay polite."),
        ]
    )
    assert found == (
        CandidateCriterion(name="tone", asks="Be polite.", critiques=2, quote="Hey"),
        CandidateCriterion(name="Units", asks="Give units.", critiques=1, quote="words"),
    )


def test_a_criterion_without_a_sentence_is_no_candidate() -> None:
    assert candidate_criteria([said("tone")]) == ()
