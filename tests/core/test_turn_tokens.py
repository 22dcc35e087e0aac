"""Tokens of a chat template around a reply."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.reasoning import heard
from skillopt.core.turn_tokens import without_turn_tokens


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        ("one<|im_end|>", "one"),
        ("one</s>", "one"),
        ("one<|eot_id|>\n<|end_of_text|>\n", "one"),
        ("one<end_of_turn>\n", "one"),
        ("<|im_start|>assistant\none<|im_end|>\n<|endoftext|>", "one"),
        ("<|start_header_id|>assistant<|end_header_id|>\n\none", "one"),
        ("<s>one</s>", "<s>one</s>"),
        ("<|im_end|>", "<|im_end|>"),
        ("it ends with `<|im_end|>`", "it ends with `<|im_end|>`"),
        ("<|im_end|> ends it", "<|im_end|> ends it"),
        ("<b>one</b>", "<b>one</b>"),
    ],
)
def test_tokens_around_a_turn_are_no_text(reply: str, text: str) -> None:
    assert without_turn_tokens(reply) == text


def test_reasoning_before_them_and_in_them() -> None:
    assert heard("<think>hm</think>\none<|im_end|>").text == "one"
    assert heard("<|im_start|>assistant\n<think>hm</think>one</s>") == ("one", "hm")


@given(st.text())
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert without_turn_tokens(text) == text
