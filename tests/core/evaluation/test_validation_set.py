"""Validation sets: splits that stay, and rules that hold however a set is made."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.task import SPLITS, Message, Task
from skillopt.core.evaluation.validation_set import ValidationSet, split_of
from skillopt.errors import ValidationSetError


def task(name: str, split: str = "train", **changes: Any) -> Task:
    fields: dict[str, Any] = {
        "id": name,
        "split": split,
        "input": f"question {name}",
        "checks": [{"type": "exact"}],
        "expected": "yes",
    }
    return Task.model_validate({**fields, **changes})


TASKS = (task("a"), task("b", "validation"), task("c", "test"))


def made(*more: Task, criteria: dict[str, str] | None = None) -> ValidationSet:
    return ValidationSet(name="v", tasks=(*TASKS, *more), criteria=criteria or {})


def test_tasks_by_split() -> None:
    tasks = made(task("d", "test"))
    assert [found.id for found in tasks.split("test")] == ["c", "d"]
    assert [found.id for found in tasks.split("train")] == ["a"]


def test_its_digest_names_what_scores_depend_on() -> None:
    plain = made()
    assert made().digest == plain.digest
    renamed = plain.model_copy(update={"name": "w", "description": "d", "folder": "elsewhere"})
    assert renamed.digest == plain.digest
    assert plain.model_copy(update={"criteria": {"c": "d"}}).digest != plain.digest
    for other in (made(task("d")), made(criteria={"c": "a criterion"}), made(task("d", "test"))):
        assert other.digest != plain.digest
    assert made(task("d")).digest != made(task("d", "test")).digest


@given(st.text())
def test_a_split_is_a_fact_about_the_id_alone(name: str) -> None:
    assert split_of(name) == split_of(name)
    assert split_of(name) in SPLITS


@given(st.sets(st.text(min_size=1, max_size=12), min_size=1), st.sets(st.text(max_size=12)))
def test_adding_tasks_never_moves_the_others(ids: set[str], more: set[str]) -> None:
    before = {name: split_of(name) for name in ids}
    after = {name: split_of(name) for name in sorted(ids | more)}
    assert all(after[name] == split for name, split in before.items())


def test_known_ids_keep_their_splits_for_ever() -> None:
    assert [split_of(f"task-{number}") for number in range(8)] == [
        "train",
        "validation",
        "train",
        "validation",
        "test",
        "validation",
        "test",
        "validation",
    ]


def test_shares_are_about_25_45_30() -> None:
    splits = [split_of(f"some-task-{number}") for number in range(4000)]
    shares = {name: splits.count(name) / len(splits) for name in SPLITS}
    assert shares == pytest.approx({"train": 0.25, "validation": 0.45, "test": 0.30}, abs=0.025)


BROKEN: list[tuple[str, tuple[Task, ...], str]] = [
    ("an id twice", (task("a", input="other"),), "'a' is there twice"),
    ("an input in two splits", (task("d", input=" QUESTION\n b"),), "asks the same as task 'b'"),
    ("no expected", (task("d", expected=None),), "nothing to compare with"),
    (
        "expected is no text",
        (task("d", expected=5),),
        "must be text for the `exact` check, got the number 5",
    ),
    ("expected is blank", (task("d", expected=" "),), "is empty"),
    ("expected is no number", (task("d", checks=[{"type": "number"}]),), "must be a number"),
    (
        "expected is a boolean",
        (task("d", checks=[{"type": "number"}], expected=True),),
        "got the boolean true",
    ),
    (
        "no such field",
        (task("d", checks=[{"type": "json", "at": "a.b"}], expected={"a": 1}),),
        "no field `a.b`",
    ),
    (
        "a list of numbers",
        (task("d", checks=[{"type": "contains"}], expected=[1]),),
        "wants text, got the number 1",
    ),
    (
        "an empty list",
        (task("d", checks=[{"type": "contains", "value": []}]),),
        "the list is empty",
    ),
    (
        "contains nothing",
        (task("d", checks=[{"type": "contains", "value": ""}]),),
        "every answer contains",
    ),
    (
        "a bad pattern",
        (task("d", checks=[{"type": "regex", "pattern": "("}]),),
        "'(' is not a regular expression",
    ),
    (
        "a schema that is none",
        (task("d", checks=[{"type": "json", "mode": "schema", "value": {"type": 5}}]),),
        "not a JSON schema",
    ),
    (
        "no schema",
        (task("d", checks=[{"type": "json", "mode": "schema"}]),),
        "needs the JSON schema",
    ),
    (
        "a path that is none",
        (task("d", checks=[{"type": "json", "at": "a..b"}]),),
        "does not name a field",
    ),
    ("no checks", (task("d", checks=[]),), "no checks"),
    (
        "an unknown criterion",
        (task("d", checks=[{"type": "exact", "criterion": "rigth"}]),),
        "did you mean 'right'?",
    ),
    (
        "a rubric of an unknown criterion",
        (task("d", checks=[{"type": "rubric", "criteria": ["rigth"]}]),),
        "did you mean 'right'?",
    ),
    (
        "a rubric with a criterion of its own",
        (task("d", checks=[{"type": "rubric", "criteria": ["right"], "criterion": "right"}]),),
        "remove `criterion`",
    ),
    (
        "a criterion twice",
        (task("d", checks=[{"type": "rubric", "criteria": ["right", "right"]}]),),
        "listed twice",
    ),
    ("a blank input", (task("d", input=" \n"),), "`input` is empty"),
    ("an empty conversation", (task("d", input=()),), "empty conversation"),
    (
        "the target has the last word",
        (
            task(
                "d",
                input=(Message(role="user", content="a"), Message(role="assistant", content="b")),
            ),
        ),
        "must end with a message of the user",
    ),
    ("a blank id", (task(" "),), "is empty or has white space"),
    ("an id of two lines", (task("a\nb"),), "cannot be printed"),
    ("a long id", (task("d" * 201),), "longer than 200"),
    ("no JSON", (task("d", expected={"a": {1, 2}}, checks=[{"type": "json"}]),), "is a set"),
    (
        "not a number",
        (task("d", expected=[float("nan")], checks=[{"type": "json"}]),),
        "not a JSON number",
    ),
    (
        "a key that is no text",
        (task("d", expected={1: 2}, checks=[{"type": "json"}]),),
        "the key 1 is not text",
    ),
    (
        "half a character",
        (task("d", expected=["\ud800"], checks=[{"type": "json"}]),),
        "unpaired surrogate",
    ),
]


@pytest.mark.parametrize(
    ("more", "message"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_no_set_breaks_a_rule(more: tuple[Task, ...], message: str) -> None:
    with pytest.raises(ValidationSetError) as error:
        made(*more, criteria={"right": "The answer is right."})
    assert message in str(error.value)


def test_a_split_that_is_needed_has_tasks() -> None:
    one = ValidationSet(name="v", tasks=TASKS[:1])
    one.check_filled("train")
    with pytest.raises(
        ValidationSetError, match=r"no task is in the split `validation` and `test` \(1 train"
    ):
        one.check_filled("train", "validation", "test")
    with pytest.raises(ValidationSetError, match="there are no tasks"):
        ValidationSet(name="v", tasks=())


def test_the_same_input_within_a_split_is_welcome() -> None:
    assert len(made(task("d", "test", input="question c")).split("test")) == 2


def test_criteria_are_labels_where_the_set_names_none() -> None:
    assert made(task("d", checks=[{"type": "exact", "criterion": "anything"}])).tasks


def test_a_rubric_may_bring_its_own_sentences() -> None:
    own = task("d", checks=[{"type": "rubric", "criteria": ["right", "It is one sentence."]}])
    assert made(own, criteria={"right": "The answer is right."}).tasks[-1] == own


@pytest.mark.parametrize("weight", [0, -1, float("inf"), float("nan")])
def test_weights_are_positive_and_finite(weight: float) -> None:
    with pytest.raises(ValidationError):
        task("d", weight=weight)
    with pytest.raises(ValidationError):
        task("d", checks=[{"type": "exact", "weight": weight}])


def test_what_train_checks_say_stands_beside_the_criteria() -> None:
    def checked(split: str, says: str | None, criterion: str | None = None) -> Task:
        check = Exact(type="exact", says=says, criterion=criterion)
        text = f"{split} {says} {criterion}"
        return Task(id=text, split=split, input=text, expected="x", checks=(check,))  # type: ignore[arg-type]

    found = ValidationSet(
        name="n",
        criteria={"right": "It is right.", "tone": "It is polite."},
        tasks=(
            checked("train", "the word itself", "right"),
            checked("train", "no other word", "right"),
            checked("train", "one word"),
            checked("train", None),
            checked("validation", "only for the gate", "right"),
            checked("test", "only for the end"),
        ),
    )
    assert found.stated_criteria == {
        "right": "It is right. / the word itself / no other word",
        "tone": "It is polite.",
        "exact": "one word",
    }


def test_a_check_that_says_nothing_keeps_its_tasks_digest() -> None:
    plain = Task(id="a", split="train", input="b", expected="x", checks=(Exact(type="exact"),))
    told = plain.model_copy(update={"checks": (Exact(type="exact", says="x"),)})
    assert "says" not in plain.model_dump_json()
    assert told.digest != plain.digest
