from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.evaluation.task import SPLITS
from skillopt.core.evaluation.triggers import (
    TriggerQuery,
    trigger_set,
    trigger_tasks,
    with_triggers,
)
from tests.scripted import tasks

QUERIES = [
    TriggerQuery(query=f"{'sort' if fires else 'cook'} {number}", should_trigger=fires)
    for fires in (True, False)
    for number in range(10)
]


def test_both_sides_are_in_every_split() -> None:
    found = Counter(
        (task.split, task.checks[0].absent) for task in trigger_tasks(QUERIES, skill="s")
    )
    assert found == {
        (split, side): {"train": 2, "validation": 6, "test": 2}[split]
        for split in SPLITS
        for side in (True, False)
    }


@given(st.permutations(QUERIES))
def test_the_splits_do_not_depend_on_the_order(queries: list[TriggerQuery]) -> None:
    asked = {task.text: task for task in trigger_tasks(queries, skill="s")}
    assert asked == {task.text: task for task in trigger_tasks(QUERIES, skill="s")}


def test_they_are_tasks_among_the_others() -> None:
    both = with_triggers(tasks(), QUERIES, skill="s")
    assert len(both.tasks) == len(tasks().tasks) + 20
    assert both.digest != tasks().digest
    assert "loading" not in tasks().tasks[0].model_dump()
    assert all(task.loading for task in both.tasks[-20:])


def test_a_loading_task_is_another_task() -> None:
    task = trigger_tasks(QUERIES[:1], skill="s")[0]
    assert task.digest != task.model_copy(update={"loading": False}).digest


def test_two_of_each_are_enough_for_three_splits() -> None:
    four = trigger_set([*QUERIES[:2], *QUERIES[-2:]], skill="s")
    assert len(four.tasks) == 4
    four.check_filled(*SPLITS)
