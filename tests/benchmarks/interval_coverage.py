"""How often the 95 % intervals cover, and how wide they are, beside Student's t.

    python -m tests.benchmarks.interval_coverage               4 000 draws a cell, minutes
    python -m tests.benchmarks.interval_coverage --draws 200   seconds

A world is a distribution of one task's score (or difference of scores); the units are drawn from
it independently. By hand: the table of `docs/gate-in-full.md` comes from here.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from skillopt.core.gate.bounded_mean import CONFIDENCE, interval, sample_of
from skillopt.core.gate.student_t import t_quantile

Draw = Callable[[np.random.Generator, int], NDArray[np.float64]]
SIZES = (5, 12, 30, 100)


class World(NamedTuple):
    """Scores to draw, their true mean, and the range that is known beforehand."""

    draw: Draw
    mean: float
    lowest: float


WORLDS = {
    "pass or fail, 50 %": World(lambda rng, n: (rng.random(n) < 0.5) * 1.0, 0.5, 0.0),
    "pass or fail, 97 %": World(lambda rng, n: (rng.random(n) < 0.97) * 1.0, 0.97, 0.0),
    "graded, even": World(lambda rng, n: rng.random(n), 0.5, 0.0),
    "graded, mostly full": World(lambda rng, n: rng.beta(2, 0.1, n), 2 / 2.1, 0.0),
    "difference, few tasks change": World(
        lambda rng, n: rng.choice([-1.0, 0.0, 1.0], n, p=[0.02, 0.93, 0.05]), 0.03, -1.0
    ),
    "difference, small gains and rare losses": World(
        lambda rng, n: np.where(rng.random(n) < 0.03, -1.0, 0.05 * rng.random(n)),
        0.97 * 0.025 - 0.03,
        -1.0,
    ),
}


class Cell(NamedTuple):
    """Of one kind of interval in one world with so many units."""

    covered: float
    width: float
    """Mean half-width."""


def measure(world: World, size: int, *, draws: int, seed: int = 11) -> tuple[Cell, Cell]:
    """The interval that is shown, and Student's t cut to the range."""
    rng = np.random.default_rng([seed, size])
    found = np.empty((draws, 2, 2))
    for at in range(draws):
        values = world.draw(rng, size)
        drawn = sample_of(values, np.ones(size), np.arange(size))
        found[at, 0] = interval(drawn, limits=(world.lowest, 1.0))
        half = t_quantile(CONFIDENCE, size - 1) * values.std(ddof=1) / math.sqrt(size)
        found[at, 1] = np.clip([values.mean() - half, values.mean() + half], world.lowest, 1.0)
    covered = (found[:, :, 0] <= world.mean + 1e-12) & (world.mean - 1e-12 <= found[:, :, 1])
    widths = (found[:, :, 1] - found[:, :, 0]) / 2
    ours, students = (Cell(float(covered[:, k].mean()), float(widths[:, k].mean())) for k in (0, 1))
    return ours, students


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=4000)
    draws = parser.parse_args().draws
    print(f"| world | {' | '.join(f'n = {size}' for size in SIZES)} |")
    print(f"|---|{'---|' * len(SIZES)}")
    for name, world in WORLDS.items():
        cells = [measure(world, size, draws=draws) for size in SIZES]
        shown = " | ".join(
            f"{100 * ours.covered:.1f} (± {100 * ours.width:.0f}) / "
            f"{100 * students.covered:.1f} (± {100 * students.width:.0f})"
            for ours, students in cells
        )
        print(f"| {name} | {shown} |", flush=True)


if __name__ == "__main__":
    main()
