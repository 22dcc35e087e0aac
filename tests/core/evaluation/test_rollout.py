"""Rollouts and what they used."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from skillopt.core.evaluation.rollout import Graded, Missing, Rollout, RolloutKey, Usage
from tests.adapters.ledger.samples import a_missing, a_rollout

amounts = st.integers(0, 10**6)
usages = st.builds(
    Usage,
    calls=amounts,
    prompt_tokens=amounts,
    completion_tokens=amounts,
    cost=st.one_of(st.none(), st.integers(0, 1000).map(float)),
)


@given(usages, usages, usages)
def test_usage_adds_up_in_any_order(one: Usage, two: Usage, three: Usage) -> None:
    assert one + two == two + one
    assert (one + two) + three == one + (two + three)
    assert one + Usage() == one
    assert (one + two).tokens == one.tokens + two.tokens


def test_an_unknown_price_makes_the_sum_unknown() -> None:
    assert (Usage(cost=1.0) + Usage(cost=None)).cost is None
    assert (Usage(cost=1.0) + Usage(cost=0.5)).cost == 1.5


def test_a_key_names_skill_task_target_and_trial() -> None:
    key = RolloutKey(skill="s", task="t", target="x", trial=0)
    others = [{"skill": "u"}, {"task": "u"}, {"target": "u"}, {"trial": 1}]
    digests = {key.model_copy(update=other).digest for other in others}
    assert len({*digests, key.digest}) == 5
    assert RolloutKey(skill="s", task="t", target="x", trial=0).digest == key.digest


@pytest.mark.parametrize(("score", "passed"), [(1.0, True), (0.999, False), (0.0, False)])
def test_a_rollout_has_passed_where_every_check_is_fully_met(
    score: float,
    passed: bool,  # noqa: FBT001 - a row of the table
) -> None:
    assert a_rollout(score=score).passed is passed


@pytest.mark.parametrize("rollout", [a_rollout(), a_missing()])
def test_a_rollout_comes_back_as_what_it_was(rollout: Graded | Missing) -> None:
    adapter: TypeAdapter[Graded | Missing] = TypeAdapter(Rollout)
    assert adapter.validate_json(rollout.model_dump_json()) == rollout
