"""Patterns have a bounded cost, whatever the pattern and the answer."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.evaluation.patterns import LONGEST_PATTERN, BadPattern, compiled, is_found
from skillopt.errors import CallFailed


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"^\d{4}-\d{2}$", "2026-01", True),
        (r"(?i)total", "The TOTAL is", True),
        (r"(?m)^- ", "a\n- b", True),
        (r"^$", "", True),
        (r"x", "", False),
    ],
)
def test_a_pattern_is_searched(pattern: str, text: str, *, found: bool) -> None:
    assert is_found(pattern, text) is found


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        "[a",
        "*a",
        r"\p{Nope}",
        "(?P<a>x)(?P=b)",
        "a" * (LONGEST_PATTERN + 1),
        "a{1000000000}",
        "((a{1000}){1000}){1000}",
        "(?:a{5000}b){5000}",
        "(?:" * 2000 + ")" * 2000,
    ],
)
def test_what_is_no_pattern_is_refused_at_once(pattern: str) -> None:
    with pytest.raises(BadPattern):
        compiled(pattern)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [(r"^(a|aa|a?)+$", "a" * 60 + "b"), (r"(x+x+)+y", "x" * 5000)],
)
def test_a_search_without_end_is_missing_data(pattern: str, text: str) -> None:
    with pytest.raises(CallFailed, match="took longer than 1 s"):
        is_found(pattern, text)


@given(st.text(max_size=30))
def test_any_text_is_a_pattern_or_a_bad_one(pattern: str) -> None:
    complaint = "none"
    try:
        compiled(pattern)
    except BadPattern as error:
        complaint = str(error)
    assert complaint


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_literal_is_found_where_it_is(literal: str, text: str) -> None:
    assert is_found(re.escape(literal), text) is (literal in text)
