"""Counts of tokens that are no counts."""

from __future__ import annotations

import pytest

from skillopt.adapters.models.odd_usage import plain_usage


@pytest.mark.parametrize(
    ("usage", "plain"),
    [
        ({"prompt_tokens": 5, "more": {"x": 1}}, {"prompt_tokens": 5, "more": {"x": 1}}),
        ({"prompt_tokens": "5", "more": 1}, {"prompt_tokens": 5, "more": 1}),
        (
            {
                "prompt_tokens": 5,
                "prompt_tokens_details": {"cached_tokens": 1e999, "audio_tokens": "2", "more": []},
                "completion_tokens_details": "three",
            },
            {"prompt_tokens": 5, "prompt_tokens_details": {"audio_tokens": 2, "more": []}},
        ),
        ({"prompt_tokens": 5.0, "total_tokens": None}, {"prompt_tokens": 5}),
        ({"prompt_tokens": "five", "completion_tokens": 2}, {"completion_tokens": 2}),
        ({"prompt_tokens": True}, None),
        ({"prompt_tokens": "nan"}, None),
        ({}, None),
        ([], None),
        (None, None),
    ],
)
def test_counts_become_whole_numbers_or_are_left_out(
    usage: object, plain: dict[str, object] | None
) -> None:
    assert plain_usage(usage) == plain
