"""What a run may cost, before a call."""

from __future__ import annotations

from typing import Any

import pytest

from skillopt.app.estimate import asked_of_target, chars_of, estimate_run
from skillopt.app.inputs import Inputs, read_inputs
from skillopt.core.estimate import Called, Estimate
from skillopt.core.evaluation.checks import Rubric
from skillopt.core.evaluation.rollout import Usage
from skillopt.errors import MissingModelError
from tests.scripted import SKILL, tasks

PRICES = {"input_cost_per_token": 2e-6, "output_cost_per_token": 1e-5}
RUBRIC = tasks((Rubric(type="rubric", criteria=("desk",)),))
MODELS = {
    "target": "openai/no-such-model",
    "optimizer": "openai/another",
    "judge": "openai/a-third",
    "target_params": PRICES,
    "optimizer_params": PRICES,
    "judge_params": PRICES,
}


def inputs(tasks_: Any = None, **settings: Any) -> Inputs:
    return read_inputs(SKILL, tasks_ or tasks(), settings)


def estimated(tasks_: Any = None, **settings: Any) -> Estimate:
    return estimate_run(inputs(tasks_, **(MODELS | settings)))


def test_a_judge_counts_only_where_there_is_a_rubric() -> None:
    assert [role.role for role in estimated().roles] == ["target", "optimizer"]
    assert [role.role for role in estimated(RUBRIC).roles] == ["target", "optimizer", "judge"]


def test_each_role_has_its_own_price() -> None:
    found = estimated()
    for role in found.roles:
        assert role.cost == pytest.approx(role.prompt_tokens * 2e-6 + role.completion_tokens * 1e-5)
    assert found.cost == pytest.approx(sum(role.cost or 0 for role in found.roles))
    assert found.unpriced == ()


def test_a_model_without_a_known_price_is_named() -> None:
    found = estimated(optimizer_params={})
    assert (found.cost, found.unpriced) == (None, ("openai/another",))


def test_a_practice_model_costs_nothing() -> None:
    found = estimate_run(inputs(practice=True))
    assert found.cost == 0


def test_a_deterministic_target_is_run_once_per_task_at_the_gate() -> None:
    exact: dict[str, Any] = {"gate": "exact", "passes": 3, "train_check": False}
    once, often = estimated(deterministic=True, **exact).rollouts, estimated(**exact).rollouts
    assert often - once == 12 * 24 * (2 * 3 - 1)
    assert estimate_run(inputs(practice=True, **exact)).rollouts == once
    noisy = estimate_run(inputs(practice=True, target_params={"noise": 0.3}, **exact))
    assert noisy.rollouts == often


def test_a_health_check_counts_where_a_model_is_called() -> None:
    def calls(**settings: Any) -> list[int]:
        return [role.calls for role in estimate_run(inputs(**settings)).roles]

    assert [more - 1 for more in calls(**MODELS)] == calls(**MODELS, health_check=False)
    assert calls(practice=True) == calls(practice=True, health_check=False)


def test_the_skill_is_taken_to_grow() -> None:
    def prompt(**settings: Any) -> list[float]:
        return [role.prompt_tokens / role.calls for role in estimated(**settings).roles]

    short, long = prompt(max_changed_chars=300), prompt(max_changed_chars=900)
    assert all(one < other for one, other in zip(short, long, strict=True))


def test_the_prompt_is_the_one_that_is_sent() -> None:
    def prompt(**settings: Any) -> int:
        return estimated(**settings).roles[0].prompt_tokens

    skill = len(SKILL.text) / 4 * estimated().rollouts
    assert prompt() > skill + 100 * estimated().rollouts, "our own instructions are paid, too"
    assert skill < prompt(target_template="{skill} {task}") < prompt()


def test_max_tokens_bounds_what_is_estimated() -> None:
    found = estimated(target_params={**PRICES, "max_tokens": 12})
    target = found.roles[0]
    assert target.completion_tokens == 12 * target.calls


def test_a_measured_call_wins_over_what_is_assumed() -> None:
    usage = Usage(calls=1, prompt_tokens=207, completion_tokens=5)
    mine, task = inputs(**MODELS, rounds=0), tasks().tasks[0]
    called = {"target": Called(prompt_chars=chars_of(asked_of_target(mine, task)), usage=usage)}
    target = estimate_run(mine, called=called).roles[0]
    assert target.prompt_tokens / target.calls == pytest.approx(207, rel=0.1)
    assert target.completion_tokens == 5 * target.calls


def test_a_role_without_a_model_is_an_error() -> None:
    with pytest.raises(MissingModelError, match="no model for the target"):
        estimate_run(inputs())
