"""Keys never leave in a message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.secrets import LONGEST_MESSAGE, redacted, without_secrets


@given(before=st.text(), after=st.text(), key=st.text("abcdef0123456789", min_size=12))
def test_a_known_key_never_passes(before: str, after: str, key: str) -> None:
    passed = redacted(f"{before} {key} {after}", [key])
    assert key not in passed or key in before or key in after
    assert len(passed) <= LONGEST_MESSAGE


def test_addresses_lose_their_passwords_and_bearers_their_tokens() -> None:
    said = redacted("POST https://me:pass@host/v1 Authorization: Bearer abc.def sk-proj-12345678")
    assert said == "POST https://host/v1 Authorization: [key] [key]"


def test_content_is_rid_of_them_at_any_depth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "hunter2-hunter2")
    content = {"a": [{"b": "x hunter2-hunter2 y"}, 1, None], "api_key": "abc", "c": "plain"}
    assert without_secrets(content) == {
        "a": [{"b": "x [key] y"}, 1, None],
        "api_key": "[redacted]",
        "c": "plain",
    }
