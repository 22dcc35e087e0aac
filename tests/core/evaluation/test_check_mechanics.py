"""What gives a check away."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from skillopt.core.evaluation.check_mechanics import (
    is_distinctive,
    literal_parts,
    mechanics_of,
    pattern_key,
)
from skillopt.core.evaluation.checks import Check


def mechanics(**fields: Any) -> Any:
    check: Check = TypeAdapter(Check).validate_python(fields)
    return mechanics_of(check)


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [
        (r"^REF-\d{4}-OK$", ["REF-", "-OK"]),
        (r"(?i)kind regards,\s+the team", ["kind regards,", "the team"]),
        (r"a\.b\+c", ["a.b+c"]),
        (r"colou?r", ["colo", "r"]),
        (r"go+al", ["go", "al"]),
        (r"[A-Z\]]{2}x(?P<name>y|zed)", ["x", "y", "zed"]),
        (r"\d+", []),
    ],
)
def test_the_literal_parts_of_a_pattern(pattern: str, parts: list[str]) -> None:
    assert literal_parts(pattern) == parts


@pytest.mark.parametrize(
    ("literal", "distinctive"),
    [
        ("REF-", True),
        ("ref", False),
        ("CASE-CLOSED:", True),
        ("tkt_4", True),
        ("sorry", False),
        ("thank you", False),
        ("kind regards, the whole team", True),
        ("camelCase", True),
        ("don't", False),
        ("12", False),
    ],
)
def test_codes_and_whole_phrases_are_distinctive(literal: str, *, distinctive: bool) -> None:
    assert is_distinctive(literal) is distinctive


def test_a_pattern_is_told_by_stretches_with_its_syntax() -> None:
    found = mechanics(type="regex", pattern=r"^\d{4}-\d{2}-\d{2}$")
    assert found.windows
    for told in (r"`\d{4}-\d{2}`", r"write \\d{4}-\\d{2}-\\d{2}", r"\d{4} - \d{2}"):
        assert any(window in pattern_key(told) for window in found.windows), told
    for plain in ("dates such as 2024-05-17", "YYYY-MM-DD", "four digits, a hyphen"):
        assert not any(window in pattern_key(plain) for window in found.windows), plain


def test_a_pattern_too_short_or_without_syntax_tells_nothing_as_such() -> None:
    assert not mechanics(type="regex", pattern=r"\d+").windows
    assert not mechanics(type="regex", pattern="yes|no").windows


def test_commands_and_code_are_told_by_their_files_and_names() -> None:
    command = mechanics(type="command", argv=["python", "checks/form_check.py", "--strict"])
    assert command.literals == {
        "python checks/form_check.py --strict",
        "checks/form_check.py",
        "form_check.py",
        "form_check",
    }
    code = mechanics(type="python", call="cron_checks:equivalent")
    assert code.literals == {
        "cron_checks:equivalent",
        "cron_checks.equivalent",
        "cron_checks.py",
        "cron_checks",
    }


def test_a_schema_is_told_by_its_patterns_not_by_its_fields() -> None:
    schema = {
        "type": "object",
        "required": ["order_number"],
        "properties": {"order_number": {"pattern": r"^ORD_[0-9]{6}$"}},
    }
    found = mechanics(type="json", mode="schema", value=schema)
    assert not found.literals & {"order_number"}
    assert any("[0-9]{6}" in window or "0-9]{6}" in window for window in found.windows)


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "exact"},
        {"type": "contains", "value": "REF_1234"},
        {"type": "number", "value": 4711},
        {"type": "json"},
        {"type": "rubric", "criteria": ["The answer is polite to everybody."]},
    ],
)
def test_checks_that_compare_with_an_answer_have_no_mechanics(fields: dict[str, Any]) -> None:
    assert mechanics(**fields) == (frozenset(), frozenset())
