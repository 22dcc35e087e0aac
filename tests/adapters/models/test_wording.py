"""A provider's own sentence, out of what LiteLLM makes of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.models.wording import sentence

LIST = "[{'error': {'code': 400, 'message': 'Unknown name \"seed\"', 'status': 'INVALID'}}]"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("litellm.RateLimitError: RateLimitError: OpenAIException - Slow down", "Slow down"),
        (
            f"litellm.BadRequestError: OpenAIException - Error code: 400 - {LIST}",
            'Unknown name "seed"',
        ),
        (
            "OpenAIException - {'detail': [{'loc': ['body', 'seed'], 'msg': 'Extra inputs'}]}",
            "Extra inputs: seed",
        ),
        ('litellm.RateLimitError: geminiException - {"error": {"message": "quota"}}', "quota"),
        ('VertexAIException BadRequestError - b\'{"error": {"message": "no"}}\'', None),
        ('{"error": "model is loading"}', "model is loading"),
        (
            'litellm.APIConnectionError: boom\nTraceback (most recent call last):\n  File "/a/b"',
            "boom",
        ),
        (
            "OpenAIException - <html><head><title>502 Bad Gateway</title></head>",
            "a web page: 502 Bad Gateway",
        ),
        ("{cut", "{cut"),
        ("", ""),
    ],
)
def test_the_sentence_is_found(text: str, said: str | None) -> None:
    found = sentence(ValueError(text))
    assert found == said if said is not None else "error" in found


@given(st.text())
def test_any_text_has_a_sentence_in_one_line(text: str) -> None:
    assert "\n" not in sentence(ValueError(text))


def test_an_answer_that_is_no_json_is_called_so() -> None:
    said = sentence(ValueError("Expecting value: line 1 column 1 (char 0)"))
    assert said.startswith("the answer is not JSON, empty or cut off (Expecting value")


@pytest.mark.parametrize(
    "text",
    [
        "litellm.InternalServerError: Invalid response object",
        "LiteLLM: provider returned 'choices' that is not a list (NoneType). Raw keys: ['id']",
    ],
)
def test_json_that_is_no_completion_is_called_so(text: str) -> None:
    assert "no chat completion" in sentence(ValueError(text))
    assert "LiteLLM" not in sentence(ValueError(text))


def test_a_message_does_not_change_the_terminal() -> None:
    assert sentence(ValueError("\x1b[31mboom\x1b[0m\x07 \x9bx")) == "boom x"
