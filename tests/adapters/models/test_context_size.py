"""What a server says of the size of its model's context."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from skillopt.adapters.models import ModelSettings
from skillopt.adapters.models.context_size import context_size, slots


@pytest.mark.parametrize(
    ("listed", "size"),
    [
        ({"data": [{"id": "org/m", "max_model_len": 4096}, {"id": "n", "max_model_len": 1}]}, 4096),
        ({"data": [{"id": "file.gguf", "meta": {"n_ctx": 8192, "n_ctx_train": 40960}}]}, 8192),
        ({"data": [{"id": "file.gguf", "meta": {"n_ctx_train": 40960}}]}, None),
        ({"data": [{"id": "a", "max_model_len": 1}, {"id": "b", "max_model_len": 2}]}, None),
        ({"data": [{"id": "org/m", "max_model_len": "long"}, 3]}, None),
        ({"data": None}, None),
        ([], None),
    ],
)
async def test_the_list_of_models_is_read(listed: Any, size: int | None) -> None:
    async def models(_: web.Request) -> web.Response:
        return web.json_response(listed)

    app = web.Application()
    app.router.add_get("/v1/models", models)
    async with TestServer(app) as server:
        base = str(server.make_url("/v1/"))
        assert await context_size(ModelSettings(model="openai/org/m", api_base=base)) == size


async def test_where_nobody_answers_it_is_unknown() -> None:
    for base in ("http://127.0.0.1:1/v1", "no address"):
        assert await slots(ModelSettings(model="openai/m", api_base=base)) is None
        assert await context_size(ModelSettings(model="openai/m", api_base=base)) is None


async def test_litellm_knows_hosted_models() -> None:
    assert (await context_size(ModelSettings(model="openai/gpt-4o-mini")) or 0) >= 128_000
    assert await context_size(ModelSettings(model="openai/no-such-model")) is None


@pytest.mark.parametrize(
    ("props", "number"), [({"total_slots": 4}, 4), ({"total_slots": True}, None), ([], None)]
)
async def test_llama_cpp_says_how_many_slots_it_has(props: Any, number: int | None) -> None:
    async def said(_: web.Request) -> web.Response:
        return web.json_response(props)

    app = web.Application()
    app.router.add_get("/props", said)
    async with TestServer(app) as server:
        base = str(server.make_url("/v1"))
        assert await slots(ModelSettings(model="openai/m", api_base=base)) == number
    assert await slots(ModelSettings(model="openai/m")) is None
