"""Content that is a list of parts."""

from __future__ import annotations

from typing import Any

import pytest

from skillopt.adapters.models.list_content import taken_apart


@pytest.mark.parametrize(
    ("parts", "reasoning", "text"),
    [
        ([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "", "ab"),
        ([{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "a"}], "hm", "a"),
        ([{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}], "hm", None),
        ([{"type": "reasoning", "summary": [{"text": "hm"}]}, {"type": "output_text", "text": "a"}], "hm", "a"),
        (["a", {"type": "image_url"}], "", "a"),
        ([{"type": "redacted_thinking", "data": "xx"}, {"type": "text", "text": "a"}], "", "a"),
        ([], "", None),
    ],
)  # fmt: skip
def test_parts_are_taken_apart(parts: list[Any], reasoning: str, text: str | None) -> None:
    assert taken_apart(parts) == (reasoning, text)
