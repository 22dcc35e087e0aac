"""Student's t distribution, against scipy's."""

from __future__ import annotations

import pytest

from skillopt.core.gate.student_t import t_quantile, t_within

stats = pytest.importorskip("scipy.stats")


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 7, 11, 29, 30, 149, 1000])
@pytest.mark.parametrize("within", [0.5, 0.9, 0.95, 0.99])
def test_t_quantiles_are_scipys(freedom: int, within: float) -> None:
    expected = stats.t.ppf(0.5 + within / 2, freedom)
    assert t_quantile(within, freedom) == pytest.approx(expected, rel=1e-9)
    assert t_within(expected, freedom) == pytest.approx(within, rel=1e-9)


@pytest.mark.parametrize(("within", "freedom"), [(0.0, 5), (1.0, 5), (0.95, 0)])
def test_impossible_quantiles_are_refused(within: float, freedom: int) -> None:
    with pytest.raises(ValueError, match="no t quantile"):
        t_quantile(within, freedom)
