"""promptfoo's assertions as checks: what maps does, what does not is refused by name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from skillopt.core.evaluation.checks import Check
from skillopt.core.evaluation.grading import grade_check
from skillopt.core.evaluation.task import Task
from skillopt.core.importing.promptfoo_asserts import KNOWN, Refused, check_of, checks_of, criterion
from skillopt.core.importing.values import Tally


def passes(assertion: dict[str, Any], answer: str) -> bool:
    check = TypeAdapter(Check).validate_python(check_of(assertion))
    task = Task(id="a", split="train", input="?", checks=(check,))
    return grade_check(check, answer, task).score == 1.0


@pytest.mark.parametrize(
    ("kind", "value", "right", "wrong"),
    [
        ("equals", "Paris", " Paris\n", "Paris."),
        ("equals", 4, "4", "44"),
        ("equals", {"a": [1, 2]}, '{"a": [1, 2]}', '{"a": [1]}'),
        ("not-equals", "Paris", "Rome", " Paris "),
        ("contains", "or", "word", "Or"),
        ("contains", 0, "10", "one"),
        ("icontains", "PARIS", "in paris", "in Rome"),
        ("not-contains", "x", "abc", "axc"),
        ("not-icontains", "x", "abc", "aXc"),
        ("contains-all", ["a", "b"], "b a", "a"),
        ("icontains-all", ["A", "b"], "B a", "b"),
        ("contains-any", ["a.c", "b"], "a.c", "abd c".replace("b", "x")),
        ("contains-any", "a, b", "b", "c"),
        ("icontains-any", ["YES", "ok"], "yes!", "no"),
        ("not-contains-any", ["a", "b"], "c", "cb"),
        ("starts-with", "- [", "- [x] done", " - [x]"),
        ("not-starts-with", "Sure", "No", "Sure, here"),
        ("regex", r"^\d{4}$", "2026", "20266"),
        ("regex", r"(?<year>\d{4})", "in 2026", "in 26"),
        ("not-regex", "TODO", "done", "a TODO"),
        ("is-json", None, "[1]", "one"),
        ("contains-json", {"type": "object", "required": ["a"]}, 'Here: {"a": 1}', '{"b": 1}'),
    ],
)
def test_a_mapped_type_grades_as_promptfoo_does(
    kind: str, value: object, right: str, wrong: str
) -> None:
    assertion = {"type": kind, "value": value}
    assert (passes(assertion, right), passes(assertion, wrong)) == (True, False)


@pytest.mark.parametrize(
    ("assertion", "says"),
    [
        ({"type": "javascript", "value": "output"}, "`javascript`: is code"),
        ({"type": "not-python", "value": "x"}, "`not-python`: is code"),
        ({"type": "latency", "threshold": 5}, "`latency`: is about the provider"),
        ({"type": "similar", "value": "x"}, "`similar`: needs a model"),
        ({"type": "trajectory:tool-used", "value": "x"}, "`trajectory:tool-used`: is about what"),
        ({"type": "rouge-n", "value": "x"}, "`rouge-n`: no check here does that"),
        ({"type": "not-is-json"}, "`not-is-json`: no check here is its reverse"),
        ({"type": "not-contains-all", "value": ["a"]}, "no check here is its reverse"),
        ({"type": "not-llm-rubric", "value": "a b"}, "no check here is its reverse"),
        ({"type": "equals", "value": "file://a.py:f"}, "with the file 'file://a.py:f': is code"),
        ({"type": "regex", "value": "("}, "pattern that Python does not read"),
        ({"type": "equals"}, "without a text as its `value`"),
        ({"type": "contains", "value": " "}, "empty `value`"),
        ({"type": "contains-any", "value": []}, "without a list of texts"),
        ({"type": "equals", "value": "a", "weight": 0}, "`weight: 0`"),
        ({"type": "equals", "value": "a", "transform": "x"}, "with `transform`"),
        ({"type": "equals", "value": "a", "weight": "b"}, "a `weight` that is no number"),
        ({"type": "is-json", "value": "{"}, "schema that is no mapping"),
        ({"value": "a"}, "an assertion without a `type`"),
        ("contains: x", "an assertion without a `type`"),
    ],
)
def test_what_has_no_check_is_refused_by_name(assertion: object, says: str) -> None:
    with pytest.raises(Refused) as caught:
        check_of(assertion)
    assert says in str(caught.value)


def test_rubrics_weights_and_metrics() -> None:
    assert check_of({"type": "llm-rubric", "value": "Is polite", "weight": 2, "metric": "m"}) == {
        "type": "rubric",
        "criteria": ["Is polite"],
        "weight": 2.0,
    }
    assert check_of({"type": "factuality", "value": "Paris"})["criteria"] == [
        "The answer agrees in its facts with this: Paris"
    ]
    assert check_of({"type": "equals", "value": "a", "metric": "right"})["criterion"] == "right"
    assert criterion("{}", "polite") == "The answer satisfies: polite"


def test_every_assertion_is_a_check_or_counted() -> None:
    tally = Tally()
    tally.begin()
    group = {"type": "assert-set", "assert": [{"type": "equals", "value": "a"}, {"type": "cost"}]}
    half = {"type": "assert-set", "threshold": 0.5, "assert": [{"type": "equals", "value": "a"}]}
    found = checks_of([group, half, {"type": "cost"}], tally)
    assert [check["type"] for check in found] == ["exact"]
    assert {one.what: one.count for one in tally.refused} == {
        "`cost`: is about the provider, not the answer": 2,
        "`assert-set`: a share of its assertions is enough, or it weighs more than one": 1,
    }
    assert tally.mapped == {"equals -> exact": 1}


@given(
    st.sampled_from([*KNOWN, "not-equals", "x"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        ),
        max_leaves=6,
    ),
)
def test_whatever_its_value_it_is_a_sound_check_or_refused(kind: str, value: object) -> None:
    try:
        check = check_of({"type": kind, "value": value})
    except Refused:
        return
    TypeAdapter(Check).validate_python(check)
