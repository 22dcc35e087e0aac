"""The loopback server: one address for each run, everything logged, a run killed at a given call."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiohttp import web

from skillopt.core.value import text_hash
from tests.benchmarks.peers.measures import Call
from tests.benchmarks.peers.replies import Models
from tests.benchmarks.peers.world import World
from tests.loopback import completion

LATENCY = 0.01
"""Seconds that every call takes at least."""


@dataclass
class Played:
    """A run as the server sees it."""

    models: Models
    calls: list[Call] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    ends_at: int | None = None
    """The call that is the last to be answered, whatever the tool's limit."""
    end: Callable[[], None] = lambda: None


class Server:
    """Plays one world for each run that is opened."""

    def __init__(self) -> None:
        self.base = ""
        self.runs: dict[str, Played] = {}

    def open(self, name: str, world: World) -> Played:
        """A run called ``name``, whose endpoint is :meth:`url`."""
        self.runs[name] = Played(Models(world))
        return self.runs[name]

    def url(self, name: str) -> str:
        """The OpenAI base URL of a run."""
        return f"{self.base}/{name}/v1"

    async def handle(self, request: web.Request) -> web.Response:
        """One call; a model's reply is drawn in the order in which calls arrive."""
        run = self.runs[request.match_info["run"]]
        asked = await request.json()
        role, messages = asked["model"].rpartition("/")[2], asked["messages"]
        try:
            reply = run.models.reply(role, messages)
        except Exception as error:  # what a prompt does to the reader is shown at the run's end
            run.errors.append(f"{type(error).__name__}: {error}")
            raise web.HTTPBadRequest(text=json.dumps({"error": {"message": str(error)}})) from error
        letter = run.models.world.letters.get(reply.letter or 0)
        run.calls.append(
            Call(
                role=role,
                kind=reply.kind,
                rules=tuple(sorted(reply.skill)),
                task=reply.letter,
                split=letter.split if letter else None,
                asked=text_hash(json.dumps(messages))[:16],
            )
        )
        if run.ends_at is not None and len(run.calls) == run.ends_at:
            run.end()
        await asyncio.sleep(LATENCY)
        return web.json_response(completion(reply.text))


@contextmanager
def serving() -> Iterator[Server]:
    """A server in a thread of its own."""
    server, ready = Server(), threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_post("/{run}/v1/chat/completions", server.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        server.base = f"http://{host}:{port}"
        ready.set()
        await stop.wait()
        await runner.cleanup()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    ready.wait()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def now() -> float:
    """Seconds, to measure by."""
    return time.monotonic()
