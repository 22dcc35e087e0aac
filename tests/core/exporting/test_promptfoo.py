"""Tasks as a promptfoo config, and back."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from skillopt.core.evaluation.checks import Check
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.exporting.promptfoo import config_of, javascript_pattern
from skillopt.core.importing.formats import imported
from skillopt.core.importing.values import FieldNames


def task(number: int, *checks: dict[str, Any], expected: Any = None) -> Task:
    made = TypeAdapter(tuple[Check, ...]).validate_python(checks)
    split = ("train", "validation", "test")[number % 3]
    return Task(id=f"t{number}", split=split, input=f"q {number}", checks=made, expected=expected)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("check", "made"),
    [
        ({"type": "exact", "value": "a", "weight": 2}, {"type": "equals", "value": "a", "weight": 2}),
        ({"type": "exact"}, {"type": "equals", "value": "gold"}),
        ({"type": "contains", "criterion": "c"}, {"type": "contains", "value": "gold", "metric": "c"}),
        ({"type": "contains", "value": ["a", "b"], "ignore_case": True}, {"type": "icontains-all", "value": ["a", "b"]}),
        ({"type": "contains", "value": ["a"], "absent": True}, {"type": "not-contains-any", "value": ["a"]}),
        ({"type": "regex", "pattern": "x+", "absent": True}, {"type": "not-regex", "value": "x+"}),
        ({"type": "json", "mode": "schema", "value": {"type": "object"}}, {"type": "contains-json", "value": {"type": "object"}}),
        ({"type": "json", "value": {"a": 1}}, {"type": "equals", "value": {"a": 1}}),
        ({"type": "rubric", "criteria": ["tone"]}, {"type": "llm-rubric", "value": "Is polite."}),
    ],
)  # fmt: skip
def test_checks_that_have_an_assertion(check: dict[str, Any], made: dict[str, Any]) -> None:
    tasks = [task(0, check, expected="gold")]
    config = config_of("set", "SKILL.md", None, tasks, {"tone": "Is polite."})
    assert config.content["tests"][0]["assert"] == [made]
    assert config.refused == {}


def test_what_has_none_is_counted() -> None:
    talk = task(2, {"type": "exact", "value": "a"}).model_copy(
        update={"input": (Message(role="user", content="a"),)}
    )
    tasks = [
        task(
            0, {"type": "number", "value": 1}, {"type": "exact", "value": "a", "ignore_case": True}
        ),
        task(1, {"type": "number", "value": 1}),
        talk,
    ]
    config = config_of("set", "SKILL.md", None, tasks, {})
    assert config.refused == {
        "`number` checks that promptfoo has no assertion for": 2,
        "`exact` checks that promptfoo has no assertion for": 1,
        "tests without an assertion, which promptfoo lets pass; they are written": 2,
        "tasks whose input is a conversation": 1,
    }
    assert [test["assert"] for test in config.content["tests"]] == [[], []]


@pytest.mark.parametrize(
    ("target", "provider"),
    [
        ("openai/gpt-5-mini", "openai:chat:gpt-5-mini"),
        ("anthropic/claude-x", "anthropic:messages:claude-x"),
        ("practice/reader", "TODO: a provider of promptfoo's"),
        (None, "TODO: a provider of promptfoo's"),
    ],
)
def test_the_target_as_a_provider(target: str | None, provider: str) -> None:
    config = config_of("set", "SKILL.md", target, [task(0, {"type": "exact", "value": "a"})], {})
    assert config.content["providers"] == [provider]


def test_what_is_written_is_imported_as_it_was() -> None:
    checks = {"type": "contains", "value": "a", "ignore_case": True}
    tasks = [task(n, checks) for n in range(6)]
    content = config_of("set", "SKILL.md", None, tasks, {}).content
    back = imported(content, FieldNames(input=("input",), id="description"), stem="set").content
    assert [(one["id"], one["split"], one["input"]) for one in back["tasks"]] == [
        (one.id, one.split, one.input) for one in tasks
    ]
    assert back["checks"] == [checks]


def test_tests_that_pass_whatever_is_answered_are_counted() -> None:
    config = config_of("set", "SKILL.md", None, [task(0, {"type": "number", "value": 1})], {})
    assert config.content["tests"][0]["assert"] == []
    assert config.refused == {
        "`number` checks that promptfoo has no assertion for": 1,
        "tests without an assertion, which promptfoo lets pass; they are written": 1,
    }


@pytest.mark.parametrize("text", ["Write {{name}}", "{% if a %}", "{# no #}", "file://a.md"])
def test_what_promptfoo_would_fill_in_is_left_out(text: str) -> None:
    plain, odd = {"type": "exact", "value": "a"}, {"type": "contains", "value": f"x {text}"}
    tasks = [task(0, plain, odd), task(1, plain).model_copy(update={"input": text})]
    config = config_of("set", "SKILL.md", None, tasks, {})
    says = "has `{{`, `{%` or `{#`, or names a file: promptfoo would fill it in"
    left = 2 if text.startswith("file") else 1
    assert [len(test["assert"]) for test in config.content["tests"]] == [left]
    assert config.refused[f"tasks whose input {says}"] == 1
    assert config.refused.get(f"`contains` checks whose value {says}", 0) == 2 - left


@pytest.mark.parametrize(
    ("pattern", "made"),
    [
        (r"\A\s*(?:a|b\-c)\s*\Z", r"^\s*(?:a|b\-c)\s*$"),
        (r"(?<!x)a+?\\A$", r"(?<!x)a+?\\A$"),
        (r"(?i)abc", None),
        (r"(?P<a>x)(?P=a)", None),
        (r"(?>a)b", None),
        (r"[a-z]{2}+", None),
        (r"\p{L}", None),
    ],
)
def test_patterns_mean_the_same_in_javascript(pattern: str, made: str | None) -> None:
    assert javascript_pattern(pattern) == made
    config = config_of("s", "SKILL.md", None, [task(0, {"type": "regex", "pattern": pattern})], {})
    asserts = [] if made is None else [{"type": "regex", "value": made}]
    assert config.content["tests"][0]["assert"] == asserts
