"""A sealed test certifies once."""

from __future__ import annotations

import pytest

from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.task import Task
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.history.sealed_openings import (
    Opened,
    held_to,
    opened_before,
    opened_by,
    told_runs,
)


def task(name: str) -> Task:
    return Task(id=name, split="test", input=name, expected="x", checks=(Exact(type="exact"),))


TASKS = (task("a"), task("b"))
SEALED = SealedTest(
    first_score=0.1, last_score=0.9, difference=0.8, low=0.5, high=1.0, p_value=0.001,
    certified=True, tasks=20, wins=16, losses=0,
)  # fmt: skip


def record(name: str, **changes: object) -> Opened:
    fields: dict[str, object] = {
        "id": name,
        "kind": "tune",
        "first": "v1",
        "last": "v2",
        "opened": opened_by(TASKS),
    }
    return Opened.model_validate({**fields, **changes})


def before(*records: Opened, tasks: tuple[Task, ...] = TASKS) -> tuple[str, ...]:
    return opened_before(records, run="now", tasks=tasks, versions=("v1", "v3"))


def test_an_earlier_look_at_any_of_the_tasks_counts() -> None:
    assert before(record("one"), record("two", opened=opened_by(TASKS[:1]))) == ("one", "two")


def test_new_tasks_are_a_new_test() -> None:
    assert before(record("one"), tasks=(task("c"), task("d"))) == ()


def test_a_task_that_was_changed_is_new() -> None:
    changed = TASKS[0].model_copy(update={"expected": "y"})
    assert before(record("one"), tasks=(changed,)) == ()


def test_the_run_itself_and_one_that_opened_nothing_do_not_count() -> None:
    assert before(record("now"), record("other", opened=())) == ()


def test_the_same_comparison_is_no_second_test() -> None:
    assert before(record("one", last="v3")) == ()
    assert before(record("one", last="v3"), tasks=TASKS[:1]) == ("one",)
    assert before(record("one", last="v3", kind="eval")) == ("one",)


@pytest.mark.parametrize(
    ("earlier", "insisted", "certified", "reopened"),
    [
        ((), False, True, False),
        ((), True, True, False),
        (("one",), False, False, False),
        (("one",), True, True, True),
    ],
)
def test_what_was_opened_before_certifies_only_on_insistence(
    earlier: tuple[str, ...],
    insisted: bool,  # noqa: FBT001 - a row of the table
    certified: bool,  # noqa: FBT001
    reopened: bool,  # noqa: FBT001
) -> None:
    found = held_to(SEALED, before=earlier, insisted=insisted)
    assert (found.certified, found.reopened) == (certified, reopened)
    assert found.opened_before == earlier
    assert found.difference == SEALED.difference


def test_insistence_makes_no_certificate() -> None:
    weak = SEALED.model_copy(update={"certified": False})
    assert not held_to(weak, before=("one",), insisted=True).certified


def test_many_runs_are_told_by_number() -> None:
    assert told_runs(("a",)) == "run a"
    assert told_runs(("a", "b")) == "runs a and b"
    assert told_runs(("a", "b", "c")) == "3 runs, the last of them c"
