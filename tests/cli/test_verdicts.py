"""A verdict in full: numbers, measures and the tasks."""

from __future__ import annotations

import pytest

from skillopt.cli.verdicts import changed, told_numbers, told_table
from skillopt.core.gate import Measure, PairedTask
from tests.adapters.ledger.samples import a_verdict


def pair(
    incumbent: float | None = 1.0, candidate: float | None = 0.5, task: str = "v-1"
) -> PairedTask:
    return PairedTask(
        task=task, incumbent=incumbent, candidate=candidate, candidate_runs=1, incumbent_runs=1.0
    )


def test_gain_and_effort() -> None:
    (head,) = told_numbers(a_verdict())
    assert head == (
        "  gain on validation tasks +2.5 points, p = 0.3100; 40 tasks in pass 1, 40 rollouts"
    )


def test_what_was_not_measured_is_left_out() -> None:
    bare = a_verdict().model_copy(
        update={"gain": None, "p_value": None, "tasks_seen": 1, "rollouts": 1}
    )
    (head,) = told_numbers(bare)
    assert head == "  gain on validation tasks n/a; 1 task in pass 1, 1 rollout"


def test_measures_and_notes_follow() -> None:
    told = told_numbers(
        a_verdict().model_copy(
            update={
                "measures": (Measure(name="skill_chars", first=100, candidate=1_250),),
                "notes": ("task 'v-1' is no sentinel \x1b[31m",),
            }
        )
    )
    assert told[1:] == (
        "  length of the skill: 100 characters → 1,250 characters",
        "  note: task 'v-1' is no sentinel \\x1b[31m",
    )


def test_the_table_has_every_task_in_columns() -> None:
    pairs = (pair(), pair(None, None, "x" * 60), pair(task="two\nlines"))
    head, *rows = told_table(a_verdict().model_copy(update={"pairs": pairs}))
    assert [row.split() for row in rows] == [
        ["1.00", "0.50", "v-1"],
        ["n/a", "n/a", "x" * 60],
        ["1.00", "0.50", "two", "lines"],
    ]
    assert head.split() == ["INCUMBENT", "CANDIDATE", "TASK"]


@pytest.mark.parametrize(
    ("one", "differs"),
    [
        (pair(1.0, 0.5), True),
        (pair(1.0, 1.0), False),
        (pair(None, 0.5), False),
        (pair(1.0, None), False),
    ],
)
def test_a_task_has_changed_where_both_scores_are_known_and_differ(
    one: PairedTask,
    differs: bool,  # noqa: FBT001 - a row of the table
) -> None:
    assert changed(one) is differs
