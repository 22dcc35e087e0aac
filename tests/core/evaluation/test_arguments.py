"""What tools are called with is plain JSON content, whatever an agent hands over."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.evaluation.arguments import DEEPEST, plain
from skillopt.core.evaluation.trace import ToolCall

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=20,
)


class Odd:
    def __str__(self) -> str:
        raise RuntimeError("no text")


@given(JSON)
def test_whatever_it_is_it_can_be_stored(content: Any) -> None:
    made = plain(content)
    assert plain(made) == made
    json.dumps(made, allow_nan=False).encode()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"a": (1, 2.5, None, True)}, {"a": [1, 2.5, None, True]}),
        ({"n": float("nan"), "big": 2**70}, {"n": "nan", "big": hex(2**70)}),
        ({"huge": 10**5000}, {"huge": hex(10**5000)}),
        ({"a\0": "b\ud800"}, {"a\\u0000": "b\\ud800"}),
        ({1: Odd()}, {"1": "<Odd>"}),
    ],
)
def test_odd_values_become_text(given: dict[Any, Any], kept: dict[str, Any]) -> None:
    assert ToolCall(name="t", arguments=given).arguments == kept


def test_what_is_nested_too_deep_is_left_out() -> None:
    content: Any = "core"
    for _ in range(1000):
        content = {"in": content}
    written = json.dumps(ToolCall(name="t", arguments=content).arguments)
    assert written.count('"in"') == DEEPEST + 1
    assert "core" not in written
