"""Whose failure it is."""

from __future__ import annotations

import pytest

from skillopt.core.agents.causes import cause_of


@pytest.mark.parametrize(
    ("message", "status", "category", "cause"),
    [
        ("anything", None, "rate_limit", "passing"),
        ("anything", None, "authentication_failed", "final"),
        ("unauthorized, as the agent wrote", None, "max_output_tokens", "agent"),
        ("", 503, "", "passing"),
        ("", 429, "", "passing"),
        ("You exceeded your current quota", 429, "", "final"),
        ("", 401, "", "final"),
        ("prompt is too long", 400, "", "agent"),
        ("unexpected status 401 Unauthorized", None, "", "final"),
        ("last status: 503 Service Unavailable", None, "", "passing"),
        ("Rate limit reached for organization", None, "", "passing"),
        ("You've hit your usage limit", None, "", "final"),
        ('Error: Model "x" from --model flag is not available.', None, "", "final"),
        ("Gemini CLI is not running in a trusted directory.", None, "", "final"),
        ("Please run /login", None, "", "final"),
        ("connect ECONNREFUSED 127.0.0.1:443", None, "", "passing"),
        ("I could not find 503 apples", None, "", "agent"),
        ("Traceback: KeyError", None, "", "agent"),
        ("", None, "", "agent"),
    ],
)
def test_the_cause(message: str, status: int | None, category: str, cause: str) -> None:
    assert cause_of(message, status=status, category=category) == cause
