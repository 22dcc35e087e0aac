"""What skillopt adds to a call: LiteLLMModel and ChatTarget against bare `litellm.acompletion`.

    python -m tests.benchmarks.models --processes 2

A loopback endpoint in a process of its own answers after 0 ms and after 50 ms. Three ways send the
same messages, at 1, 32 and 256 at once, in turns, so that a busy machine hits all alike: LiteLLM by
itself, skillopt, and skillopt with processes that make the calls. Printed are calls per second and
CPU per call, medians over the turns, and the median of the ratios of each to LiteLLM's CPU. CPU is
that of this process, all threads, and then of those that make calls; quote the ratio from a machine
that is busy.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from aiohttp import web

from skillopt.adapters.models import Callers, LiteLLMModel, ModelSettings, load_litellm
from skillopt.adapters.targets import ChatTarget
from skillopt.adapters.targets.prompts import conversation
from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.task import Task
from skillopt.core.skill.skill import Skill
from tests.loopback import completion

SKILL = Skill(text="# Greeting\n\n" + "Answer every greeting with a greeting. " * 50)
WARM_UP = 64


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--calls", type=int, default=1000)
    options.add_argument("--concurrency", type=int, nargs="+", default=[1, 32, 256])
    options.add_argument("--most-alone", type=int, default=200, help="calls one after the other")
    options.add_argument("--turns", type=int, default=5)
    options.add_argument("--latencies", type=float, nargs="+", default=[0.0, 0.05])
    options.add_argument("--processes", type=int, default=2, help="that make calls, the third way")
    options.add_argument("--serve", type=float, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.serve is not None:
        asyncio.run(serve(chosen.serve))
        return
    for latency in chosen.latencies:
        asyncio.run(compare(latency, chosen))


async def compare(latency: float, chosen: argparse.Namespace) -> None:
    """Print one line for each number of calls at once."""
    server = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.benchmarks.models",
        "--serve",
        str(latency),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert server.stdout is not None
        base = (await server.stdout.readline()).decode().strip()
        await measure(base, latency, chosen)
    finally:
        server.terminate()
        await server.wait()


async def measure(base: str, latency: float, chosen: argparse.Namespace) -> None:
    settings = ModelSettings(model="openai/m", api_base=base)
    callers = Callers(chosen.processes)
    await callers.start(chosen.processes)
    models = LiteLLMModel(settings), LiteLLMModel(settings, callers=callers)
    ways = {"bare": bare(base), "skillopt": through_skillopt(models[0])}
    ways[f"{chosen.processes} processes"] = through_skillopt(models[1])
    for way in ways.values():
        await many(way, WARM_UP, WARM_UP, callers)
    for concurrency in chosen.concurrency:
        calls = min(chosen.calls, chosen.most_alone) if concurrency == 1 else chosen.calls
        figures: dict[str, list[Figures]] = {name: [] for name in ways}
        for turn in range(chosen.turns):
            for name in sorted(ways, reverse=turn % 2 == 1):
                figures[name].append(await many(ways[name], calls, concurrency, callers))
        print(line(latency, concurrency, figures), flush=True)
    for model in models:
        await model.aclose()
    await callers.close()


class Figures(NamedTuple):
    """What a turn took: calls per second, and seconds of CPU per call, here and elsewhere."""

    rate: float
    here: float
    elsewhere: float


def line(latency: float, concurrency: int, figures: dict[str, list[Figures]]) -> str:
    """What was measured, in words."""
    return f"{latency * 1000:3.0f} ms, {concurrency:3} at once: " + "; ".join(
        part(name, had, figures["bare"]) for name, had in figures.items()
    )


def part(name: str, had: list[Figures], bare: list[Figures]) -> str:
    rate, here, elsewhere = (statistics.median(column) for column in zip(*had, strict=True))
    pairs = zip(had, bare, strict=True)
    ratio = statistics.median((own.here + own.elsewhere) / other.here for own, other in pairs)
    beside = f" + {elsewhere * 1000:.2f}" if elsewhere else ""
    return f"{name} {rate:.0f} calls/s, {here * 1000:.2f}{beside} ms CPU a call ({ratio:.2f})"


Way = Callable[[int], Awaitable[Any]]


def bare(base: str) -> Way:
    litellm = load_litellm()

    def call(number: int) -> Awaitable[Any]:
        messages = [message.model_dump() for message in conversation(SKILL, task(number))]
        made: Awaitable[Any] = litellm.acompletion(
            model="openai/m", api_base=base, api_key="none", messages=messages
        )
        return made

    return call


def through_skillopt(model: LiteLLMModel) -> Way:
    target = ChatTarget(model, seed=1)
    return lambda number: target.answer(SKILL, task(number), trial=0)


def task(number: int) -> Task:
    return Task(id=str(number), split="train", input=f"Hello {number}", checks=(EXACT,))


EXACT = Exact(type="exact")


async def many(way: Way, calls: int, concurrency: int, callers: Callers) -> Figures:
    """Make them all."""
    waiting = iter(range(calls))

    async def work() -> None:
        for number in waiting:
            await way(number)

    wall, cpu, elsewhere = time.perf_counter(), time.process_time(), callers.cpu
    async with asyncio.TaskGroup() as group:
        for _ in range(concurrency):
            group.create_task(work())
    used = time.process_time() - cpu, callers.cpu - elsewhere
    return Figures(calls / (time.perf_counter() - wall), *(part / calls for part in used))


async def serve(latency: float) -> None:
    """The endpoint: prints its address, then answers for ever."""
    answer = json.dumps(completion("hello")).encode()

    async def handle(request: web.Request) -> web.Response:
        await request.read()
        if latency:
            await asyncio.sleep(latency)
        return web.Response(body=answer, content_type="application/json")

    app = web.Application()
    app.router.add_post("/v1/chat/completions", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    print(f"http://{host}:{port}/v1", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    main()
