"""Edits that change nothing, through the whole stack: a reduced `tests/benchmarks/null_edits.py`."""

from __future__ import annotations

import math

import pytest

from tests.benchmarks.null_edits import STATED, measure


def tail(count: int, trials: int, chance: float) -> float:
    """P(X >= count) for X ~ Binomial(trials, chance)."""
    return sum(
        math.comb(trials, k) * chance**k * (1 - chance) ** (trials - k)
        for k in range(count, trials + 1)
    )


@pytest.mark.parametrize("gate", ["balanced", "race", "exact"])
async def test_identical_behaviour_is_accepted_within_the_stated_level(gate: str) -> None:
    """More than the stated share by so much that chance does it less than once in a million."""
    found = await measure(runs=15, rounds=2, validation=20, noise=0.3, gate=gate)
    assert found["proposals"] >= 28, "nearly every proposal comes to the gate"
    assert tail(found["accepted"], found["proposals"], STATED[gate]) > 1e-6
