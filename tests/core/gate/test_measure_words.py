"""What a candidate takes, in words."""

from __future__ import annotations

from typing import get_args

import pytest

from skillopt.core.gate.contest import Measure, MeasureName
from skillopt.core.gate.measure_words import TITLES, told_measure


@pytest.mark.parametrize(
    ("measure", "told"),
    [
        (
            Measure(name="skill_chars", first=100, candidate=1_250, margin=2_000),
            "100 characters → 1,250 characters (limit: 2,000 characters more)",
        ),
        (
            Measure(name="cost", first=0.001, candidate=0.0012, margin=0.1),
            "$0.001000 → $0.001200 (limit: 10% more)",
        ),
        (Measure(name="latency", first=1.5, candidate=None), "1.500 s → unknown"),
        (
            Measure(name="brier", first=0.1, candidate=0.25, margin=0.05),
            "0.100 → 0.250 (limit: 0.05 more)",
        ),
        (
            Measure(name="inconsistency", first=0.0, candidate=0.125, margin=0.1),
            "0.0 % → 12.5 % (limit: 10.0 points more)",
        ),
    ],
)
def test_a_measure_has_its_unit_and_its_limit(measure: Measure, told: str) -> None:
    assert told_measure(measure) == told


def test_every_measure_has_a_title() -> None:
    assert set(TITLES) == set(get_args(MeasureName))
