"""Harm: a rejection that says so, and one that only shows no gain."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.gate.contest import Outcome, PairedTask, Verdict
from skillopt.core.gate.harm import clearly_harmful, z_score


def verdict(
    differences: Sequence[float] = (),
    *,
    outcome: Outcome = Outcome.REJECTED,
    code: str = "test",
    p_value: float | None = None,
) -> Verdict:
    pairs = tuple(
        PairedTask(
            task=f"t{at}",
            incumbent=max(0.0, -one),
            candidate=max(0.0, one),
            candidate_runs=1,
            incumbent_runs=1,
        )
        for at, one in enumerate(differences)
    )
    return Verdict(
        outcome=outcome,
        code=code,
        reason="",
        gain=None,
        p_value=p_value,
        tasks_seen=len(pairs),
        rollouts=0,
        pairs=pairs,
        book={},
    )


@pytest.mark.parametrize(
    ("found", "harmful"),
    [
        (verdict([0.0] * 100), False),
        (verdict([-1.0] * 2 + [0.0] * 50), False),
        (verdict([-1.0] * 12 + [1.0] * 10 + [0.0] * 50), False),
        (verdict([-1.0] * 12 + [0.0] * 50), True),
        (verdict([-1.0] * 12 + [0.0] * 50, outcome=Outcome.INCONCLUSIVE), False),
        (verdict([1.0] * 12, code="sentinel"), True),
        (verdict([1.0] * 12, code="guard"), True),
        (verdict(p_value=0.97), True),
        (verdict(p_value=0.8), False),
        (verdict(), False),
    ],
)
def test_harm_is_told_from_no_gain(*, found: Verdict, harmful: bool) -> None:
    assert clearly_harmful(found) == harmful


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=60))
def test_the_score_is_antisymmetric_and_has_the_sign_of_the_sum(differences: list[float]) -> None:
    score = z_score(differences)
    assert score * sum(differences) >= -1e-9
    assert z_score([-one for one in differences]) == pytest.approx(-score)


@given(st.floats(0.05, 1), st.integers(1, 200))
def test_more_tasks_of_the_same_difference_say_it_more_clearly(one: float, count: int) -> None:
    assert z_score([one] * (count + 1)) > z_score([one] * count) > 0
