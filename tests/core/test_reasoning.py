"""Reasoning in the text of a reply."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.reasoning import heard


@pytest.mark.parametrize(
    ("reply", "text", "reasoning"),
    [
        ("two", "two", ""),
        ("<think>hm</think>\ntwo", "two", "hm"),
        ("<Think>\nhm\n</Think>two", "two", "hm"),
        ("<THINKING>hm</THINKING>two", "two", "hm"),
        ("<thought>hm</thought>two", "two", "hm"),
        ("<reasoning>hm</reasoning>two", "two", "hm"),
        ('<think budget="9">hm</think>two', "two", "hm"),
        ("<seed:think>hm</seed:think>two", "two", "hm"),
        ("[THINK]hm[/THINK]two", "two", "hm"),
        ("◁think▷hm◁/think▷two", "two", "hm"),
        ("hm\n</think>\n\ntwo", "two", "hm"),
        ("</think>two", "two", ""),
        ("<think>a</think>one <think>b</think>two", "one two", "a\n\nb"),
        ("<think>a<think>b</think>c</think>two", "two", "a<think>b\n\nc"),
        ("<think>with <reasoning>x</reasoning></think>two", "two", "with <reasoning>x</reasoning>"),
        ("<think>cut off", "", "cut off"),
        ("  <Think>", "", ""),
        ("<think>hm</think>", "", "hm"),
        ("hm</think>", "", "hm"),
        ("Tags such as <think> are stripped.", "Tags such as <think> are stripped.", ""),
        ("Write `</think>` at the end.", "Write `</think>` at the end.", ""),
        ('{"a": "<think>x</think>"}', '{"a": "<think>x</think>"}', ""),
        ('So: {"a": "</think>"}', 'So: {"a": "</think>"}', ""),
        ('<think>hm</think>{"a": "</think>"}', '{"a": "</think>"}', "hm"),
        ("I am <thoughtful> and rethink>", "I am <thoughtful> and rethink>", ""),
        (" two\n", " two\n", ""),
    ],
)
def test_reasoning_is_taken_apart(reply: str, text: str, reasoning: str) -> None:
    assert heard(reply) == (text, reasoning)


tags = st.sampled_from(["<think>", "</think>", "<Thought>", "</thought>", "a", " b\n", "{", "`"])


@given(st.lists(tags, max_size=12).map("".join))
def test_nothing_is_added(reply: str) -> None:
    text, reasoning = heard(reply)
    assert len(text) + len(reasoning) <= len(reply) + reply.count("<") * 2
    assert set(text) <= set(reply)
