"""What is said of a validation set before a cent is spent."""

from __future__ import annotations

import pytest

from skillopt.core.gate import GatePolicy, Outcome, PairedTask, Verdict, gate_power
from skillopt.core.gate.power import measured_spread
from tests.core.gate.contests import KINDS


def test_the_race_on_24_tasks() -> None:
    """The study's sentence: 24 points 4 times in 5; the product's own measure says the same."""
    found = gate_power(24, None, GatePolicy(kind="race"))
    assert found.mde80 == pytest.approx(0.24, abs=0.005)
    assert found.text.startswith(
        "24 validation tasks: a true gain of 24 points is accepted about 80 % of the time. "
        "An edit that does nothing: at most 10 % in round 1, 4 % over a run."
    )
    assert (
        "With 60 tasks: gains of 15 points. With graded scores: gains of 16 points." in found.text
    )
    assert found.warnings == ()


@pytest.mark.parametrize("kind", KINDS)
def test_more_tasks_grades_and_less_spread_find_smaller_gains(kind: str) -> None:
    policy = GatePolicy.model_validate({"kind": kind})
    few, many = gate_power(20, None, policy), gate_power(80, None, policy)
    assert many.mde80 == pytest.approx(few.mde80 / 2)
    assert gate_power(20, None, policy, graded=True).mde80 < few.mde80
    assert gate_power(20, 0.21, policy).mde80 == pytest.approx(few.mde80 / 2)
    assert few.mde50 < few.mde80


@pytest.mark.parametrize(
    ("tasks", "warnings", "certifies"), [(20, 0, True), (19, 1, True), (8, 1, True), (7, 1, False)]
)
def test_few_tasks_are_warned_about(tasks: int, warnings: int, *, certifies: bool) -> None:
    found = gate_power(tasks, None, GatePolicy())
    assert len(found.warnings) == warnings
    assert found.certifies is certifies


def test_no_tasks_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one task"):
        gate_power(0, None, GatePolicy())


def verdict(*differences: float, lost: int = 0) -> Verdict:
    """A contest in which the candidate was so much better on tasks t0, t1 ..."""
    pairs = [
        PairedTask(
            task=f"t{at}", incumbent=0.5, candidate=0.5 + by, candidate_runs=1, incumbent_runs=1
        )
        for at, by in enumerate(differences)
    ]
    pairs += [
        PairedTask(task=f"l{at}", incumbent=0.5, candidate=None, candidate_runs=0, incumbent_runs=1)
        for at in range(lost)
    ]
    return Verdict(
        outcome=Outcome.REJECTED, code="test", reason="", gain=0.0, p_value=0.5,
        tasks_seen=len(pairs), rollouts=len(pairs), pairs=tuple(pairs), book={},
    )  # fmt: skip


APART: dict[str, str | None] = {f"{kind}{at}": None for kind in "tl" for at in range(8)}


def test_the_spread_is_pooled_over_contests_around_the_mean_of_each() -> None:
    told = [verdict(0.5, 0.1), verdict(-0.1, -0.5), verdict(0.3, -0.1, lost=3)]
    assert measured_spread(told, APART) == pytest.approx(0.08**0.5)


def test_two_contests_are_too_few_and_none_of_one_task_counts() -> None:
    pair = verdict(0.5, 0.1)
    assert measured_spread([pair, pair], APART) is None
    assert measured_spread([pair, pair, verdict(0.5), verdict(lost=4)], APART) is None


def test_kin_and_tasks_that_are_gone_do_not_widen_the_spread() -> None:
    kin = {"t0": "a", "t1": "a", "t2": None}
    assert measured_spread([verdict(0.4, -0.2, 0.3, -0.5)] * 3, kin) == pytest.approx(0.02**0.5)


def test_versions_that_never_differed_tell_nothing_of_the_spread() -> None:
    assert measured_spread([verdict(0.0, 0.0, 0.0)] * 5, APART) is None


def test_a_measured_spread_is_told() -> None:
    found = gate_power(24, 0.21, GatePolicy(kind="race"))
    assert found.text.startswith("24 validation tasks (spread measured in earlier contests)")
    assert found.mde80 == pytest.approx(gate_power(24, None, GatePolicy(kind="race")).mde80 / 2)
