"""What the ledger pays, as text: calls until the same gain, and its interval."""

from __future__ import annotations

import pytest

from tests.benchmarks.pays_report import Course, for_a_point, jackknife, report, until_same


def course(arm: str, *steps: tuple[int, float], seed: int = 0, calls: int = 1000) -> Course:
    return Course(
        part="first",
        set="desks",
        seed=seed,
        arm=arm,
        steps=((0, 0.0), *steps),
        calls=calls,
        train=0,
        validation=0,
        contests=0,
    )


def test_calls_are_counted_until_the_smaller_of_the_best_gains() -> None:
    on = course("on", (100, 5.0), (200, 20.0))
    off = course("off", (200, 4.0), (400, 10.0), (500, 9.0))
    assert until_same([(on, off)]) == 200 / 400
    assert until_same([(off, on)]) == 400 / 200


def test_calls_for_a_point_are_all_calls_over_the_last_gains() -> None:
    on, off = course("on", (100, 20.0), calls=500), course("off", (100, 10.0), calls=1000)
    assert for_a_point([(on, off)]) == pytest.approx(0.25)


def test_alike_pairs_have_an_interval_without_width() -> None:
    pairs = [(course("on", (50, 5.0)), course("off", (100, 5.0)))] * 4
    assert jackknife(pairs, until_same) == pytest.approx((0.5, 0.5, 0.5))


def test_pairs_that_differ_have_a_wide_one() -> None:
    off = course("off", (100, 5.0))
    pairs = [(course("on", (calls, 5.0)), off) for calls in (20, 50, 80)]
    share, low, high = jackknife(pairs, until_same)
    assert share == pytest.approx(0.5)
    assert low < 0.2
    assert high > 0.8


def test_only_whole_pairs_are_compared() -> None:
    some = [course("on", (50, 5.0), seed=seed) for seed in range(3)]
    others = [course("off", (100, 5.0), seed=seed) for seed in range(2)]
    text = report([*some, *others])
    assert text.startswith("first run, desks, on / off")
    assert "pairs                           2" in text
    assert report(some) == ""
