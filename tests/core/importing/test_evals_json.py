"""A skill's evals.json, in the ways that public repositories write it."""

from __future__ import annotations

from typing import Any

import pytest

from skillopt.core.importing.evals_json import AS_DESCRIBED, evals_drafts, is_evals_json
from skillopt.core.importing.values import Draft, FieldNames, Tally


def read(content: Any, tally: Tally | None = None, **names: Any) -> list[Draft]:
    return evals_drafts(content, FieldNames(**names), tally or Tally())


@pytest.mark.parametrize("name", ["expectations", "assertions"])
def test_statements_are_one_rubric(name: str) -> None:
    content = {
        "skill_name": "notes",
        "evals": [
            {
                "id": 1,
                "prompt": "Write notes.",
                "expected_output": "Notes with dates.",
                "files": [],
                name: ["Every note has a date", {"text": "No note is empty"}, "Dated", "Dated"],
            }
        ],
    }
    (draft,) = read(content)
    assert (draft.id, draft.input, draft.expected) == (
        "eval-1",
        "Write notes.",
        "Notes with dates.",
    )
    assert draft.checks == (
        {
            "type": "rubric",
            "criteria": [
                "Every note has a date",
                "No note is empty",
                "The answer satisfies: Dated",
            ],
            "weight": 3.0,
        },
    )
    assert draft.place == ("evals", 0)


def test_typed_assertions_are_checks_of_their_own() -> None:
    tally = Tally()
    given = [
        {"name": "greets", "type": "contains", "value": "Hello"},
        {"name": "not_rude", "type": "not_contains", "value": "Go away"},
        {"name": "tidy", "type": "script", "value": "x", "description": "The text is tidy"},
        {"name": "odd", "type": "exit_code", "value": 0},
        {},
    ]
    (draft,) = read([{"prompt": "Hi", "assertions": given}], tally)
    assert [check["type"] for check in draft.checks or ()] == ["contains", "contains", "rubric"]
    assert (draft.checks or ())[1]["absent"] is True
    assert [one.what for one in tally.refused] == [
        "an assertion of the type 'exit_code' without a statement; there is value",
        "an assertion without a statement",
    ]


def test_an_expected_output_alone_is_judged() -> None:
    tally = Tally()
    (draft,) = read({"evals": [{"id": "a", "prompt": "Hi", "expected_output": "Hello"}]}, tally)
    assert draft.checks == ({"type": "rubric", "criteria": [AS_DESCRIBED]},)
    assert tally.mapped == {"expected_output -> rubric criterion": 1}
    assert tally.fields == {"input": "prompt", "expected": "expected_output", "id": "id"}


def test_the_form_of_the_authoring_guide() -> None:
    one = {"skills": ["pdf"], "query": "Extract the text", "expected_behavior": ["Reads all pages"]}
    assert is_evals_json(one)
    tally = Tally()
    (draft,) = read(one, tally)
    assert draft.input == "Extract the text"
    assert tally.fields == {"input": "query"}


def test_a_statement_needs_no_list() -> None:
    one = {"query": "Extract the text", "expected_behavior": "Reads all pages"}
    assert is_evals_json(one)
    assert (read(one)[0].checks or ())[0]["criteria"] == ["Reads all pages"]


def test_what_stands_beside_the_evals_is_named() -> None:
    tally = Tally()
    evals = [{"prompt": "a", "expectations": ["Is short enough"], "kind": "smoke"}]
    read({"skill_name": "s", "evals": evals, "setup": {"seed": 1}}, tally)
    assert list(tally.notes) == [
        "fields that are not used: kind",
        "beside the evals, not used: setup",
    ]


def test_what_needs_files_or_has_no_goal_is_left_out() -> None:
    tally = Tally()
    evals = [
        {
            "prompt": "a",
            "expectations": ["Is short enough"],
            "files": {"a.pdf": {"unread": "no such file"}},
        },
        {"prompt": "b"},
        {"prompt": "", "expectations": ["Is short enough"]},
        "text",
        {"prompt": "c", "expectations": ["Is short enough"]},
    ]
    assert [draft.input for draft in read({"evals": evals}, tally)] == ["c"]
    assert [one.first for one in tally.left_out] == [1, 2, 3, 4]
    assert tally.left_out[0].what == "its `files`: no such file"


@pytest.mark.parametrize(
    "content",
    [{"evals": []}, {"evals": [{"id": 1}]}, [], [{"prompt": "a", "answer": "b"}], "evals"],
)
def test_other_shapes(content: object) -> None:
    assert not is_evals_json(content)
