"""How far the gates are from the best sequential rule: gain against rollouts.

    python -m tests.benchmarks.gate_limit --quick           a minute, 30 tasks, wide intervals
    python -m tests.benchmarks.gate_limit --jobs 2          every size (an hour or more)
    python -m tests.benchmarks.gate_limit --figure FILE     and the figure, as SVG

Every rule sees the same proposals (`simulated.py`), seed by seed. The optimal rule
(`optimal_rule.py`) knows how edits, noise and churn are drawn; a price of a rollout traces its
curve, and a price of accepting an edit that does not improve the curve at fewer errors. Rows are
kept in `--results FILE`, one JSON object a line, and not measured again.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np

from skillopt.core.gate.contest import GateKind, GatePolicy
from tests.benchmarks.gate_limit_report import Row, report
from tests.benchmarks.gate_limit_figure import figure
from tests.benchmarks.optimal_runs import Rule, bayes_runs, crude_runs, in_chunks, learned_stops
from tests.benchmarks.simulated import WORLDS, Tally, one_run

SIZES = (12, 20, 30, 60, 100, 150)
GATES: tuple[GateKind, ...] = ("strict", "balanced", "race", "explore")
PRICES = (1e-5, 3e-5, 1e-4)
"""Of one rollout of 30 tasks, in worth; with more tasks each shows less, and costs less."""
USELESS_PRICES = (0.0, 0.006, 0.012)
TRAINING_SEED = 500_000


class Job(NamedTuple):
    """One point: a rule with a number of tasks."""

    world: str
    tasks: int
    rule: str
    price: float = 0.0
    useless_price: float = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="30 tasks, few runs")
    parser.add_argument("--runs", type=int, default=0, help="runs of each point; default 400")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--world", default="base", help=f"one of {', '.join(WORLDS)}")
    parser.add_argument("--sizes", default="", help="numbers of tasks, separated by commas")
    parser.add_argument("--results", type=Path, help="file of rows; rows in it are not remade")
    parser.add_argument("--figure", type=Path, help="SVG file to write")
    given = parser.parse_args()
    sizes = tuple(map(int, given.sizes.split(","))) if given.sizes else SIZES
    if given.quick:
        sizes = (30,)
    runs = given.runs or (60 if given.quick else 400)
    wanted = list(jobs_of(given.world, sizes))
    rows = known(given.results)
    left = [job for job in wanted if key(job) not in rows]
    with ProcessPoolExecutor(given.jobs) as pool:
        found = [pool.submit(measured, job, runs=runs, seed=given.seed) for job in left]
        for job, future in zip(left, found, strict=True):
            row = future.result()
            rows[key(job)] = row
            if given.results:
                with given.results.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row._asdict()) + "\n")
    chosen = [rows[key(job)] for job in wanted]
    print(report(chosen))
    if given.figure:
        given.figure.write_text(figure(chosen, f"Gain against rollouts: {given.world}"))


def jobs_of(world: str, sizes: Sequence[int]) -> Iterator[Job]:
    """Every point of the table."""
    for tasks in sizes:
        scale = 30 / tasks
        for kind in GATES:
            yield Job(world, tasks, kind)
        yield Job(world, tasks, "1 SE")
        yield Job(world, tasks, "ceiling")
        for price in PRICES:
            yield Job(world, tasks, "optimal", price * scale)
        for useless_price in USELESS_PRICES[1:]:
            for price in (1e-5, 4e-5):
                yield Job(world, tasks, "optimal", price * scale, useless_price)
        for useless_price in USELESS_PRICES:
            yield Job(world, tasks, "prior alone", 2e-5 * scale, useless_price)


def measured(job: Job, *, runs: int, seed: int) -> Row:
    """One point."""
    world, seeds = WORLDS[job.world], list(range(seed, seed + runs))
    if job.rule in GATES:
        policy = GatePolicy.model_validate({"kind": job.rule})
        tallies = np.array([one_run(world, job.tasks, policy, each) for each in seeds])
        columns = {
            name: tallies[:, at].tolist()
            for at, name in enumerate(Tally._fields)
            if name in Row._fields
        }
        return Row(**job._asdict(), **columns)
    if job.rule == "1 SE":
        found = in_chunks(seeds, lambda part: crude_runs(world, job.tasks, part, 1.0))
        return Row(**job._asdict(), **rounded(found._asdict()))
    rule = Rule(
        knows_incumbent=job.rule == "ceiling",
        knows_run=job.rule != "prior alone",
        useless_price=job.useless_price,
    )
    if job.price:
        training = range(seed + TRAINING_SEED, seed + TRAINING_SEED + max(40, 3 * runs // 8))
        rule = learned_stops(world, job.tasks, training, rule, job.price)
    found = in_chunks(seeds, lambda part: bayes_runs(world, job.tasks, part, rule))
    return Row(**job._asdict(), **rounded(found._asdict()))


def rounded(columns: dict[str, np.ndarray]) -> dict[str, list[float]]:
    """As lists for JSON."""
    return {name: np.round(column, 6).tolist() for name, column in columns.items()}


def key(job: Job | Row) -> tuple[object, ...]:
    """What names a point."""
    return tuple(job[: len(Job._fields)])


def known(path: Path | None) -> dict[tuple[object, ...], Row]:
    """Rows measured earlier."""
    if path is None or not path.exists():
        return {}
    rows = [Row(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
    return {key(row): row for row in rows}


if __name__ == "__main__":
    main()
