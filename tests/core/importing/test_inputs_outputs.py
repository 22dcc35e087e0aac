"""Exports of LangSmith and MLflow."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from skillopt.core.importing.fields import Unreadable
from skillopt.core.importing.inputs_outputs import inputs_drafts
from skillopt.core.importing.values import Draft, FieldNames, Tally


def read(rows: list[Any], tally: Tally | None = None, **names: Any) -> list[Draft]:
    return inputs_drafts(rows, FieldNames(**names), tally or Tally())


@pytest.mark.parametrize(
    ("row", "asked", "expected"),
    [
        ({"inputs": {"question": "a?"}, "outputs": {"answer": "b"}}, "a?", "b"),
        ({"inputs": {"q": "a"}, "reference_outputs": {"x": 1, "y": 2}}, "a", {"x": 1, "y": 2}),
        ({"inputs": {"q": "a"}, "outputs": {"answer": "b", "sources": ["c"]}}, "a", "b"),
        ({"inputs": {"text": "a", "lang": "nl"}, "outputs": {"x": 3}}, "text: a\n\nlang: nl", 3),
        (
            {
                "inputs": {"messages": [{"type": "human", "content": "Hi"}]},
                "outputs": {"message": {"role": "assistant", "content": "Hello"}},
            },
            "Hi",
            "Hello",
        ),
        ({"inputs": "a?", "outputs": "b"}, "a?", "b"),
        ({"inputs": {"q": "a"}, "expectations": {"expected_response": "b"}}, "a", "b"),
    ],
)
def test_inputs_and_outputs(row: dict[str, Any], asked: str, expected: object) -> None:
    (draft,) = read([row])
    assert (draft.input, draft.expected, draft.checks) == (asked, expected, None)


def test_facts_and_guidelines_are_judged() -> None:
    tally = Tally()
    row = {
        "inputs": {"question": "What is MLflow?"},
        "expectations": {
            "expected_facts": ["It is open source"],
            "guidelines": {"tone": ["Is polite"], "length": "Is short enough"},
        },
        "dataset_record_id": "r1",
    }
    (draft,) = read([row], tally)
    assert draft.checks == (
        {
            "type": "rubric",
            "criteria": [
                "The answer states this fact: It is open source",
                "Is polite",
                "Is short enough",
            ],
        },
    )
    assert (draft.id, draft.expected) == ("r1", None)
    assert tally.mapped == {"fact, guideline or rubric -> rubric criterion": 3}


def test_splits_ids_and_names_of_the_caller() -> None:
    row = {"id": "e1", "inputs": {"a": "x", "b": "y"}, "outputs": {"c": "z"}, "split": ["test"]}
    (draft,) = read([row], input=("inputs.b",), expected="outputs.c")
    assert (draft.id, draft.input, draft.expected, draft.split) == ("e1", "y", "z", "test")
    with pytest.raises(Unreadable, match=r"no record has the field 'inputs\.z'"):
        read([row], input=("inputs.z",))


def test_attachments_and_empty_inputs_are_left_out() -> None:
    tally = Tally()
    rows = [
        {"inputs": {"q": "a"}, "attachments": {"f": {}}},
        {"inputs": {}},
        3,
        {"inputs": {"q": "b"}},
    ]
    assert [draft.record for draft in read(rows, tally)] == [4]
    assert [one.what for one in tally.left_out] == [
        "its `attachments` are not in the file; give the task `files`",
        "its input is empty",
        "it is no mapping",
    ]


@pytest.mark.parametrize(
    ("given", "split"),
    [(["base"], None), (["train"], "train"), (["base", "test"], "test"), (["a", "b"], None)],
)
def test_langsmith_keeps_its_splits_in_the_metadata(given: list[str], split: str | None) -> None:
    row = {"inputs": {"q": "a"}, "outputs": {"x": "b"}, "metadata": {"dataset_split": given}}
    tally = Tally()
    assert read([row], tally)[0].split == split
    assert not tally.notes, "the metadata is used"


def test_what_an_application_said_is_no_expectation() -> None:
    said = {"outputs": {"response": "wrong"}, "expectations": {"expected_response": "right"}}
    (draft,) = read([{"inputs": {"q": "a"}, **said}])
    assert draft.expected == "right"


@pytest.mark.parametrize("write", [json.dumps, repr])
def test_a_csv_has_its_mappings_as_texts(write: Callable[[object], str]) -> None:
    row = {"inputs": write({"question": "a?"}), "expectations": write({"expected_response": "b"})}
    (draft,) = read([row])
    assert (draft.input, draft.expected) == ("a?", "b")


@pytest.mark.parametrize("text", ["{not json", "{" * 5000, "{[]: 1}", "{a for a in b}"])
def test_a_text_in_braces_that_is_no_mapping_stays_a_text(text: str) -> None:
    (draft,) = read([{"inputs": text, "outputs": "b"}])
    assert draft.input == text


def test_the_fields_are_said_and_those_that_are_not_used() -> None:
    tally = Tally()
    rows = [
        {
            "inputs": {"question": "a?"},
            "outputs": {"answer": "b", "tool": True},
            "metadata": {"id": "one", "by": "me"},
        },
        {"inputs": {"question": "c?"}, "outputs": {"answer": "d"}, "metadata": {"id": "two"}},
    ]
    assert [draft.id for draft in read(rows, tally)] == ["one", "two"]
    assert tally.fields == {
        "input": "inputs.question",
        "expected": "outputs.answer",
        "id": "metadata.id",
    }
    assert "fields of `outputs` that are not used: tool" in tally.notes


def test_answers_of_several_fields_are_said_to_be_compared_whole() -> None:
    tally = Tally()
    rows = [{"inputs": {"a": 1, "b": 2}, "outputs": {"draft": True, "score": 7}}]
    assert read(rows, tally)[0].expected == {"draft": True, "score": 7}
    assert tally.fields == {"input": "all inputs, by name", "expected": "outputs"}
    assert list(tally.notes) == [
        (
            "`outputs` are compared whole: draft, score; "
            "`import-tasks --expected-field outputs.draft` takes one"
        )
    ]


def test_what_stands_beside_a_conversation_is_named() -> None:
    tally = Tally()
    inputs = {"messages": [{"role": "user", "content": "Hi"}], "user": "u1"}
    (draft,) = read([{"inputs": inputs, "outputs": {"answer": "Hello"}}], tally)
    assert draft.input == "Hi"
    assert tally.fields["input"] == "inputs.messages"
    assert list(tally.notes) == ["fields of `inputs` that are not used: user"]


@pytest.mark.parametrize("name", ["rubric", "grading_notes"])
def test_a_rubric_of_a_record_is_judged_and_its_answer_kept(name: str) -> None:
    tally = Tally()
    outputs = {"keywords": ["state"], name: "Says what it is for"}
    (draft,) = read([{"inputs": {"q": "a"}, "outputs": outputs}], tally)
    assert draft.checks == ({"type": "rubric", "criteria": ["Says what it is for"]},)
    assert draft.expected == ["state"]
    assert list(tally.notes) == [
        "expected answers beside facts, guidelines or a rubric are kept, and not compared"
    ]
