"""A model that continues one text, as a target."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from skillopt.adapters.models import LiteLLMModel, ModelSettings
from skillopt.adapters.targets import ChatTarget
from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.task import Task
from skillopt.core.skill.skill import Skill

SKILL = Skill(text="# Greet\n\nSay hello.")


def task() -> Task:
    return Task(id="t1", split="train", input="Good day?", checks=(Exact(type="exact"),))


@pytest.fixture
async def completions() -> AsyncIterator[tuple[str, list[Any]]]:
    """An endpoint of plain completions, and what it was asked."""
    asked: list[Any] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(await request.json())
        choice = {"index": 0, "text": " hello", "finish_reason": "stop", "logprobs": None}
        usage = {"prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 13}
        said = {"id": "cmpl-1", "object": "text_completion", "created": 1, "model": "m"}
        return web.json_response({**said, "choices": [choice], "usage": usage})

    app = web.Application()
    app.router.add_post("/v1/completions", answer)
    async with TestServer(app) as server:
        yield str(server.make_url("/v1")), asked


async def test_a_plain_completion_is_sent_one_text(completions: tuple[str, list[Any]]) -> None:
    base, asked = completions
    model = LiteLLMModel(
        ModelSettings(
            model="text-completion-openai/m",
            api_base=base,
            params={"stop": ["\n\n"], "max_tokens": 7},
        )
    )
    own = await ChatTarget(model, template="{skill}\nQ: {task}\nA:").answer(SKILL, task(), trial=0)
    await ChatTarget(model).answer(SKILL, task(), trial=0)
    await model.aclose()
    assert own.text == " hello"
    assert asked[0]["prompt"] == f"{SKILL.text}\nQ: Good day?\nA:"
    assert (asked[0]["stop"], asked[0]["max_tokens"]) == (["\n\n"], 7)
    assert isinstance(asked[1]["prompt"], str)
    assert asked[1]["prompt"].endswith("Good day?")
