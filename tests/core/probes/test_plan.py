"""Which probes are run, and how many rollouts they take at most."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from skillopt.core.probes.plan import ProbePlan


def test_none_named_is_all_and_one_named_is_one() -> None:
    whole = ProbePlan().complete
    assert (whole.second_attempts, whole.self_check, whole.variants, whole.agreement) == (
        True, True, 3, 3,
    )  # fmt: skip
    alone = ProbePlan(self_check=True)
    assert alone.complete == alone
    assert ProbePlan(kinds=("order",)).complete.variants == 1


def test_rollouts_by_what_they_are_for() -> None:
    plan = ProbePlan(second_attempts=True, variants=2)
    assert plan.rollouts(10, trials=1) == {"plain": 10, "second attempts": 10, "variants": 20}
    assert plan.rollouts(10, trials=2) == {"plain": 20, "second attempts": 20, "variants": 40}
    assert ProbePlan(agreement=4).rollouts(10, trials=2) == {"plain": 40}


@pytest.mark.parametrize("wrong", [{"agreement": 1}, {"variants": 10}, {"kinds": ()}])
def test_impossible_plans_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ProbePlan.model_validate(wrong)
