"""Files of a task: what they are to its digest, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.task import Task
from skillopt.core.evaluation.task_file import LARGEST_FILE, TaskFile, flaw_in_files, inside
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.errors import ValidationSetError

DIGEST = "d9e070e6231880efe45ee1acaf8d736f1acc99b1b4977355de13c96eb33ec199"
"""Of the first task, as the ledgers of the version without files have it."""


def task(name: str = "t", split: str = "train", **more: object) -> Task:
    fields = {"id": name, "split": split, "input": "x", "checks": (Exact(type="exact", value="x"),)}
    return Task.model_validate({**fields, **more})


def test_a_task_without_files_is_what_it_was() -> None:
    assert "files" not in task().model_dump()
    assert "git" not in task().model_dump()
    assert task().digest == DIGEST


def test_files_are_part_of_what_a_rollout_is() -> None:
    digests = {
        task().digest,
        task(git=True).digest,
        task(files={"a": "x"}).digest,
        task(files={"a": b"y"}).digest,
        task(files={"b": "x"}).digest,
        task(files=(TaskFile(path="a", data=b"x", executable=True),)).digest,
    }
    assert len(digests) == 6
    one = task(files={"a": b"\xff\0"}, git=True)
    assert Task.model_validate_json(one.model_dump_json()) == one


def test_the_same_words_about_other_files_are_other_tasks() -> None:
    three = [task(split, split, files={"a": split}) for split in ("train", "validation", "test")]
    assert ValidationSet(name="s", tasks=tuple(three)).near_copies == ()
    same = [task(split, split, files={"a": "x"}) for split in ("train", "validation", "test")]
    with pytest.raises(ValidationSetError, match="asks the same"):
        ValidationSet(name="s", tasks=tuple(same))


@given(st.text())
def test_a_path_is_inside_or_refused(path: str) -> None:
    try:
        inside(path)
    except ValueError:
        return
    assert not path.startswith("/")
    assert {"", ".", ".."}.isdisjoint(path.split("/"))


def test_bounds_are_said() -> None:
    big = TaskFile(path="big", data=b"x" * (LARGEST_FILE + 1))
    assert "5,000,001 bytes" in (flaw_in_files([big]) or "")
    half = [TaskFile(path=f"{n}", data=b"x" * LARGEST_FILE) for n in range(5)]
    assert "25,000,000 bytes in all" in (flaw_in_files(half) or "")
    many = [TaskFile(path=f"{n}", data=b"") for n in range(1_001)]
    assert "1,001 files" in (flaw_in_files(many) or "")
    assert flaw_in_files(half[:4]) is None
