"""Replies in channels, through the reader of reasoning that takes them apart."""

from __future__ import annotations

import pytest

from skillopt.core.channels import channels_of
from skillopt.core.reasoning import heard

CALL = "<|channel|>analysis<|message|>a<|end|><|start|>assistant to=functions.f"
HARMONY = "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final"


@pytest.mark.parametrize(
    ("reply", "text", "reasoning"),
    [
        (f"{HARMONY}<|message|>two", "two", "hm"),
        (f"{HARMONY}<|message|>two<|return|>", "two", "hm"),
        (f"<|start|>assistant{HARMONY} json<|message|>{{}}", "{}", "hm"),
        (f"{HARMONY} <|constrain|>JSON<|message|>two", "two", "hm"),
        ("hm<|end|><|start|>assistant<|channel|>final<|message|>two", "two", "hm"),
        ("<|channel|>analysis<|message|>cut off", "", "cut off"),
        ("<|channel|>final<|message|>two<|end|>", "two", ""),
        ("<|channel|>analysis<|message|>hm<|end|>two", "two", "hm"),
        (
            f"{CALL}<|channel|>commentary <|constrain|>json<|message|>{{}}<|call|>",
            "",
            "a\n\n{}",
        ),
        ("analysisWe need one word.assistantfinaltwo", "two", "We need one word."),
        ("assistantfinaltwo", "two", ""),
        ("Here is my thought process: hm\n\nHere is my response: two", "two", "hm"),
        ("analysis of the words", "analysis of the words", ""),
        ("The `<|channel|>` token.", "The `<|channel|>` token.", ""),
        (
            "gpt-oss: `<|end|><|start|>assistant<|channel|>final<|message|>x`",
            "gpt-oss: `<|end|><|start|>assistant<|channel|>final<|message|>x`",
            "",
        ),
    ],
)
def test_only_the_final_channel_is_text(reply: str, text: str, reasoning: str) -> None:
    assert heard(reply) == (text, reasoning)


def test_a_reply_without_channels_is_none() -> None:
    assert channels_of("two") is None
    assert channels_of("<think>hm</think>two") is None
