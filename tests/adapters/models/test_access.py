"""Whether a model can be called at all: its provider and its key."""

from __future__ import annotations

from typing import Any

import pytest

from skillopt.adapters.models import LiteLLMModel, ModelSettings
from skillopt.errors import SettingsError
from tests.adapters.models.opening import HELLO, Opened
from tests.loopback import Loopback


async def test_an_own_endpoint_needs_no_key_and_a_given_one_is_sent(
    loopback: Loopback, opened: Opened
) -> None:
    await opened(loopback).complete(HELLO)
    await opened(loopback, api_key="very-secret").complete(HELLO)
    sent = [headers["Authorization"] for headers in loopback.headers]
    assert sent == ["Bearer no-key-needed", "Bearer very-secret"]


async def test_litellm_variables_name_the_endpoint(
    loopback: Loopback, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_BASE", loopback.base)
    monkeypatch.setenv("OPENAI_API_KEY", "from-environment")
    await opened(loopback, api_base=None).complete(HELLO)
    assert loopback.headers[0]["Authorization"] == "Bearer from-environment"


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"model": "nonsense"}, "unknown LiteLLM provider"),
        ({"model": "openai/gpt-5-mini"}, "OPENAI_API_KEY"),
    ],
)
def test_a_model_that_cannot_be_called_is_refused(settings: Any, complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        LiteLLMModel(ModelSettings(**settings)).check()
