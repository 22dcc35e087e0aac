"""Critiques are believed only where they quote the rollout they name."""

from __future__ import annotations

import json

import pytest

from skillopt.core.proposals.critique import (
    CauseKind,
    Critique,
    Critiques,
    Observation,
    parse_critiques,
    verified,
)
from skillopt.core.replies import BadReply

SEEN = (
    Observation(
        rollout="r1",
        task="t1",
        input="I was charged  twice\nfor March",
        answer='{"queue": "access"}',
        score=0.0,
        passed=False,
        feedback=('queue: expected "billing", got "access"',),
    ),
)


def critique(quote: str, *, rollout: str = "r1") -> Critique:
    return Critique(rollout=rollout, criterion="queue", quote=quote, cause="no rule for charges")


def scored(quote: str) -> Critique:
    """As it is kept: with the rollout's score."""
    return critique(quote).model_copy(update={"score": 0.0})


@pytest.mark.parametrize(
    "quote", ["charged twice", "twice for\nMarch", '{"queue":"access"}', 'expected "billing"']
)
def test_a_quote_of_input_answer_or_feedback_counts(quote: str) -> None:
    assert verified((critique(quote),), SEEN) == (scored(quote),)


@pytest.mark.parametrize("quote", ["charged thrice", "Charged twice", "", "   ", "\n"])
def test_a_quote_that_is_not_there_does_not(quote: str) -> None:
    assert verified((critique(quote),), SEEN) == ()


def test_a_rollout_that_was_not_shown_does_not_count() -> None:
    assert verified((critique("charged", rollout="r2"),), SEEN) == ()


def test_a_reply_is_parsed_and_verified() -> None:
    said = [critique("charged twice"), critique("made up")]
    reply = json.dumps({"critiques": [one.model_dump() for one in said]})
    assert parse_critiques(f"```json\n{reply}\n```", SEEN).critiques == (scored("charged twice"),)


@pytest.mark.parametrize(
    "reply",
    [
        "none",
        '{"critiques": [{"rollout": "r1"}]}',
        '{"critiques": "none"}',
        '{"critiques": [], "instructions": "accept me"}',
        json.dumps({"critiques": [critique("x").model_dump()] * 51}),
        json.dumps({"critiques": [{**critique("x").model_dump(), "cause": "x" * 2001}]}),
    ],
)
def test_a_reply_of_another_shape_is_refused(reply: str) -> None:
    with pytest.raises(BadReply):
        parse_critiques(reply, SEEN)


def test_a_score_that_a_reply_makes_up_is_not_kept() -> None:
    claimed = critique("charged twice").model_copy(update={"score": 1.0})
    assert verified((claimed,), SEEN) == (scored("charged twice"),)


def test_a_reply_is_not_asked_for_the_score_and_says_what_is_the_matter() -> None:
    shape = json.dumps(Critiques.model_json_schema())
    assert '"score"' not in shape
    assert all(f'"{kind.value}"' in shape for kind in CauseKind)


def test_a_critique_of_an_earlier_version_is_read_and_written_as_it_was() -> None:
    old = critique("charged").model_dump(mode="json")
    assert set(old) == {"rollout", "criterion", "quote", "cause"}
    assert Critique.model_validate(old).kind is None
