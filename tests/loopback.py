"""A scripted endpoint that speaks the OpenAI protocol on 127.0.0.1.

A test gives it behaviours, one per request; when they run out, the last one (or ``otherwise``) is
repeated. It never sleeps: `hang` holds a request until its client goes away.

::

    async def test_it(loopback):
        loopback.script(status(429, headers={"Retry-After": "7"}), text("hello"))
        ... loopback.base, loopback.requests, loopback.most_in_flight
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

Body = dict[str, Any]
Behaviour = Callable[["Loopback", web.Request, Body], Awaitable[web.StreamResponse]]


def completion(content: str | None, *, finish: str = "stop", **more: Any) -> Body:
    """A chat completion as OpenAI sends it."""
    message = {"role": "assistant", "content": content, **more.pop("message", {})}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "loopback",
        "choices": [{"index": 0, "finish_reason": finish, "message": message}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 13},
        **more,
    }


def body(content: Any) -> Behaviour:
    """A JSON body, whatever it is."""

    async def behave(_: Loopback, __: web.Request, ___: Body) -> web.StreamResponse:
        return web.json_response(content)

    return behave


def text(content: str | None, *, finish: str = "stop", **more: Any) -> Behaviour:
    """A reply."""
    return body(completion(content, finish=finish, **more))


def said(answer: Callable[[Body], str]) -> Behaviour:
    """A reply that is worked out from the request."""

    async def behave(_: Loopback, __: web.Request, request: Body) -> web.StreamResponse:
        return web.json_response(completion(answer(request)))

    return behave


def status(
    code: int, message: str = "boom", *, headers: dict[str, str] | None = None, kind: str = "error"
) -> Behaviour:
    """An error as OpenAI sends it."""

    async def behave(_: Loopback, __: web.Request, ___: Body) -> web.StreamResponse:
        error = {"error": {"message": message, "type": kind, "code": kind}}
        return web.json_response(error, status=code, headers=headers)

    return behave


def problem(code: int, content: Any) -> Behaviour:
    """An error with any JSON body."""

    async def behave(_: Loopback, __: web.Request, ___: Body) -> web.StreamResponse:
        return web.json_response(content, status=code)

    return behave


def streamed(*pieces: str) -> Behaviour:
    """A reply as server-sent events, its usage in the last one."""

    async def behave(_: Loopback, request: web.Request, ___: Body) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for number, piece in enumerate((*pieces, None)):
            whole = completion(None)
            delta = {"content": piece} if piece is not None else {}
            finish = "stop" if piece is None else None
            whole["choices"] = [{"index": 0, "delta": delta, "finish_reason": finish}]
            whole["object"] = "chat.completion.chunk"
            if number < len(pieces):
                del whole["usage"]
            await response.write(b"data: " + json.dumps(whole).encode() + b"\n\n")
        await response.write(b"data: [DONE]\n\n")
        return response

    return behave


def raw(content: str, *, content_type: str = "application/json") -> Behaviour:
    """Any text: HTML, half a JSON document."""

    async def behave(_: Loopback, __: web.Request, ___: Body) -> web.StreamResponse:
        return web.Response(text=content, content_type=content_type)

    return behave


def html() -> Behaviour:
    """What a proxy in between may say."""
    return raw("<html><body>Bad gateway</body></html>", content_type="text/html")


def cut() -> Behaviour:
    """A body that ends in the middle, and with it the connection."""

    async def behave(_: Loopback, request: web.Request, ___: Body) -> web.StreamResponse:
        whole = json.dumps(completion("hello")).encode()
        headers = {"Content-Type": "application/json", "Content-Length": str(len(whole))}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        await response.write(whole[:40])
        _abort(request)
        return response

    return behave


def dropped() -> Behaviour:
    """No answer at all: the connection ends."""

    async def behave(_: Loopback, request: web.Request, ___: Body) -> web.StreamResponse:
        _abort(request)
        return web.Response()

    return behave


def hang() -> Behaviour:
    """No answer until the client goes away."""

    async def behave(loopback: Loopback, _: web.Request, ___: Body) -> web.StreamResponse:
        await loopback.closing.wait()  # the handler is cancelled when the connection ends
        return web.Response()

    return behave


def together(count: int, then: Behaviour) -> Behaviour:
    """Hold requests until ``count`` of them are there."""
    barrier = asyncio.Barrier(count)

    async def behave(loopback: Loopback, request: web.Request, content: Body) -> web.StreamResponse:
        await barrier.wait()
        return await then(loopback, request, content)

    return behave


def unless(key: str, then: Behaviour, otherwise: Behaviour) -> Behaviour:
    """``then`` for a request whose body has ``key``, else ``otherwise``."""

    async def behave(loopback: Loopback, request: web.Request, content: Body) -> web.StreamResponse:
        chosen = then if key in content else otherwise
        return await chosen(loopback, request, content)

    return behave


class Loopback:
    """The endpoint: what it was asked, and what it will say."""

    def __init__(self) -> None:
        self.requests: list[Body] = []
        self.headers: list[dict[str, str]] = []
        self.in_flight = 0
        self.most_in_flight = 0
        self.base = ""
        self.asked = asyncio.Event()
        """Set by the first request."""
        self.closing = asyncio.Event()
        self._script: deque[Behaviour] = deque()
        self._otherwise = text("hello")

    def script(self, *behaviours: Behaviour, otherwise: Behaviour | None = None) -> None:
        """What the next requests meet, one each; after them ``otherwise``, or the last again."""
        self._script = deque(behaviours)
        if otherwise is not None:
            self._otherwise = otherwise
        elif behaviours:
            self._otherwise = behaviours[-1]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One request."""
        content = await request.json()
        self.requests.append(content)
        self.headers.append(dict(request.headers))
        self.asked.set()
        behaviour = self._script.popleft() if self._script else self._otherwise
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return await behaviour(self, request, content)
        finally:
            self.in_flight -= 1


@asynccontextmanager
async def serving() -> AsyncIterator[Loopback]:
    """A running endpoint on a port of its own; aiohttp sets TCP_NODELAY by itself."""
    loopback = Loopback()
    app = web.Application(client_max_size=64 * 2**20)
    app.router.add_post("/v1/chat/completions", loopback.handle)
    app.router.add_post("/v1/completions", loopback.handle)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    loopback.base = f"http://{host}:{port}/v1"
    try:
        yield loopback
    finally:
        loopback.closing.set()
        await runner.cleanup()


def _abort(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
