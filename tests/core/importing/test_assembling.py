"""Ids, copies and splits of imported tasks."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.evaluation.validation_set import LONGEST_ID, split_of
from skillopt.core.importing.assembling import assembled
from skillopt.core.importing.values import Draft, Tally


def draft(number: int, text: str, **more: Any) -> Draft:
    more.setdefault("checks", ({"type": "exact"},))
    more.setdefault("expected", "yes")
    return Draft(place=(number,), record=number + 1, input=text, **more)


def test_ids_come_from_the_file_and_do_not_repeat() -> None:
    tally = Tally()
    own = ["a", "a", " b\n ", None, "x" * 300]
    made = assembled([draft(n, f"question {n}", id=one) for n, one in enumerate(own)], tally)
    ids = [task["id"] for task in made.tasks]
    assert ids[:3] == ["a", "a-2", "b"]
    assert ids[3].startswith("question-3-")
    assert ids[4] == "x" * LONGEST_ID
    assert "ids that occur twice have a number at their end" in tally.notes


def test_an_id_that_is_made_does_not_depend_on_the_order() -> None:
    drafts = [draft(n, f"what is {n}?") for n in range(20)]
    one = {task["input"]: (task["id"], task["split"]) for task in assembled(drafts, Tally()).tasks}
    two = {
        task["input"]: (task["id"], task["split"])
        for task in assembled(drafts[::-1], Tally()).tasks
    }
    assert one == two
    assert all(split == split_of(own) for own, split in one.values())


def test_the_splits_of_the_file_hold_where_it_names_all_three() -> None:
    names = ["train", "dev", "TEST", "holdout"]
    tally = Tally()
    made = assembled([draft(n, f"q{n}", id=f"i{n}", split=s) for n, s in enumerate(names)], tally)
    assert [task["split"] for task in made.tasks[:3]] == ["train", "validation", "test"]
    assert made.tasks[3]["split"] == split_of("i3")
    assert any("none of train" in note for note in tally.notes)
    only = assembled([draft(n, f"q{n}", id=f"i{n}", split="train") for n in range(40)], Tally())
    assert [task["split"] for task in only.tasks] == [split_of(f"i{n}") for n in range(40)]


@given(st.integers(3, 12))
def test_few_tasks_fill_every_split(count: int) -> None:
    made = assembled([draft(n, f"question {n}") for n in range(count)], Tally())
    assert set(Counter(task["split"] for task in made.tasks)) == {"train", "validation", "test"}


def test_copies_are_left_out_and_the_same_question_stays_in_one_split() -> None:
    tally = Tally()
    drafts = [draft(n, f"q {n}") for n in range(30)]
    drafts += [draft(30, "q 3"), draft(31, "Q  4", expected="no")]
    made = assembled(drafts, tally)
    assert [(one.what, one.first) for one in tally.left_out] == [
        ("the same as an earlier record", 31)
    ]
    assert made.tasks[4]["split"] == made.tasks[-1]["split"]


def test_what_no_file_can_hold_is_left_out() -> None:
    tally = Tally()
    made = assembled([draft(0, "a\0b"), draft(1, "half \ud800"), draft(2, "fine")], tally)
    assert [task["input"] for task in made.tasks] == ["fine"]
    assert sum(one.count for one in tally.left_out) == 2


def test_checks_of_all_stand_above_the_tasks() -> None:
    same = assembled([draft(0, "a"), draft(1, "b")], Tally())
    assert same.header == {"checks": [{"type": "exact"}]}
    assert "checks" not in same.tasks[0]
    other = assembled([draft(0, "a"), draft(1, "b", checks=({"type": "json"},))], Tally())
    assert other.header == {}
    assert other.tasks[1]["checks"] == [{"type": "json"}]
