"""What the run has taught the gate: run noise, and how far versions lie apart."""

from __future__ import annotations

import numpy as np
import pytest

from skillopt.core.gate.contest import GateMemory, Noise, Spread
from skillopt.core.gate.evidence import Evidence
from skillopt.core.gate.learned import (
    NOISE_SHARE,
    NOISE_SHARE_PASS_FAIL,
    Learned,
    learned,
    noise_share,
    noise_weight,
    with_contest,
)


def evidence(first: list[float], *, deterministic: bool = False, **memory: object) -> Evidence:
    return Evidence(
        total=np.array(first),
        runs=np.ones(len(first)),
        weights=np.ones(len(first)),
        seed=1,
        deterministic=deterministic,
        memory=GateMemory.model_validate(memory),
    )


PASS_FAIL = [0.0, 1.0] * 20
GRADED = [at / 40 for at in range(41)]


def test_the_first_guess_is_a_share_of_the_scores_variance() -> None:
    assert learned(evidence(PASS_FAIL)).noise == pytest.approx(NOISE_SHARE_PASS_FAIL * 0.25)
    graded = learned(evidence(GRADED)).noise / float(np.var(GRADED))
    assert NOISE_SHARE < graded < NOISE_SHARE_PASS_FAIL


def test_what_was_measured_outweighs_the_first_guess_with_time() -> None:
    guesses = [
        learned(evidence(PASS_FAIL, noise=Noise(squares=0.01 * count, repeats=count))).noise
        for count in (0, 15, 150, 10_000)
    ]
    assert guesses == sorted(guesses, reverse=True)
    assert guesses[-1] == pytest.approx(0.01, rel=0.05)


def test_a_steady_target_has_no_noise() -> None:
    assert learned(evidence(PASS_FAIL, deterministic=True)).noise == 0
    assert learned(evidence(PASS_FAIL, noise=Noise(squares=0.0, repeats=100))).noise == 0


def test_the_spread_is_what_noise_does_not_explain() -> None:
    wide = Spread(squares=100.0, units=1000.0)
    noisy = Spread(squares=100.0, units=1000.0, noise_weight=400.0)
    assert learned(evidence(PASS_FAIL, spread=noisy)).spread < (
        learned(evidence(PASS_FAIL, spread=wide)).spread
    )
    assert learned(evidence(PASS_FAIL, spread=noisy)).spread > 0


def test_the_share_of_noise() -> None:
    assert noise_share(Learned(noise=1.0, spread=3.0)) == 0.25
    assert noise_share(Learned(noise=0.0, spread=0.0)) == 0.0


def test_more_passes_and_runs_carry_less_noise() -> None:
    made = evidence(PASS_FAIL)
    assert noise_weight(made, 1) == pytest.approx(2.0)
    assert noise_weight(made, 2) == pytest.approx(1.5)
    made.runs = made.runs * 4
    assert noise_weight(made, 1) == pytest.approx(1.25)


def test_a_contest_enters_the_record_without_what_was_lost() -> None:
    made = evidence(PASS_FAIL, spread=Spread(squares=1.0, noise_weight=2.0, units=3.0))
    made.trials[0] = 1 - made.total
    made.trials[0][:10] = np.nan
    made.lost[:10] = True
    after = with_contest(made, np.arange(40))
    assert after.units == 3.0 + 30
    assert after.squares == pytest.approx(1.0 + 30)
    assert after.noise_weight == pytest.approx(2.0 + 2.0 * 30)
