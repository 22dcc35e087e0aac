"""What a run may cost, before a cent is spent."""

from __future__ import annotations

import pytest

from skillopt.core.estimate import RESERVE_MARGIN, Estimate, estimate, sealed_reserve
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate import GatePolicy
from skillopt.core.loop_settings import LoopSettings
from tests.scripted import SKILL, tasks

MODELS = {"target": "openai/a", "optimizer": "openai/b"}


def estimated(*, deterministic: bool = False, known: bool = True, **settings: object) -> Estimate:
    return estimate(
        SKILL,
        tasks(),
        LoopSettings.model_validate(settings),
        models=MODELS,
        deterministic=deterministic,
        price=lambda _role, prompt, completion: (prompt + 2 * completion) / 1e6 if known else None,
    )


@pytest.mark.parametrize(
    ("settings", "rollouts"),
    [
        ({"rounds": 0}, 24 + 2 * 24),
        ({"rounds": 1}, 24 + (12 + 24 * 2) + 2 * 24),
        ({"rounds": 3, "minibatch": 4, "trials": 2}, 24 + 3 * (8 + 24 * 2) + 2 * 24),
        ({"rounds": 1, "gate": GatePolicy(passes=3)}, 24 + (12 + 24 * 3) + 2 * 24),
        ({"rounds": 1, "deterministic": True}, 24 + (12 + 24) + 2 * 24),
    ],
)
def test_rollouts_are_baseline_rounds_and_sealed_test(
    settings: dict[str, object], rollouts: int
) -> None:
    deterministic = bool(settings.pop("deterministic", False))
    assert estimated(deterministic=deterministic, **settings).rollouts == rollouts


def test_each_role_has_its_calls_and_its_cost() -> None:
    found = estimated(rounds=3)
    target, optimizer = found.roles
    assert (target.role, target.model, target.calls) == ("target", "openai/a", found.rollouts)
    assert (optimizer.role, optimizer.calls) == ("optimizer", 6)
    assert target.cost == (target.prompt_tokens + 2 * target.completion_tokens) / 1e6
    assert found.cost == pytest.approx((target.cost or 0) + (optimizer.cost or 0))
    assert found.unpriced == ()


def test_an_unknown_price_makes_the_sum_unknown() -> None:
    found = estimated(known=False)
    assert (found.cost, found.unpriced) == (None, ("openai/a", "openai/b"))


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
