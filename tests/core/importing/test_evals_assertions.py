"""The assertions of an evals.json."""

from __future__ import annotations

from typing import Any

import pytest

from skillopt.core.importing.evals_assertions import assertion_of
from skillopt.core.importing.promptfoo_asserts import Refused


@pytest.mark.parametrize(
    ("said", "check"),
    [
        ("contains '100'", {"type": "contains", "value": "100"}),
        ('Contains "Grade: A".', {"type": "contains", "value": "Grade: A"}),
        ("does not contain 'FAILED'", {"type": "contains", "value": "FAILED", "absent": True}),
        ("matches regex /[a-z]{2}-\\d/", {"type": "regex", "pattern": "(?:[a-z]{2}-\\d)"}),
    ],
)
def test_what_is_said_of_the_text_is_checked(said: str, check: dict[str, Any]) -> None:
    found = assertion_of(said)
    assert not isinstance(found, str)
    assert found.check == check


def test_one_of_several_texts() -> None:
    found = assertion_of("contains 'curl' or contains \"SEC-4\" or contains 'wget'")
    assert not isinstance(found, str)
    assert found.kind == "contains-any"
    assert found.check["pattern"] == r"(?:curl|SEC\-4|wget)"


@pytest.mark.parametrize(
    "said",
    [
        "contains 'a' or is empty",
        "contains 'don't'",
        "does not contain 'a' or does not contain 'b'",
        "contains 'a' or does not contain 'b'",
        "The text contains 'a' in its title",
        "contains /a b/",
    ],
)
def test_other_words_are_a_statement(said: str) -> None:
    assert assertion_of(said) == said


@pytest.mark.parametrize(
    ("given", "check"),
    [
        ({"type": "content_contains", "value": "a", "description": "b"}, ("contains", "a")),
        ({"type": "output_includes", "value": "a"}, ("contains", "a")),
        ({"type": "exact_match", "expected": "a"}, ("exact", "a")),
        ({"type": "contains_all", "values": ["a", "b"]}, ("contains", ["a", "b"])),
    ],
)
def test_types_are_those_of_promptfoo(given: dict[str, Any], check: tuple[str, Any]) -> None:
    found = assertion_of(given)
    assert not isinstance(found, str)
    assert (found.check["type"], found.check["value"]) == check


def test_a_pattern_may_be_called_so() -> None:
    found = assertion_of({"type": "regex", "pattern": "a+"})
    assert not isinstance(found, str)
    assert found.check == {"type": "regex", "pattern": "a+"}


@pytest.mark.parametrize(
    ("given", "statement"),
    [
        ({"name": "finds_it", "check": "The record is found first"}, "The record is found first"),
        ({"id": "a1", "text": "Is tidy enough", "type": "script"}, "Is tidy enough"),
        ({"name": "Is tidy enough"}, "Is tidy enough"),
        ({"name": "tidy"}, "The answer satisfies: tidy"),
    ],
)
def test_statements_of_objects(given: dict[str, Any], statement: str) -> None:
    assert assertion_of(given) == statement


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (7, "a statement that is no text"),
        (" ", "a statement that is no text"),
        ({}, "an assertion without a statement"),
        ({"name": "a", "script": "b.py"}, "an assertion without a statement; there is script"),
        (
            {"type": "file_exists", "path": "a"},
            "an assertion of the type 'file_exists' without a statement; there is path",
        ),
        (
            {"type": "tool_use", "tool": "Glob", "description": "Looks around"},
            "`tool_use`: is about what the agent did",
        ),
    ],
)
def test_what_is_refused(given: object, says: str) -> None:
    with pytest.raises(Refused, match=says):
        assertion_of(given)
