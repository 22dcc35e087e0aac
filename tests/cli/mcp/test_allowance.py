"""What a call may spend, and what the server's own limit leaves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from skillopt.cli.mcp.allowance import Allowance, Approve, Planned, Spending, limits
from skillopt.core.estimate import Estimate, RoleEstimate
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.settings import Settings
from skillopt.errors import InputError

PLANNED = Planned(what="the run", calls=40, cost=0.2, models=("m",))


def spent(calls: int, cost: float = 0.0) -> Spending:
    made = Spending()
    made.usage = Usage(calls=calls, cost=cost)
    return made


def test_without_an_approval_the_answer_says_how_to_give_one() -> None:
    asked = PLANNED.asked(writes=True)
    assert asked.approve == {"max_calls": 40, "max_cost": 0.3}
    assert "at most 40 calls" in asked.says
    assert '"write": true' in asked.says
    free = PLANNED.model_copy(update={"cost": 0.0}).asked()
    assert free.approve == {"max_calls": 40}


def test_a_target_that_is_a_command_makes_a_call_a_rollout() -> None:
    judge = RoleEstimate(
        role="judge", model="j", calls=7, prompt_tokens=1, completion_tokens=1, cost=0.0
    )
    made = Estimate(rollouts=10, roles=(judge,), unpriced=())
    assert Planned.of(made, what="the run").calls == 17
    target = judge.model_copy(update={"role": "target", "calls": 10})
    both = Estimate(rollouts=10, roles=(target, judge), unpriced=())
    assert Planned.of(both, what="the run").calls == 17


@given(
    approved=st.integers(1, 1000),
    own=st.none() | st.integers(0, 1000),
)
def test_the_lower_limit_holds(approved: int, own: int | None) -> None:
    approve = Approve(max_calls=approved, max_cost=1.0)
    held = limits(approve, Settings(max_calls=own), PLANNED)
    assert held["max_calls"] == (approved if own is None else min(approved, own))
    assert held["max_cost"] == 1.0
    assert "max_tokens" not in held


def test_money_is_stated_where_there_is_a_price() -> None:
    with pytest.raises(InputError, match="approve needs max_cost"):
        limits(Approve(max_calls=5), Settings(), PLANNED)
    with pytest.raises(InputError, match=r"approve\.max_calls is 0"):
        limits(Approve(max_cost=1.0), Settings(), PLANNED)
    free = PLANNED.model_copy(update={"cost": 0.0})
    assert limits(Approve(max_calls=5), Settings(), free) == {"max_calls": 5}


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 50)), max_size=20))
def test_all_approvals_together_stay_within_the_limit(calls: list[tuple[int, int]]) -> None:
    allowance, left = Allowance(max_calls=100), 100
    for approved, wanted in calls:
        used = min(approved, wanted)
        if approved > left:
            with (
                pytest.raises(InputError, match=f"{left} calls left"),
                allowance.take(Approve(max_calls=approved), spent(0)),
            ):
                pass
            continue
        with allowance.take(Approve(max_calls=approved), spent(used)):
            pass
        left -= used
    assert left >= 0


def test_what_runs_is_set_aside_and_a_limit_of_money_needs_money() -> None:
    allowance = Allowance(max_calls=10, max_cost=1.0)
    with allowance.take(Approve(max_calls=6, max_cost=0.5), spent(2, 0.1)):
        with (
            pytest.raises(InputError, match="4 calls left"),
            allowance.take(Approve(max_calls=5, max_cost=0.1), spent(0)),
        ):
            pass
        with (
            pytest.raises(InputError, match=r"0\.5000 US dollars left"),
            allowance.take(Approve(max_calls=1, max_cost=0.6), spent(0)),
        ):
            pass
    with allowance.take(Approve(max_calls=8, max_cost=0.9), spent(0)):
        pass
    with (
        pytest.raises(InputError, match="needs max_cost"),
        allowance.take(Approve(max_calls=1), spent(0)),
    ):
        pass


@pytest.mark.parametrize(
    "given",
    [
        {"write": "yes"}, {"write": 1}, {"max_calls": True}, {"max_calls": "24"},
        {"max_calls": -1}, {"max_tokens": "9"}, {"max_cost": "1"}, {"max_cost": float("inf")},
    ],
)  # fmt: skip
def test_an_approval_is_taken_as_it_stands(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Approve.model_validate(given)
    assert Approve.model_validate({"max_calls": 24, "max_cost": 1, "write": True}).write
