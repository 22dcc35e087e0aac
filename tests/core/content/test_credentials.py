"""Secrets."""

from __future__ import annotations

import pytest

from skillopt.core.content.credentials import credentials

KEY = "sk-" + "a1B2c3D4" * 5


@pytest.mark.parametrize(
    "text",
    [
        f"Use {KEY}.",
        f"Use sk-\u200b{KEY[3:]}.",
        "password: hunter2secret99",
        "https://me:secret99@x.org/",
        "AKIA" + "ABCDEFGH12345678",
    ],
)
def test_a_secret_is_found_and_not_repeated(text: str) -> None:
    [hit, *_] = credentials(f"one\n{text}\nthree")
    assert "[redacted]" in hit.passage
    assert KEY not in repr(hit)
    assert "secret99" not in repr(hit)


def test_a_private_key_is_found() -> None:
    body = "\n".join(["MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw" * 2] * 3)
    text = f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----"
    assert any(hit.rule == "a private key" for hit in credentials(text))


@pytest.mark.parametrize("text", ["Reset the password.", "token: none", "a [redacted] key"])
def test_words_about_secrets_pass(text: str) -> None:
    assert list(credentials(text)) == []
