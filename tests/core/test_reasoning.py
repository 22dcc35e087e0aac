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


@pytest.mark.parametrize(
    ("reply", "text", "reasoning"),
    [
        ("<|START_THINKING|>hm<|END_THINKING|><|START_RESPONSE|>two<|END_RESPONSE|>", "two", "hm"),
        ("<|begin_of_thought|>hm<|end_of_thought|>\n<|begin_of_solution|>two", "two", "hm"),
        ("<|inner_prefix|>hm<|inner_suffix|>two", "two", "hm"),
        ("<|channel>thought\nhm<channel|>two", "two", "hm"),
        ("hm[/THINK]two", "two", "hm"),
        ("hm◁/think▷two", "two", "hm"),
        ("<reason>hm</reason>two", "two", "hm"),
        ("<reflection>hm</reflection>two", "two", "hm"),
        (
            "<thinking>a<reflection>b</reflection></thinking>two",
            "two",
            "a<reflection>b</reflection>",
        ),
        ("Sure.\n<reasoning>hm</reasoning>\ntwo", "Sure.\n\ntwo", "hm"),
        ("<think/>two", "two", ""),
        ("so it is `two`</think>`two`", "`two`", "so it is `two`"),
        ('it says "two"</think>"two"', '"two"', 'it says "two"'),
        (
            "I try\n```python\nx = 1\n</think>\n\n```\ntwo\n```",
            "```\ntwo\n```",
            "I try\n```python\nx = 1",
        ),
        ("```\nx\n```\nso.</think>```\ntwo\n```", "```\ntwo\n```", "```\nx\n```\nso."),
        ("first three </think> two", "two", "first three"),
        ("<think>It is about `</think>`.</think>two", "two", "It is about `</think>`."),
    ],
)
def test_what_servers_send(reply: str, text: str, reasoning: str) -> None:
    assert heard(reply) == (text, reasoning)


@pytest.mark.parametrize(
    "reply",
    [
        "Close the block with a </think> tag and go on.",
        "Write the thought between <think> and </think>.",
        "It begins with <think> and ends with </think>; nothing else.",
        'Write "</think>" at the end.',
        "Write \u201c</think>\u201d at the end.",
        "Write '</think>' at the end.",
        "Use ``<think>`` and ``</think>``.",
        "- `<think>` opens it\n- `</think>` closes it",
        "Like this:\n\n```html\n<think>\nhm\n</think>\n```\nDone.",
        "Put this at the end:\n~~~\n</think>\n~~~\n",
        "<result><reason>late</reason><label>spam</label></result>",
        "<label>spam</label>\n<reasoning>late</reasoning>",
        '{"text": "line\n</think>\n"}',
        "The </reasoning> element closes the part.",
    ],
)
def test_an_answer_that_is_about_tags_stays_whole(reply: str) -> None:
    assert heard(reply) == (reply, "")
    assert heard(f"<think>hm</think>\n{reply}") == (reply.strip(), "hm")
    assert heard(reply.strip()) == (reply.strip(), "")


PARTS = [
    "<think>",
    "</think>",
    "<Thought>",
    "</thought>",
    "a",
    " b\n",
    "{",
    "`",
    "```\n",
    '"',
    " the ",
]
PARTS += ["<|channel|>", "final", "analysis", "<|message|>", "<|end|>", "<|start|>assistant", "<x>"]
tags = st.sampled_from(PARTS)


@given(st.lists(tags, max_size=12).map("".join))
def test_nothing_is_added(reply: str) -> None:
    text, reasoning = heard(reply)
    assert len(text) + len(reasoning) <= len(reply) + 2 * (reply.count("<") + 1)
    assert set(text) <= {*reply, "\n"}


@pytest.mark.parametrize(
    "reply", ["<think>", "<x><reasoning>", "</think>`", "<think></think>a ", "```\n</think>"]
)
def test_many_tags_cost_little(reply: str) -> None:
    text, reasoning = heard(reply * (200_000 // len(reply)))
    assert len(text) + len(reasoning) <= 300_000
