"""Findings in words."""

from __future__ import annotations

from typing import Any

from skillopt.core.content.finding import Finding, shown, warned, why_not


def finding(**more: Any) -> Finding:
    fields: dict[str, Any] = {
        "kind": "urls",
        "rule": "an address",
        "action": "hold",
        "passages": ("a.io",),
        "count": 1,
    }
    return Finding(**{**fields, **more})


def test_nothing_in_a_passage_is_invisible() -> None:
    assert shown("a\u200bb\u202ec\nd\u00a0e") == "a<U+200B>b<U+202E>c d<U+00A0>e"
    assert shown("é 日本 👍") == "é 日本 👍"
    assert len(shown("x" * 1000)) == 120


def test_the_sentence_counts_what_it_does_not_quote() -> None:
    assert finding(count=5).text == "the edits add an address: “a.io” and 4 more (urls)"
    lost = finding(kind="deletions", rule="much of its text at once", passages=("60 %",))
    assert lost.text == "the skill loses much of its text at once: “60 %” (deletions)"


def test_the_reason_says_who_may_apply_what_is_held() -> None:
    held, refused = finding(), finding(action="refuse", kind="secrets")
    assert "waits for a person" in why_not([held])
    assert "Propose it without that" in why_not([held, refused])
    assert why_not([held] * 5).count("; and 2 more") == 1


def test_warnings_do_not_block() -> None:
    warning = finding(action="warn")
    assert warned([finding(), warning]) == (warning,)
