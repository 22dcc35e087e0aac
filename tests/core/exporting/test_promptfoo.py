"""Tasks as a promptfoo config, and back."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from skillopt.core.evaluation.checks import Check
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.exporting.promptfoo import config_of
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
