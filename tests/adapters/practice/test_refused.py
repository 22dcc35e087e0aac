"""What the prompt says was refused, and what each phrase has to answer for."""

from __future__ import annotations

import json

import pytest

from skillopt.adapters.practice.language import ANSWER
from skillopt.adapters.practice.refused import blame, broken, edit_texts, refused_alone


def told(headline: str, *texts: str, **more: str) -> str:
    edits = [json.dumps({"kind": "insert", "text": text, **more}) for text in texts]
    return "\n".join([headline, *edits])


RULE = '- When the ticket mentions "{}", answer `{}`.\n'
REFUND, CRASH = RULE.format("refund", "billing"), RULE.format("crash", "bugs")
OF_REFUND, OF_CRASH = (ANSWER, "billing", "refund"), (ANSWER, "bugs", "crash")


def test_a_phrase_that_was_refused_alone_bears_it_all() -> None:
    assert blame(told("rejected, round 1", REFUND)) == {OF_REFUND: 1.0}


def test_in_company_it_is_shared() -> None:
    assert blame(told("rejected, round 1", REFUND, CRASH)) == {OF_REFUND: 0.5, OF_CRASH: 0.5}


def test_refusals_add_up() -> None:
    both = f"{told('rejected, round 1', REFUND)}\n{told('rejected, round 2', REFUND, CRASH)}"
    assert blame(both) == {OF_REFUND: 1.5, OF_CRASH: 0.5}


@pytest.mark.parametrize(
    ("headline", "weight"),
    [
        ("rejected, round 1", 1.0),
        ("inconclusive, round 1", 0.5),
        ("rejected, stale, round 1", 0.0),
        ("refused at stage fit, round 1", 0.0),
        ("accepted, round 1", 0.0),
    ],
)
def test_the_headline_says_how_much(headline: str, weight: float) -> None:
    assert blame(told(headline, REFUND)) == {OF_REFUND: weight}


def test_what_a_replace_leaves_as_it_was_is_not_to_blame() -> None:
    line = json.dumps({"kind": "replace", "anchor": REFUND, "text": REFUND + CRASH})
    assert blame(f"rejected, round 1\n{line}") == {OF_CRASH: 1.0}


@pytest.mark.parametrize("line", ["{", "[]", '{"no": "kind"}', "{" * 5000, "- plain text"])
def test_other_lines_are_no_edits(line: str) -> None:
    assert blame(f"rejected\n{line}") == {}
    assert edit_texts(line) == ""


def test_the_texts_of_the_edits() -> None:
    refused = told("rejected", "- one\n", "- two\n", anchor="- zero")
    assert edit_texts(refused).split("\n") == ["- one", "", "- zero", "- two", "", "- zero"]


def test_a_sentence_is_refused_alone_where_an_edit_wrote_nothing_beside_it() -> None:
    refused = told("rejected", "## Rules\n\n- Be brief.\n", "- Be kind.\n- Be quick.\n")
    assert refused_alone(refused, "Be brief.")
    assert not refused_alone(refused, "Be kind.")


LESSON = "  lesson: keep it; the evidence shows what it broke: r3 (a task), r7 (another)"


def test_a_lesson_names_the_rollouts_that_were_broken() -> None:
    assert broken(f"refused, round 1\n{LESSON}") == ("r3", "r7")
    assert broken("  lesson: it only does harm") == ()


def test_the_phrases_that_broke_something_bear_the_blame_and_may_come_back_with_an_exception() -> (
    None
):
    text = f"{told('refused, round 1', REFUND, CRASH)}\n  on train tasks: broke a task\n{LESSON}"
    found = blame(text, {"r3": "a refund of the crash test dummy", "r7": "my refunds"})
    assert found == {OF_REFUND: 0.5, OF_CRASH: 0.5}, "both are mentioned there"
    found = blame(text, {"r3": "where is my refund", "r7": "my refunds"})
    assert found == {OF_REFUND: 0.75, OF_CRASH: 0.125}
    assert blame(f"{text}\n{text}", {"r3": "my refund"})[OF_REFUND] >= 1
