"""Agreement beside the score, and where the two part."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.probes.agreement import (
    Agreement,
    agreement_by_task,
    agreement_of,
    parted_between,
    same_answer,
)
from skillopt.core.probes.means import Mean
from tests.core.probes.rollouts import run, tasks


def test_agreement_is_the_share_of_pairs_that_are_alike() -> None:
    said = {"t0": "aaaa", "t1": "aabb", "t2": "abcd", "t3": "a"}
    rollouts = [run(task, 1, one) for task, answers in said.items() for one in answers]
    assert agreement_by_task(rollouts) == {"t0": 1, "t1": pytest.approx(1 / 3), "t2": 0}


@given(st.lists(st.sampled_from("abc"), min_size=2, max_size=8), st.randoms())
def test_the_order_of_the_runs_does_not_matter(answers: list[str], draw: object) -> None:
    mixed = list(answers)
    draw.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = ([run("t", 0, said) for said in each] for each in (answers, mixed))
    assert agreement_by_task(one) == agreement_by_task(other)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Bakery", " bakery.\n", True),
        ("the  bakery", "The bakery", True),
        ("caf\u00e9", "cafe\u0301", True),
        ("bakery", "bakery!", False),
        ("1.0", "1", False),
    ],
)
def test_spelling_does_not_make_another_answer(
    one: str,
    other: str,
    same: bool,  # noqa: FBT001 - a row of the table
) -> None:
    assert same_answer(one, other) is same


def agreed(pairs: list[tuple[float, float]]) -> Agreement:
    agreement = {f"t{at}": one for at, (one, _) in enumerate(pairs)}
    scores = {f"t{at}": score for at, (_, score) in enumerate(pairs)}
    found = agreement_of(agreement, scores, tasks(len(pairs)), runs=3)
    assert found is not None
    return found


def test_agreement_that_follows_the_score_raises_no_alarm() -> None:
    found = agreed([(1, 1), (0.3, 0.3), (1, 0.9), (0.4, 0.5)] * 4)
    assert found.correlation is not None
    assert found.correlation > 0.9
    assert (found.partings, found.consistently_wrong) == ((), ())


def test_agreement_on_wrong_answers_is_told_with_its_tasks() -> None:
    found = agreed([(1, 0), (0.9, 0.4), (1, 1), (0.9, 0)])
    assert found.consistently_wrong == ("t0", "t1", "t3")
    (says,) = found.partings
    assert says.startswith("the runs agree on 95% and score 35%")


def test_more_agreement_where_the_score_is_lower_is_told_only_beyond_chance() -> None:
    clear = agreed([(1.0, 0.5), (0.9, 0.6), (0.5, 0.8), (0.3, 1.0)] * 3)
    assert "tasks with more agreement score lower" in clear.partings[0]
    faint = agreed([(1.0, 0.9), (0.9, 0.7), (0.5, 0.8), (0.3, 0.95)] * 2)
    assert faint.correlation is not None
    assert faint.correlation < 0
    assert faint.partings == ()


def test_a_correlation_needs_tasks_and_differences() -> None:
    assert agreed([(1, 1), (0, 0)]).correlation is None
    assert agreed([(1, 1), (1, 0)] * 5).correlation is None
    assert agreement_of({}, {}, tasks(2), runs=1) is None


def mean(value: float, low: float) -> Mean:
    return Mean(mean=value, low=low, high=1.0, tasks=9)


def test_versions_part_where_agreement_is_shown_to_rise_and_the_score_falls() -> None:
    assert "agreement rises by +20.0 points" in str(parted_between(mean(0.2, 0.1), mean(-0.1, -1)))
    assert parted_between(mean(0.2, -0.1), mean(-0.1, -1)) is None
    assert parted_between(mean(0.2, 0.1), mean(0.1, -1)) is None
    assert parted_between(None, mean(-0.1, -1)) is None
