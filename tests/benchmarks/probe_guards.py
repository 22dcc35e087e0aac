"""How often the guards on consistency and calibration veto, by number of tasks and margin.

    python -m tests.benchmarks.probe_guards    seconds

Every contest draws the tasks on which each version changes its verdict when they are wrapped,
independently of the other's; for calibration, the tasks that both versions have right. By hand:
the table of `docs/probes.md` comes from here.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from skillopt.core.gate.probe_guards import ProbeName, probe_guard

CONTESTS = 400
SIZES = (24, 60, 108, 200)
Draw = Callable[[random.Random], tuple[float, float]]
"""A task's value with the first version and with the candidate."""


def changing(first: float, candidate: float) -> Draw:
    """Verdicts that change with these chances."""
    return lambda draw: (float(draw.random() < first), float(draw.random() < candidate))


def stating(first: float, candidate: float, *, right: float) -> Draw:
    """Brier scores of two versions that are right on the same tasks."""

    def drawn(draw: random.Random) -> tuple[float, float]:
        was = float(draw.random() < right)
        return (first - was) ** 2, (candidate - was) ** 2

    return drawn


def vetoes(name: ProbeName, drawn: Draw, *, tasks: int, margin: float) -> float:
    """The share of contests that the guard vetoes."""
    count = 0
    for contest in range(CONTESTS):
        draw = random.Random(f"{name} {tasks} {margin} {contest}")
        pairs = {str(task): drawn(draw) for task in range(tasks)}
        found = probe_guard(
            name,
            {task: first for task, (first, _) in pairs.items()},
            {task: candidate for task, (_, candidate) in pairs.items()},
            units={task: task for task in pairs},
            margin=margin,
        )
        count += found.veto is not None
    return count / CONTESTS


def main() -> None:
    """Print the tables."""
    print("consistency: tasks, margin, vetoes at 10 % -> 10 % and at 10 % -> 40 %")
    for tasks in SIZES:
        for margin in (0.1, 0.2):
            same, worse = (
                vetoes("inconsistency", changing(0.1, one), tasks=tasks, margin=margin)
                for one in (0.1, 0.4)
            )
            print(f"{tasks:4} {margin:4.2f} {same:6.1%} {worse:6.1%}")
    print("calibration: tasks, vetoes of 70 % -> 99 % confidence at 70 % right, margin 0.05")
    for tasks in SIZES:
        boast = stating(0.7, 0.99, right=0.7)
        print(f"{tasks:4} {vetoes('brier', boast, tasks=tasks, margin=0.05):6.1%}")


if __name__ == "__main__":
    main()
