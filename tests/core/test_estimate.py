"""What a run may cost, before a cent is spent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.estimate import (
    ANSWER_TOKENS,
    RESERVE_MARGIN,
    Called,
    CallSize,
    Estimate,
    estimate,
    sealed_reserve,
)
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate import GatePolicy
from skillopt.core.loop_settings import LoopSettings
from skillopt.core.proposals.comparison import MOST_COMPARED
from skillopt.core.upper_bound import most_rollouts
from tests.scripted import tasks

MODELS = {"target": "openai/a", "optimizer": "openai/b"}
SIZES = {
    "target": CallSize(prompt_chars=400),
    "optimizer": CallSize(prompt_chars=8000, answers=12),
}


def estimated(
    *,
    deterministic: bool = False,
    known: bool = True,
    checked: bool = False,
    **settings: object,
) -> Estimate:
    return estimate(
        tasks(),
        LoopSettings.model_validate(settings),
        models=MODELS,
        sizes=SIZES,
        deterministic=deterministic,
        checked=checked,
        price=lambda _role, prompt, completion: (prompt + 2 * completion) / 1e6 if known else None,
    )


def test_rollouts_are_as_many_as_the_run_may_make() -> None:
    for deterministic in (True, False):
        run = LoopSettings(rounds=3, gate=GatePolicy(passes=3))
        most = most_rollouts(tasks(), run, steady=deterministic)
        found = estimated(deterministic=deterministic, **dict(run))
        assert found.rollouts == most


def test_a_call_before_the_run_counts() -> None:
    plain = estimated(rounds=2)
    checked = estimated(rounds=2, checked=True)
    assert [role.calls + 1 for role in plain.roles] == [role.calls for role in checked.roles]


def test_guards_that_take_probes_are_counted_for_every_round() -> None:
    plain = estimated(rounds=4)
    one = estimated(rounds=4, guards={"calibration": 0.1})
    both = estimated(rounds=4, guards={"calibration": 0.1, "consistency": 0.1})
    assert one.rollouts > plain.rollouts
    assert both.rollouts - one.rollouts == one.rollouts - plain.rollouts
    assert (one.rollouts - plain.rollouts) % 5 == 0


def test_each_candidate_is_asked_for() -> None:
    one, three = (estimated(rounds=2, candidates=number).roles[1].calls for number in (1, 3))
    assert (one, three) == (2 * 2 * 2, 2 * 2 * 4)


def test_a_judge_that_compares_is_asked_in_both_orders() -> None:
    found = estimate(
        tasks(),
        LoopSettings(rounds=2, candidates=3, compare_answers=True),
        models={"judge": "openai/c"},
        sizes={"judge": CallSize(prompt_chars=400)},
        deterministic=True,
        price=lambda *_: None,
    )
    assert found.roles[0].calls == 2 * 2 * 2 * MOST_COMPARED


def test_each_role_has_its_calls_and_its_cost() -> None:
    found = estimated(rounds=3)
    target, optimizer = found.roles
    assert (target.role, target.model, target.calls) == ("target", "openai/a", found.rollouts)
    assert (optimizer.role, optimizer.calls) == ("optimizer", 12)
    assert target.cost == (target.prompt_tokens + 2 * target.completion_tokens) / 1e6
    assert found.cost == pytest.approx((target.cost or 0) + (optimizer.cost or 0))
    assert found.unpriced == ()


def test_an_unknown_price_makes_the_sum_unknown() -> None:
    found = estimated(known=False)
    assert (found.cost, found.unpriced) == (None, ("openai/a", "openai/b"))


def test_a_reply_is_no_longer_than_max_tokens() -> None:
    assert CallSize(prompt_chars=1, most_tokens=12).reply_tokens(alike=True) == 12
    assert CallSize(prompt_chars=1, most_tokens=9999).reply_tokens(alike=True) == ANSWER_TOKENS


def test_a_measured_call_says_what_a_token_is() -> None:
    called = Called(prompt_chars=300, usage=Usage(calls=1, prompt_tokens=100, completion_tokens=7))
    size = CallSize(prompt_chars=600, answers=2, called=called)
    assert size.prompt_tokens(50) == 200 + 2 * 50
    assert (size.reply_tokens(alike=True), size.reply_tokens(alike=False)) == (7, ANSWER_TOKENS)


@given(
    st.integers(1, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.none() | st.integers(1)
)
def test_whatever_a_call_used_an_estimate_is_within_bounds(
    chars: int, prompt: int, completion: int, most: int | None
) -> None:
    usage = Usage(calls=1, prompt_tokens=prompt, completion_tokens=completion)
    called = Called(prompt_chars=chars, usage=usage)
    size = CallSize(prompt_chars=800, most_tokens=most, called=called)
    assert 100 <= size.prompt_tokens(0) <= 800
    assert 0 < size.reply_tokens(alike=True) <= (most or max(completion, ANSWER_TOKENS))


def test_the_reserve_is_two_runs_of_each_test_task_with_a_margin() -> None:
    used = Usage(calls=48, prompt_tokens=2400, completion_tokens=240, cost=1.0)
    reserve = sealed_reserve(used, tasks())
    assert reserve.calls == 2 * 48
    assert reserve.prompt_tokens == 2400 * 2 * RESERVE_MARGIN
    assert reserve.completion_tokens == 240 * 2 * RESERVE_MARGIN
    assert reserve.cost == pytest.approx(2 * RESERVE_MARGIN)


def test_the_reserve_has_a_call_for_every_run_and_may_have_no_price() -> None:
    reserve = sealed_reserve(Usage(calls=0, cost=None), tasks())
    assert (reserve.calls, reserve.cost) == (48, None)
