"""How often validation tasks were looked at."""

from __future__ import annotations

from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.task import Task
from skillopt.core.history.task_usage import MANY, looked_at

TASKS = tuple(
    Task(id=name, split="validation", input=name, expected="x", checks=(Exact(type="exact"),))
    for name in "abcd"
)


def counted(*counts: int) -> dict[str, int]:
    return {task.digest: count for task, count in zip(TASKS, counts, strict=True)}


def test_tasks_that_were_never_looked_at_say_nothing() -> None:
    assert looked_at({}, TASKS) is None
    assert looked_at({"another task": 7}, TASKS) is None


def test_mean_and_most_are_told() -> None:
    found = looked_at(counted(0, 2, 4, 6), TASKS)
    assert found is not None
    assert (found.mean, found.most, found.warning) == (3.0, 6, None)
    assert (
        found.text
        == "each validation task has scored 3.0 skill versions on average (max 6; replace tasks after about 100)"
    )


def test_above_the_threshold_it_warns_and_says_what_helps() -> None:
    at = looked_at(counted(MANY, MANY, MANY, MANY), TASKS)
    above = looked_at(counted(MANY, MANY, MANY, MANY + 4), TASKS)
    assert at is not None
    assert above is not None
    assert at.warning is None
    assert "replace some of them" in str(above.warning)
