"""The record of an accepted candidate, with the winner's curse taken out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.gate.evidence import Evidence
from skillopt.core.gate.rebase import Succession, rebased, sampling_variance, shrunk_gain

scores = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=4, max_size=30)


def evidence(pairs: list[tuple[float, float]], *, deterministic: bool = False) -> Evidence:
    """One run of the incumbent and one of the candidate on each task."""
    before, after = (np.array(side) for side in zip(*pairs, strict=True))
    found = Evidence(
        total=before,
        runs=np.ones(len(pairs)),
        weights=np.ones(len(pairs)),
        seed=1,
        deterministic=deterministic,
    )
    found.trials[0] = after
    return found


GAIN = [(0.0, 1.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0)] * 10


@given(scores, st.floats(0.001, 0.1))
def test_a_gain_shrinks_towards_nothing_and_never_past_it(
    pairs: list[tuple[float, float]], noise: float
) -> None:
    made = evidence(pairs)
    measured = float(made.differences(1).sum()) / made.size
    shrunk = shrunk_gain(made, 1, run_noise=noise)
    assert abs(shrunk) <= abs(measured) + 1e-12
    assert shrunk * measured >= 0


def test_more_noise_shrinks_more() -> None:
    made = evidence(GAIN)
    gains = [shrunk_gain(made, 1, run_noise=noise) for noise in (0.0, 0.001, 0.01, 0.1)]
    assert gains == sorted(gains, reverse=True)
    assert gains[0] == pytest.approx(0.25), "without noise there is no luck"


@given(scores, st.floats(0, 0.5))
def test_the_new_record_claims_the_gain_it_is_credited_with(
    pairs: list[tuple[float, float]], kept: float
) -> None:
    made = evidence(pairs)
    total, runs, gain = rebased(made, 1, Succession(kept=kept, noise=0.02))
    means = total / runs
    claimed = float(np.mean(means) - np.mean(made.baseline))
    if np.any(made.differences(1) > 0):
        assert claimed == pytest.approx(gain, abs=1e-9)


def test_a_deterministic_target_is_taken_at_its_word() -> None:
    made = evidence(GAIN, deterministic=True)
    total, runs, gain = rebased(made, 1, Succession(kept=0.5))
    assert gain == pytest.approx(0.25)
    assert list(total) == [after for _, after in GAIN]
    assert list(runs) == [1.0] * len(GAIN)


def test_what_is_taken_off_is_taken_where_the_candidate_did_better() -> None:
    made = evidence(GAIN)
    total, runs, gain = rebased(made, 1, Succession(kept=0.0, noise=0.2))
    assert 0 < gain < 0.25
    means = total / runs
    for (before, after), mean in zip(GAIN, means, strict=True):
        assert (mean < after) if after > before else (mean == pytest.approx(after))


def test_a_curse_credits_a_share_of_the_measured_gain() -> None:
    whole, none = (
        rebased(evidence(GAIN), 1, Succession(kept=0.0, curse=curse, noise=0.2))[2]
        for curse in (1.0, 0.0)
    )
    half = rebased(evidence(GAIN), 1, Succession(kept=0.0, curse=0.5, noise=0.2))[2]
    assert whole == pytest.approx(0.25)
    assert half == pytest.approx((whole + none) / 2)


def test_a_lost_task_keeps_its_old_record() -> None:
    made = evidence(GAIN)
    made.trials[0][0] = np.nan
    made.lost[0] = True
    total, runs, _ = rebased(made, 1, Succession(kept=0.0, noise=0.02))
    assert (total[0], runs[0]) == (GAIN[0][0], 1.0)


def test_the_sampling_variance_is_that_of_the_mean() -> None:
    made = evidence(GAIN)
    values = made.differences(1)
    assert sampling_variance(made, 1) == pytest.approx(float(np.var(values)) / len(values))
