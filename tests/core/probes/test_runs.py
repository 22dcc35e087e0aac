"""Each measure's value, task by task."""

from __future__ import annotations

from skillopt.core.probes.runs import (
    LIMITS,
    Attempts,
    Checked,
    ProbeRuns,
    Wrapped,
    confidences,
    values_of,
)
from tests.core.probes.rollouts import run

RUNS = ProbeRuns(
    plain=(run("a", 1, "x"), run("a", 0, "y", trial=1), run("b", 1, "z")),
    attempts=(Attempts(run("a", 0), run("a", 1)), Attempts(run("b", 1), run("b", 0.5))),
    checked=(
        Checked(run("a", 0), run("a", 1, confidence=0.6)),
        Checked(run("b", 1), run("b", 1)),
    ),
    wrapped=(
        Wrapped("errors", run("a", 1, "Yes"), run("a", 1, "yes.")),
        Wrapped("preamble", run("a", 1, "Yes"), run("a", 0.5, "no")),
    ),
    agreement=True,
)


def test_values_of_every_measure() -> None:
    found = values_of(RUNS)
    assert set(found) == set(LIMITS)
    assert found["score"] == {"a": 0.5, "b": 1}
    assert found["second_gain"] == {"a": 1, "b": -0.5}
    assert found["self_check_effect"] == {"a": 1, "b": 0}
    assert found["brier"] == {"a": 0.4 * 0.4}
    assert found["overconfidence"] == {"a": -0.4}
    assert found["consistency"] == {"a": 0.5}
    assert found["robustness"] == {"a": -0.25}
    assert found["agreement"] == {"a": 0}


def test_what_was_not_asked_for_has_no_values() -> None:
    found = values_of(ProbeRuns(plain=RUNS.plain))
    assert {name for name, values in found.items() if values} == {"score"}


def test_answers_without_a_confidence_are_left_out() -> None:
    assert confidences(RUNS.checked) == [("a", 0.6, 1)]


def test_the_same_answer_is_compared_without_its_spelling() -> None:
    assert [one.same_answer for one in RUNS.wrapped] == [True, False]
    assert [one.consistent for one in RUNS.wrapped] == [True, False]
