"""What a probe found of one version, and how two versions differ."""

from __future__ import annotations

import pytest

from skillopt.core.probes.report import differences, probed
from skillopt.core.probes.runs import Attempts, Checked, ProbeRuns, Wrapped
from tests.core.probes.rollouts import run, tasks


def test_repairs_and_breakages_are_counted_apart() -> None:
    pairs = [("t0", 0, 1), ("t1", 0.5, 1), ("t2", 0, 0.5), ("t3", 1, 0.5), ("t4", 1, 1)]
    attempts = tuple(
        Attempts(run(task, first, "same"), run(task, second, "other"))
        for task, first, second in pairs
    )
    found = probed(ProbeRuns(plain=(run("t0", 0),), attempts=attempts), tasks(5))
    assert found is not None
    second = found.second_attempts
    assert second is not None
    assert (second.failed, second.repaired, second.passed, second.broken) == (3, 2, 2, 1)
    assert second.gain.mean == pytest.approx((1 + 0.5 + 0.5 - 0.5 + 0) / 5)
    assert (second.changed, second.attempts) == (5, 5)
    assert second.gain.low < second.gain.mean < second.gain.high


def test_without_a_plain_outcome_there_is_no_report() -> None:
    assert probed(ProbeRuns(plain=()), tasks(2)) is None


def test_a_self_check_without_a_single_confidence_has_no_brier_score() -> None:
    checked = (Checked(run("t0", 1), run("t0", 0)),)
    found = probed(ProbeRuns(plain=(run("t0", 1),), checked=checked), tasks(1))
    assert found is not None
    assert found.self_check is not None
    assert found.self_check.effect.mean == -1
    assert (found.self_check.assessed, found.self_check.brier) == (0, None)


def test_kinds_of_variants_are_told_apart() -> None:
    wrapped = (
        Wrapped("errors", run("t0", 1), run("t0", 0)),
        Wrapped("preamble", run("t0", 1), run("t0", 1)),
        Wrapped("preamble", run("t1", 0), run("t1", 0)),
    )
    found = probed(ProbeRuns(plain=(run("t0", 1),), wrapped=wrapped), tasks(2))
    assert found is not None
    assert found.variants is not None
    kinds = {one.kind: (one.variants, one.robustness.mean) for one in found.variants.kinds}
    assert kinds == {"preamble": (2, 0), "errors": (1, -1)}
    assert found.variants.consistency.mean == pytest.approx(0.75)


def test_differences_are_of_the_measures_that_both_have() -> None:
    one = ProbeRuns(plain=(run("t0", 0),), attempts=(Attempts(run("t0", 0), run("t0", 0)),))
    other = ProbeRuns(
        plain=(run("t0", 1),),
        attempts=(Attempts(run("t0", 0), run("t0", 1)),),
        checked=(Checked(run("t0", 1), run("t0", 1, confidence=1)),),
    )
    found = differences(one, other, tasks(1))
    assert {name: mean.mean for name, mean in found.items()} == {"score": 1, "second_gain": 1}
