"""Formats by their shape, and the tasks that come out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.importing.fields import Unreadable
from skillopt.core.importing.formats import (
    WRAPPERS,
    format_of_rows,
    imported,
    is_foreign,
    is_own,
)
from skillopt.core.importing.values import FieldNames


def rows(count: int = 6, **more: Any) -> list[dict[str, Any]]:
    return [{"question": f"What is {n}?", "answer": str(n), **more} for n in range(count)]


def test_a_list_of_rows_becomes_a_validation_set() -> None:
    made = imported(rows(), FieldNames(), stem="sums")
    assert made.content["name"] == "sums"
    assert made.content["checks"] == [{"type": "exact"}]
    assert set(made.content["tasks"][0]) == {"id", "split", "input", "expected"}
    assert made.places[3] == (3,)
    assert (made.report.format, made.report.records, made.report.tasks) == ("rows", 6, 6)


@pytest.mark.parametrize("key", WRAPPERS)
def test_lists_in_a_shell(key: str) -> None:
    content = {key: rows(), "version": 1}
    assert is_foreign(content)
    assert imported(content, FieldNames(), stem="a").report.tasks == 6


def test_evals_in_a_shell_of_another_name_keep_their_assertions() -> None:
    cases = [
        {"id": f"c{n}", "prompt": f"Do {n}", "expected_output": "x", "assertions": ["Is done well"]}
        for n in range(4)
    ]
    made = imported({"version": "6", "cases": cases}, FieldNames(), stem="evals")
    assert made.report.format == "evals.json"
    assert made.content["checks"][0]["criteria"] == ["Is done well"]


def test_a_list_for_each_split() -> None:
    content = {"train": rows(2), "dev": [{"question": "dev?", "answer": "a"}], "test": [
        {"question": "test?", "answer": "b"}]}  # fmt: skip
    made = imported(content, FieldNames(), stem="a")
    assert [task["split"] for task in made.content["tasks"]] == [
        "train", "train", "validation", "test",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"inputs": {}, "outputs": {}}, "langsmith"),
        ({"inputs": {}, "expectations": {}}, "mlflow"),
        ({"input": [], "ideal": "a"}, "openai-evals"),
        ({"input": "a", "answer": "b", "additional_context": {}}, "gepa"),
        ({"question": "a", "dspy_split": "train"}, "dspy"),
        ({"input": "a", "target": "b"}, "inspect"),
        ({"q": "a"}, "rows"),
    ],
)
def test_formats_of_rows(row: dict[str, Any], kind: str) -> None:
    assert format_of_rows([None, row]) == kind


@pytest.mark.parametrize(
    "content",
    [
        [{"query": "Make a PDF", "should_trigger": True}],
        {"evals": [{"query": "Make a PDF", "should_trigger": False}]},
    ],
)
def test_a_trigger_set_is_refused_by_name(content: Any) -> None:
    with pytest.raises(Unreadable, match=r"this is a trigger set .* has no tasks"):
        imported(content, FieldNames(), stem="eval_queries")


@pytest.mark.parametrize("content", [{}, {"name": "x"}, [], [1, 2], "text", None, 3, {"rows": {}}])
def test_what_nobody_knows(content: object) -> None:
    assert not is_foreign(content)
    with pytest.raises(Unreadable, match="not a format that is known"):
        imported(content, FieldNames(), stem="a")


def test_no_task_at_all_says_why() -> None:
    with pytest.raises(
        Unreadable, match=r"no record of it is a task; .*6 records, 0 tasks.*no expected answer"
    ):
        imported([{"question": f"q {n}"} for n in range(6)], FieldNames(), stem="a")


def test_own_sets_have_tasks() -> None:
    assert is_own({"tasks": []})
    assert not is_own([{"tasks": []}])


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["tests", "vars", "assert", "type", "value", "evals", "prompt", "input",
                         "inputs", "outputs", "target", "choices", "messages", "role", "content",
                         "expectations", "data", "id", "split", "prompts", "answer"]),
        inner, max_size=4),
    max_leaves=25,
))  # fmt: skip
def test_whatever_the_content_it_is_tasks_or_a_clear_refusal(content: object) -> None:
    try:
        made = imported(content, FieldNames(), stem="a")
    except Unreadable:
        return
    assert made.report.tasks == len(made.content["tasks"]) == len(made.places) > 0
    assert len({task["id"] for task in made.content["tasks"]}) == made.report.tasks


def test_an_evals_json_may_say_its_answers_as_rows_do() -> None:
    evals = [{"id": 1, "prompt": "Review this.", "expected": "FAIL"}]
    found = imported({"skill_name": "audit", "evals": evals}, FieldNames(), stem="evals")
    (task,) = found.content["tasks"]
    assert (found.content["name"], task["input"], task["expected"]) == (
        "audit",
        "Review this.",
        "FAIL",
    )
