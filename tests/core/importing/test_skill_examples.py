"""Tasks drafted from a skill's own text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.importing.skill_examples import FEWEST, MOST, drafts_of, pairs_in


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("Input: 2+2\nOutput: 4\n", [("2+2", "4")]),
        ("**Input:** `a b`\n\n**Output:** `b`", [("a b", "b")]),
        ("- User: Hi\n- Assistant: Hello\n- User: Bye", [("Hi", "Hello"), ("Bye", None)]),
        ("Input:\n```text\none\n\ntwo\n```\nOutput:\n```\nthree\n```\n", [("one\n\ntwo", "three")]),
        ("Q: a?\nA: b\nmore\n\nnot this", [("a?", "b\nmore")]),
        ("Example input 1: x\nExpected: y\nExample input 1: x\nExpected: z", [("x", "y")]),
        ("Output: alone\n", []),
        ("```\nInput: a\nOutput: b\n```\nmore\n\nInput: c\n", [("a", "b"), ("c", None)]),
    ],
)
def test_examples(text: str, pairs: list[tuple[str, str | None]]) -> None:
    assert pairs_in(text) == pairs


def test_headings_and_blanks_follow_the_examples() -> None:
    body = "# T\n\n## Dates\n\nInput: a\nOutput: b\n\n## Examples\n\n### Names ###\n"
    drafts = drafts_of(body)
    assert [draft.input for draft in drafts] == [
        "a",
        "TODO: a request that needs 'Dates'",
        "TODO: a request that needs 'Names'",
    ]
    assert [draft.expected for draft in drafts] == ["b", None, None]
    assert [draft.input for draft in drafts_of("")] == [f"TODO: request {n}" for n in (1, 2, 3)]


@given(st.text(st.sampled_from("Input:Output \n`#~-*A?"), max_size=300))
def test_any_text_gives_a_few(text: str) -> None:
    assert FEWEST <= len(drafts_of(text)) <= MOST
