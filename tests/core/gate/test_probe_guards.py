"""Guards on calibration and consistency: an absolute margin, and no numbers is no pass."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.gate.guards import Margins
from skillopt.core.gate.probe_guards import ProbeGuard, ProbeName, probe_guard

TASKS = [f"t{at}" for at in range(12)]
UNITS = {task: task for task in TASKS}


def held(
    first: list[float], candidate: list[float], margin: float, name: ProbeName = "brier"
) -> ProbeGuard:
    return probe_guard(
        name,
        dict(zip(TASKS, first, strict=False)),
        dict(zip(TASKS, candidate, strict=False)),
        units=UNITS,
        margin=margin,
    )


def test_the_same_values_pass_with_any_margin() -> None:
    values = [0.1, 0.9] * 6
    assert held(values, values, 0.0).veto is None


@given(st.lists(st.floats(0, 0.5), min_size=12, max_size=12), st.floats(0.01, 0.4))
def test_worse_by_more_than_the_margin_is_a_veto_and_by_less_is_none(
    first: list[float], margin: float
) -> None:
    more = [value + margin + 0.005 for value in first]
    less = [value + margin - 0.005 for value in first]
    assert held(first, more, margin).veto is not None
    assert held(first, less, margin).veto is None


def test_what_cannot_be_ruled_out_is_a_veto() -> None:
    """Two tasks of twelve are worse: -0.05 in the mean, and it may well be more than 0.1."""
    found = held([0.0] * 12, [0.6, 0.6] + [0.0] * 10, 0.15, "inconsistency")
    assert found.veto is not None
    assert found.veto.startswith(
        "the share of wrapped tasks with another verdict is 0.100, against"
    )
    assert "guard_consistency allows" in found.veto


def test_tasks_of_one_cluster_are_one_unit() -> None:
    first, candidate = [0.5] * 12, [0.5, 0.5, 0.5, 0.3] * 3
    apart = held(first, candidate, 0.0)
    together = probe_guard(
        "brier",
        dict(zip(TASKS, first, strict=True)),
        dict(zip(TASKS, candidate, strict=True)),
        units={task: str(at % 4) for at, task in enumerate(TASKS)},
        margin=0.0,
    )
    assert apart.veto is None
    assert together.veto is not None


@pytest.mark.parametrize(("known", "vetoed"), [(6, False), (5, True), (0, True)])
def test_half_of_the_tasks_must_have_been_measured(
    known: int,
    vetoed: bool,  # noqa: FBT001 - a row of the table
) -> None:
    found = held([0.1] * known, [0.1] * known, 0.05)
    assert (found.veto is not None) is vetoed
    assert found.measure.tasks == known
    if vetoed:
        assert "stated no confidence that can be read" in str(found.veto)


def test_guards_that_are_off_leave_no_trace_in_the_hashed_settings() -> None:
    assert set(Margins().model_dump()) == {"skill_chars", "cost", "latency"}
    assert Margins(calibration=0.05).model_dump()["calibration"] == 0.05
    assert (Margins().probes, Margins(calibration=0, consistency=0.1).probes) == (0, 2)
