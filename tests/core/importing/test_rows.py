"""Rows with a question and an answer, as data sets are published."""

from __future__ import annotations

from typing import Any

import pytest

from skillopt.core.importing.fields import Unreadable
from skillopt.core.importing.formats import format_of_rows
from skillopt.core.importing.rows import columns_of, rows_drafts, unwrapped
from skillopt.core.importing.values import Draft, FieldNames, Tally


def read(rows: list[Any], tally: Tally | None = None, **names: Any) -> list[Draft]:
    kind = format_of_rows(rows)
    return rows_drafts(rows, FieldNames(**names), tally or Tally(), kind=kind)


@pytest.mark.parametrize(
    ("row", "asked", "expected"),
    [
        ({"input": "2+2", "target": "4"}, "2+2", "4"),
        ({"input": "2+2", "target": ["4", "four"]}, "2+2", ["4", "four"]),
        ({"input": [{"role": "user", "content": "Hi"}], "ideal": ["Hello"]}, "Hi", ["Hello"]),
        ({"question": "a?", "answer": "b", "dspy_uuid": "u1"}, "a?", "b"),
        ({"input": "a?", "additional_context": {"hint": "h"}, "answer": "b"}, "a?", "b"),
        ({"question": "a?", "context": "Text.", "target": "b"}, "Text.\n\na?", "b"),
        (
            {"context": "Text.", "question": "a?", "answers": {"text": ["b", "b"], "start": [1]}},
            "Text.\n\na?",
            ["b"],
        ),
        ({"instruction": "Sort.", "input": "b a", "output": "a b"}, "Sort.\n\nb a", "a b"),
        ({"instruction": "Sing.", "input": "", "output": "La"}, "Sing.", "La"),
        ({"input": "a", "ground_truth": "b"}, "a", "b"),
        ({"text": "good", "label": 1}, "good", 1),
        ({"Question": "a?", "Best Answer": "b", "Type": "x"}, "a?", "b"),
        ({"Instruction": "Sort.", "Input": "b a", "Output": "a b"}, "Sort.\n\nb a", "a b"),
        ({"task": "a?", "answer": "b"}, "a?", "b"),
        ({"instruction": "a?", "golden_response": "b"}, "a?", "b"),
        (
            {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]},
            "a",
            "b",
        ),
    ],
)
def test_fields_are_known_by_their_names(row: dict[str, Any], asked: str, expected: object) -> None:
    (draft,) = read([row])
    assert (draft.input, draft.expected) == (asked, expected)


@pytest.mark.parametrize(
    ("row", "letter"),
    [
        ({"question": "q", "choices": ["x", "y"], "answer": 1}, "B"),
        ({"input": "q", "choices": ["x", "y"], "target": "A"}, "A"),
        ({"input": "q", "choices": ["x", "y"], "target": "y"}, "B"),
        (
            {
                "question": "q",
                "choices": {"text": ["x", "y"], "label": ["1", "2"]},
                "answerKey": "2",
            },
            "2",
        ),
    ],
)
def test_choices_stand_in_the_question_and_a_letter_is_the_answer(
    row: dict[str, Any], letter: str
) -> None:
    (draft,) = read([row])
    assert draft.expected == letter
    assert isinstance(draft.input, str)
    assert draft.input.startswith("q\n\n")
    assert draft.input.splitlines()[-3].endswith(") y")


def test_names_of_the_caller_win() -> None:
    rows = [
        {"input": "no", "meta": {"ask": "yes?", "more": "m"}, "key": 7, "gold": "g", "part": "dev"}
    ]
    tally = Tally()
    (draft,) = read(
        rows, tally, input=("meta.ask", "meta.more"), expected="gold", id="key", split="part"
    )
    assert draft.input == "meta.ask: yes?\n\nmeta.more: m"
    assert (draft.expected, draft.id, draft.split) == ("g", "7", "dev")
    assert tally.fields == {
        "input": "meta.ask + meta.more", "expected": "gold", "id": "key", "split": "part",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ({"input": ("no",)}, "no record has the field 'no'"),
        ({"expected": "x.y"}, "the field 'x.y'"),
    ],
)
def test_a_name_that_nothing_has_is_an_error(names: dict[str, Any], says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read([{"input": "a"}], **names)


def test_no_input_is_an_error_that_names_the_fields() -> None:
    with pytest.raises(Unreadable, match="--input-field`; there is col, other"):
        columns_of([{"col": 1}, {"other": 2}], FieldNames(), "rows")


def test_what_needs_more_than_a_task_has_is_left_out() -> None:
    tally = Tally()
    rows = [{"input": "a", "target": "b", name: "x"} for name in ("files", "setup", "sandbox")]
    assert read([*rows, "row", {"input": "a", "target": "b"}], tally)[0].record == 5
    assert [one.what for one in tally.left_out] == [
        "its `files` are no paths of files",
        "it needs `setup`, which an import does not run",
        "it needs `sandbox`, which an import does not run",
        "it is no mapping",
    ]


def test_the_body_of_a_request_is_a_conversation() -> None:
    body = {"messages": [{"role": "user", "content": "a?"}]}
    (draft,) = rows_drafts(
        [{"request": body, "expected_response": "b"}], FieldNames(), Tally(), kind="rows"
    )
    assert (draft.input, draft.expected) == ("a?", "b")


def test_shells_of_exports_are_taken_off() -> None:
    assert unwrapped({"row_idx": 0, "row": {"q": 1}, "split": "test"}) == {"split": "test", "q": 1}
    assert unwrapped({"_store": {"q": 1}, "_input_keys": ["q"]}) == {"q": 1}
    assert unwrapped({"item": {"q": 1}, "sample": {}}) == {"q": 1}
    assert unwrapped({"row": 3}) == {"row": 3}


def test_rows_with_facts_are_judged_by_them() -> None:
    row = {"request": "Who leads?", "expected_facts": ["Ada leads", "since 1843"]}
    (draft,) = rows_drafts([row], FieldNames(), Tally(), kind="rows")
    assert draft.checks is not None
    (rubric,) = draft.checks
    assert [one.split(": ")[-1] for one in rubric["criteria"]] == row["expected_facts"]
    (named,) = rows_drafts([row], FieldNames(expected="expected_facts"), Tally(), kind="rows")
    assert (named.expected, named.checks) == (["Ada leads", "since 1843"], None)


def test_a_task_that_is_a_label_is_no_input() -> None:
    rows = [{"task": "qa", "text": "a?", "label": "b"}, {"task": "qa", "text": "", "label": "c"}]
    assert columns_of(rows, FieldNames(), "rows").input == ("text",)


def test_a_rubric_stands_for_an_answer_that_is_not_there() -> None:
    (draft,) = read([{"question": "a?", "rubric": "Names both of them"}])
    assert draft.checks == ({"type": "rubric", "criteria": ["Names both of them"]},)
    (draft,) = read([{"question": "a?", "answer": "b", "rubric": "Names both of them"}])
    assert (draft.expected, draft.checks) == ("b", None)
