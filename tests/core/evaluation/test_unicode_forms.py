"""Checks compare in NFC, and say so where only the form differs."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest

from skillopt.core.evaluation.grading import ONLY_THE_FORM
from skillopt.core.evaluation.unicode_forms import as_it_is, nfc_content
from tests.core.evaluation.test_grading import graded

WORDS = ("Café größer", "한국", "\u212b", "Việt Nam")
KINDS: list[dict[str, Any]] = [
    {"type": "exact"},
    {"type": "exact", "ignore_case": True},
    {"type": "contains"},
    {"type": "contains", "ignore_case": True},
]


def forms(word: str) -> tuple[str, str]:
    return unicodedata.normalize("NFC", word), unicodedata.normalize("NFD", word)


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("check", KINDS)
def test_texts_match_across_forms_and_that_is_said(check: dict[str, Any], word: str) -> None:
    for wanted, answer in (forms(word), forms(word)[::-1]):
        found = graded(check, answer, wanted)
        assert found.score == 1.0
        assert ONLY_THE_FORM in found.feedback
        assert graded(check, wanted, wanted).feedback == ""
        assert graded(check, "x" + answer[1:], wanted).score == 0.0


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("escaped", [True, False])
def test_json_matches_across_forms(word: str, *, escaped: bool) -> None:
    composed, decomposed = forms(word)
    answer = json.dumps({decomposed: [decomposed]}, ensure_ascii=escaped)
    for check in (
        {"type": "json"},
        {"type": "json", "mode": "subset"},
        {"type": "json", "at": composed},
        {"type": "json", "mode": "schema", "value": {"required": [composed]}},
    ):
        found = graded(check, answer, {composed: [composed]})
        assert (found.score, ONLY_THE_FORM in found.feedback) == (1.0, True), check
    assert graded({"type": "json"}, answer, {composed: ["x"]}).score == 0.0


@pytest.mark.parametrize("word", WORDS)
def test_patterns_are_found_in_both_forms(word: str) -> None:
    composed, decomposed = forms(word)
    for pattern, answer in ((composed, decomposed), (decomposed, composed)):
        found = graded({"type": "regex", "pattern": f"^{pattern}$"}, answer, None)
        assert (found.score, ONLY_THE_FORM in found.feedback) == (1.0, True)
        absent = {"type": "regex", "pattern": pattern, "absent": True}
        assert graded(absent, answer, None).score == 0.0


def test_a_pattern_for_combining_characters_still_finds_them() -> None:
    assert graded({"type": "regex", "pattern": "\\u0301"}, "e\u0301", None).score == 1.0


def test_an_absent_text_is_found_in_the_other_form() -> None:
    check = {"type": "contains", "value": "caf\u00e9", "absent": True}
    assert graded(check, "no cafe\u0301", None).score == 0.0


@pytest.mark.parametrize(("answer", "wanted"), [("10\u00a0km", "10 km"), ("\ufb01n", "fin")])
def test_a_near_form_fails_and_is_said(answer: str, wanted: str) -> None:
    found = graded({"type": "exact"}, answer, wanted)
    assert found.score == 0.0
    assert "only such forms as no-break spaces or ligatures differ" in found.feedback
    assert "only such forms" not in graded({"type": "exact"}, "other", wanted).feedback


def test_content_keeps_its_kinds() -> None:
    content = {"e\u0301": ["e\u0301", 1, True, None, ("e\u0301",)]}
    assert nfc_content(content) == {"\u00e9": ["\u00e9", 1, True, None, ("\u00e9",)]}
    assert as_it_is(content) is content
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert nfc_content(deep) is deep
