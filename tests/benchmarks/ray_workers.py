"""What a call costs here and in workers of a Ray cluster: a model behind HTTP, and a task of pure CPU.

    python -m tests.benchmarks.ray_workers

A loopback endpoint in a process of its own answers after 300 ms. The same function calls it through
LiteLLM, in this process and in two workers; another one computes. Printed are wall time, the CPU
time of this process, and that of the workers, each per call.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from functools import partial
from pathlib import Path

from skillopt.adapters.cluster.plan import CheckPlan, Facts, Plan, installed_version, packed
from skillopt.adapters.cluster.pool import WorkerPool
from skillopt.adapters.cluster.ray_cluster import Cluster, Need
from skillopt.adapters.cluster.target import PooledTarget
from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.models import load_litellm
from skillopt.adapters.processes import Fence
from skillopt.adapters.targets import CallableTarget, OwnTarget
from skillopt.core.loop_settings import SpendLimits
from skillopt.ports import Target
from tests.benchmarks.models import task

BASE = "SKILLOPT_BENCHMARK_BASE"
WORKERS = 2
LATENCY = 0.3


async def asking(_skill: str, given: str) -> str:
    """A model's reply, then this process and its CPU time."""
    messages = [{"role": "user", "content": given}]
    await load_litellm().acompletion(
        model="openai/m", api_base=os.environ[BASE], api_key="none", messages=messages
    )
    return f"{os.getpid()} {time.process_time()}"


def computing(_skill: str, _given: str) -> str:
    """100 000 steps of Python."""
    sum(number * number for number in range(100_000))
    return f"{os.getpid()} {time.process_time()}"


async def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--calls", type=int, default=400)
    options.add_argument("--concurrency", type=int, default=32)
    chosen = options.parse_args()
    words = (sys.executable, "-m", "tests.benchmarks.models", "--serve", str(LATENCY))
    server = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    assert server.stdout is not None
    os.environ[BASE] = (await server.stdout.readline()).decode().strip()
    cluster = Cluster("ray")
    try:
        for function in (asking, computing):
            here = CallableTarget(function, identity="benchmark")
            await measure(f"{function.__name__}, here", here, chosen)
            pool = workers(cluster, function, chosen.concurrency)
            meter = SpendMeter(SpendLimits())
            await measure(
                f"{function.__name__}, in {WORKERS} workers",
                PooledTarget(here, pool=pool, meter=meter),
                chosen,
            )
            await pool.close()
    finally:
        cluster.close()
        server.terminate()
        await server.wait()


def workers(cluster: Cluster, function: OwnTarget, concurrency: int) -> WorkerPool:
    folder, calls = str(Path.cwd()), concurrency // WORKERS
    plan = Plan(
        folder=folder,
        paths=tuple(path for path in sys.path if path),
        env={BASE: os.environ[BASE]},
        checks=CheckPlan(folder=folder, fence=Fence(), isolates=False),
        target=packed(partial(CallableTarget, function, identity="benchmark")),
    )
    named = CallableTarget(function, identity="benchmark").identity
    facts = Facts(installed_version(), named, {})
    start = partial(cluster.start, plan, here=facts, need=Need(0.5, None), calls=calls)
    return WorkerPool(start, room=room, most=WORKERS, calls=calls)


async def room() -> int:
    """As many workers as are measured have a place."""
    return WORKERS


async def measure(name: str, target: Target, chosen: argparse.Namespace) -> None:
    """Print one line, after as many calls to warm up as are under way at once."""
    for calls in (2 * chosen.concurrency, chosen.calls):
        waiting, used = iter(range(calls)), dict[str, list[float]]()

        async def work() -> None:
            for number in waiting:  # noqa: B023 - awaited in this turn
                said = (await target.answer(None, task(number), trial=0)).text.split()
                used.setdefault(said[0], []).append(float(said[1]))  # noqa: B023 - likewise

        wall, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(work() for _ in range(chosen.concurrency)))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    there = sum(max(had) - min(had) for pid, had in used.items() if int(pid) != os.getpid())
    each = 1000 / chosen.calls
    print(
        f"{name}: {chosen.calls / wall:.0f} calls/s, {cpu * each:.2f} ms CPU here and "
        f"{there * each:.2f} ms in workers a call",
        flush=True,
    )


if __name__ == "__main__":
    from tests.benchmarks import ray_workers  # workers import its functions by this name

    asyncio.run(ray_workers.main())
