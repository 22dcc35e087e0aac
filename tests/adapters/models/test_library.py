"""The door to LiteLLM: it says nothing and leaves nothing open."""

from __future__ import annotations

import asyncio
import logging
import warnings

import pytest

from skillopt.adapters.models import LiteLLMModel, ModelSettings, load_litellm
from skillopt.errors import ModelError
from tests import loopback as says
from tests.adapters.models.opening import HELLO
from tests.loopback import Loopback


@pytest.fixture
def _loaded() -> None:
    """LiteLLM keeps the clients that its import makes, in whichever loop that is."""
    load_litellm()


@pytest.mark.usefixtures("_loaded")
async def test_nothing_is_left_open_or_said(
    loopback: Loopback, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    loopback.script(says.text("x"), says.status(400), says.status(404))
    settings = ModelSettings(model="openai/m", api_base=loopback.base, max_attempts=1)
    model = LiteLLMModel(settings)
    await model.complete(HELLO)
    for _ in range(2):
        with pytest.raises(ModelError):
            await model.complete(HELLO)
    cache = load_litellm().in_memory_llm_clients_cache.cache_dict
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        await model.aclose()
    mark = f"-{id(asyncio.get_running_loop())}"
    assert not [key for key in cache if key.endswith(mark)]
    assert capfd.readouterr() == ("", "")
    assert not [record for record in caplog.records if record.name.startswith("LiteLLM")]
