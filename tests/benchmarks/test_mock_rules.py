"""A small search stays as cheap as it is said to be."""

from __future__ import annotations

import pytest

from tests.benchmarks.mock_rules import RULES, spent

MOST = 52
"""Rollouts to the last acceptance."""


@pytest.mark.parametrize("seed", range(3))
def test_four_rules_are_learned_in_few_rollouts(seed: int) -> None:
    found = spent(seed)
    assert found.accepted == len(RULES)
    assert found.rollouts <= MOST


def test_without_a_curriculum_every_round_runs_all_train_tasks() -> None:
    assert spent(0, curriculum=False).rollouts == 72
