"""What the engine itself costs per rollout, ledger on a disk included.

    python tests/benchmarks/engine.py

Three tables: an instant callable at growing numbers of rollouts (time per rollout must stay flat), a
callable of 50 ms at concurrency 32 beside the ideal, and the same rollouts a second time, from the
ledger. Times are this machine's; quote the ratios.
"""

from __future__ import annotations

import asyncio
import math
import tempfile
import time
from pathlib import Path

import skillopt
from skillopt.core.evaluation.checks import Exact

SIZES = (1_000, 3_000, 10_000)
SLOW_TASKS, SLOW_SECONDS, CONCURRENCY = 1_000, 0.05, 32


def tasks(count: int) -> skillopt.ValidationSet:
    """``count`` validation tasks, and one in each other split."""
    check = Exact(type="exact")
    made = [
        skillopt.Task(
            id=f"{split}-{number}",
            split=split,
            input=f"{split} question {number}",
            expected="yes",
            checks=(check,),
        )
        for split, size in (("train", 1), ("validation", count), ("test", 1))
        for number in range(size)
    ]
    return skillopt.ValidationSet(name="benchmark", tasks=tuple(made))


async def instant(_skill: str, _text: str) -> str:
    """A target that costs nothing."""
    return "yes"


async def slow(_skill: str, _text: str) -> str:
    """A target that takes as long as a fast model."""
    await asyncio.sleep(SLOW_SECONDS)
    return "yes"


async def seconds(target: object, count: int, ledger: Path) -> float:
    """Wall time of an evaluation with ``count`` rollouts."""
    given = tasks(count)
    started = time.perf_counter()
    await skillopt.aevaluate(
        skillopt.Skill(text="Say yes.\n"),
        validation_set=given,
        target=target,  # type: ignore[arg-type]
        ledger=ledger,
        concurrency=CONCURRENCY,
    )
    return time.perf_counter() - started


async def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        await seconds(instant, 10, Path(folder) / "warm-up.db")
        print("rollouts   ms per rollout   again, from the ledger")
        for size in SIZES:
            ledger = Path(folder) / f"{size}.db"
            first = await seconds(instant, size, ledger)
            again = await seconds(instant, size, ledger)
            print(f"{size:>8}   {1000 * first / size:>14.3f}   {1000 * again / size:>22.3f}")
        took = await seconds(slow, SLOW_TASKS, Path(folder) / "slow.db")
    ideal = math.ceil(SLOW_TASKS / CONCURRENCY) * SLOW_SECONDS
    print(
        f"{SLOW_TASKS} rollouts of {1000 * SLOW_SECONDS:.0f} ms at concurrency {CONCURRENCY}: "
        f"{took:.2f} s, ideal {ideal:.2f} s, ratio {took / ideal:.3f}"
    )


if __name__ == "__main__":
    asyncio.run(main())
