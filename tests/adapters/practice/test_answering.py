from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.practice.answering import KINDS, Kind, Params, checked_params, respond
from skillopt.core.evaluation.task import Message
from skillopt.core.quoting import block

SKILL = 'Answer with one of `a`, `b`.\n- When it says "bee", answer `b`.'
MESSAGES = (
    Message(role="system", content=f"Follow the skill.\n\n{block('skill', SKILL)}"),
    Message(role="user", content="two bees"),
)


def test_the_reader_follows_the_skill() -> None:
    assert respond("reader", MESSAGES, Params()) == "b"


def test_noise_errs_by_the_seed() -> None:
    said = [respond("reader", MESSAGES, Params(seed, noise=0.5)) for seed in range(30)]
    assert 5 < said.count("a") < 25


def test_without_a_skill_or_a_question_it_has_nothing_to_follow() -> None:
    assert respond("reader", MESSAGES[1:], Params()) == "two bees"
    assert respond("reader", MESSAGES[:1], Params(seed=3)) == "a"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"seed": "x"}, "seed is 'x'; it must be an integer"),
        ({"seed": True}, "seed is True; it must be an integer"),
        ({"noise": "much"}, "noise is 'much'; it must be a number between 0 and 1"),
        ({"noise": 2}, "noise is 2; it must be a number between 0 and 1"),
        ({"noise": float("nan")}, "noise is nan; it must be a number between 0 and 1"),
    ],
)
def test_parameters_are_checked(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match="must be") as raised:
        checked_params(given)
    assert str(raised.value) == says


def test_other_parameters_shape_nothing() -> None:
    assert checked_params({"temperature": 0.2, "noise": 1, "seed": 7}) == Params(7, 1.0)


WORDS = st.sampled_from(
    (
        "{",
        "[" * 3000,
        "]",
        '"',
        "null",
        "1e999",
        "\ud800",
        "\0",
        "`",
        "\n- When it says ",
        "</skill>",
    )
) | st.text(max_size=8)
TEXTS = st.lists(WORDS, max_size=8).map("".join)
NAMED = st.sampled_from(
    (
        "skill",
        "skills",
        "evidence",
        "limits",
        "refused",
        "critiques",
        "criteria",
        "answer",
        "lessons",
    )
)
JSON = st.sampled_from(("[]", "{}", "null", "[1]", '[{"id": 1}]', '{"a": []}'))


@given(
    st.sampled_from(KINDS),
    st.lists(st.tuples(NAMED, JSON | TEXTS), max_size=4),
    st.lists(st.tuples(NAMED, JSON | TEXTS), max_size=4),
    TEXTS,
)
def test_no_conversation_breaks_it(
    kind: Kind, above: list[tuple[str, str]], asked: list[tuple[str, str]], text: str
) -> None:
    system, user = ("".join(block(*one) for one in some) for some in (above, asked))
    said = (Message(role="system", content=system), Message(role="user", content=user + text))
    assert isinstance(respond(kind, said, Params()), str)
