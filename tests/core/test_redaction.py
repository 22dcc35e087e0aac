from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skillopt.core.redaction import REDACTED, redacted, redacted_content
from skillopt.core.value import text_hash

SECRETS = [
    "sk-abcdefghijklmnopqrstuvwx",
    "sk-ant-api03-AbC_dEf-0123456789abcdef",
    "sk-proj-0123456789abcdefABCDEF",
    "sk_live_0123456789abcdef",
    "AKIAIOSFODNN7EXAMPLE",
    "ghp_0123456789abcdefghijABCDEFGHIJ012345",
    "github_pat_11ABCDEFG0123456789_abcdefghij",
    "glpat-0123456789abcdefghij",
    "xoxb-123456789012-abcdefghijkl",
    "AIzaSyA0123456789abcdefghijklmnopqrstuv",
    "hf_0123456789abcdefghijABCDEFGHIJ",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w",
]
FRAMES = [
    "{}",
    "the key is {}, use it",
    'header "{}"',
    "a\n{}\nb",
    "x={} y",
    "({})",
    "`{}`",
    "key:{};",
    "\x1b[1m{}\x1b[0m",
    "\x1b[38;5;9m{}",
    "\\u001b[m{}",
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("frame", FRAMES)
def test_issued_keys_go_wherever_they_stand(secret: str, frame: str) -> None:
    text = redacted(frame.format(secret))
    assert secret not in text
    assert REDACTED in text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("postgresql://me:hunter2@db.example/x", "postgresql://me:[redacted]@db.example/x"),
        ("redis://:hunter2@host:6379", "redis://:[redacted]@host:6379"),
        ("see https://h/p?a=1&api_key=hunter2&b=2", "see https://h/p?a=1&api_key=[redacted]&b=2"),
        ("https://h/p?access_token=hunter2", "https://h/p?access_token=[redacted]"),
        ("Authorization: Bearer hunter2hunter2hunter2", "Authorization: Bearer [redacted]"),
        ("authorization: basic aHVudGVyMjpodW50ZXIy", "authorization: basic [redacted]"),
        ('{"api_key": "hunter2hunter2"}', '{"api_key": "[redacted]"}'),
        ("tool --api-key hunter2hunter2 x", "tool --api-key [redacted] x"),
        ("tool -v --db-password 'hunter2hunter2'", "tool -v --db-password '[redacted]'"),
        ("OPENAI_API_KEY=hunter2hunter2", "OPENAI_API_KEY=[redacted]"),
        ("password: hunter2hunter2", "password: [redacted]"),
        ("DB_PASSWORD='hunter2-hunter2'", "DB_PASSWORD='[redacted]'"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIhunter2\n-----END RSA PRIVATE KEY-----\nx",
            "[redacted]\nx",
        ),
    ],
)
def test_what_is_not_secret_stays(text: str, kept: str) -> None:
    assert redacted(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Reset your password: we never ask for it by mail.",
        "The token count was 128, max_tokens=4096, prompt_tokens: 1200345678",
        "task-based skills, risk-free, disk-encryption-keys-rotation",
        "https://example.org/a/b?page=2#frag and http://localhost:4000/v1",
        "mail me@example.org: ask at https://example.org/@me",
        "key: value; secret santa; a bearer of good news",
        "tool --private-key ~/.ssh/id_ed25519 --token $TOKEN_2026 --max-token 12345678",
        "openai/gpt-4o-mini, anthropic/claude-sonnet, practice/reader",
        text_hash("x"),
        f"skill {text_hash('y')} key={text_hash('z')[:12]}",
        "customers forget their passwords; route `password_reset` to identity",
    ],
)
def test_ordinary_text_is_not_touched(text: str) -> None:
    assert redacted(text) == text


def test_fields_named_like_secrets_go_whatever_they_hold() -> None:
    content = {
        "api_key": "plain",
        "headers": [{"x-api-key": "plain", "accept": "json"}],
        "password": "",
        "max_tokens": 5,
        "token": None,
        "note": "sk-abcdefghijklmnopqrstuvwx",
    }
    assert redacted_content(content) == {
        "api_key": REDACTED,
        "headers": [{"x-api-key": REDACTED, "accept": "json"}],
        "password": "",
        "max_tokens": 5,
        "token": None,
        "note": REDACTED,
    }


@settings(deadline=None)
@given(st.text())
def test_redacting_twice_is_redacting_once(text: str) -> None:
    assert redacted(redacted(text)) == redacted(text)
