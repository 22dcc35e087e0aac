from __future__ import annotations

from typing import Any

import pytest

from skillopt.adapters.practice.answering import Params, checked_params, respond
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
