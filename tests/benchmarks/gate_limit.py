"""How far the gates are from the best sequential rule: gain against rollouts.

    python -m tests.benchmarks.gate_limit --quick           a minute, 30 tasks, wide intervals
    python -m tests.benchmarks.gate_limit --jobs 2          every size, in some minutes
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
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

import numpy as np

from skillopt.core.gate.contest import GatePolicy
from tests.benchmarks.gate_limit_figure import figure
from tests.benchmarks.gate_limit_report import Row, report
from tests.benchmarks.optimal_runs import (
    Columns,
    Rule,
    bayes_runs,
    crude_runs,
    in_chunks,
    learned_paths,
    stopping,
)
from tests.benchmarks.simulated import WORLDS, one_run

SIZES = (12, 20, 30, 60, 100, 150)
CRUDE = {"strict": 0.0, "1 SE": 1.0}
"""Rules of one pass: accept a mean difference of more than so many of its standard errors."""
GATES: dict[str, GatePolicy] = {
    "balanced": GatePolicy(),
    "explore": GatePolicy(kind="explore"),
}
PRICES = {
    ("optimal", False): (1e-5, 3e-5, 1e-4),
    ("optimal", True): (1e-5, 3e-5),
    ("prior alone", False): (2e-5,),
    ("prior alone", True): (2e-5,),
}
"""Of one rollout of 30 tasks, in worth; with more tasks each shows less, and costs less. By rule,
and whether accepting useless edits has a price."""
USELESS_PRICES = (0.0, 0.006, 0.012)
TRAINING_SEED = 500_000


class Job(NamedTuple):
    """One curve: a rule with a number of tasks."""

    world: str
    tasks: int
    rule: str
    useless_price: float = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="30 tasks, few runs")
    parser.add_argument("--runs", type=int, default=0, help="runs of each point; default 300")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--world", default="base", help=f"one of {', '.join(WORLDS)}")
    parser.add_argument("--rules", default="", help="names, separated by commas; default all")
    parser.add_argument("--sizes", default="", help="numbers of tasks, separated by commas")
    parser.add_argument("--results", type=Path, help="file of rows; rows in it are not remade")
    parser.add_argument("--figure", type=Path, help="SVG file to write")
    given = parser.parse_args()
    sizes = tuple(map(int, given.sizes.split(","))) if given.sizes else SIZES
    if given.quick:
        sizes = (30,)
    runs = given.runs or (60 if given.quick else 300)
    wanted = list(jobs_of(given.world, sizes))
    if given.rules:
        wanted = [job for job in wanted if job.rule in given.rules.split(",")]
    curves = known(given.results)
    left = [job for job in wanted if job not in curves]
    with ProcessPoolExecutor(given.jobs) as pool:
        running = {pool.submit(measured, job, runs=runs, seed=given.seed): job for job in left}
        for future in as_completed(running):
            curves[running[future]] = future.result()
            if given.results:
                with given.results.open("a", encoding="utf-8") as file:
                    file.writelines(json.dumps(row._asdict()) + "\n" for row in future.result())
    rows = [row for job in wanted for row in curves[job]]
    print(report(rows))
    if given.figure:
        given.figure.write_text(figure(rows, f"Gain against rollouts: {given.world} world"))


def jobs_of(world: str, sizes: Sequence[int]) -> Iterator[Job]:
    """Every curve of the table."""
    for tasks in sizes:
        for rule in (*CRUDE, *GATES, "ceiling"):
            yield Job(world, tasks, rule)
        for useless_price in USELESS_PRICES:
            yield Job(world, tasks, "optimal", useless_price)
        for useless_price in USELESS_PRICES:
            yield Job(world, tasks, "prior alone", useless_price)


def measured(job: Job, *, runs: int, seed: int) -> list[Row]:
    """The points of one curve; of a gate there is one."""
    world, seeds = WORLDS[job.world], list(range(seed, seed + runs))
    if job.rule in GATES:
        return [gate_row(job, seeds)]
    if job.rule in CRUDE:
        errors = CRUDE[job.rule]
        found = in_chunks(seeds, lambda part: crude_runs(world, job.tasks, part, errors))
        return [row_of(job, 0.0, found)]
    rule = Rule(
        knows_incumbent=job.rule == "ceiling",
        knows_run=job.rule != "prior alone",
        useless_price=job.useless_price,
    )
    if job.rule == "ceiling":
        found = in_chunks(seeds, lambda part: bayes_runs(world, job.tasks, part, rule))
        return [row_of(job, 0.0, found)]
    training = range(seed + TRAINING_SEED, seed + TRAINING_SEED + max(60, 3 * runs // 8))
    traces = learned_paths(world, job.tasks, training, rule)
    rows = []
    for price in PRICES[job.rule, job.useless_price > 0]:
        ready = stopping(rule, traces, job.tasks, price * 30 / job.tasks)
        found = in_chunks(
            seeds, lambda part, ready=ready: bayes_runs(world, job.tasks, part, ready)
        )
        rows.append(row_of(job, price * 30 / job.tasks, found))
    return rows


def gate_row(job: Job, seeds: Sequence[int]) -> Row:
    """The product's own gate."""
    world, policy = WORLDS[job.world], GATES[job.rule]
    table = [one_run(world, job.tasks, policy, seed, sealed=False) for seed in seeds]
    each = {name: [getattr(tally, name) for tally in table] for name in Columns._fields}
    return Row(**job._asdict(), price=0.0, **each)


def row_of(job: Job, price: float, columns: Columns) -> Row:
    """Rounded for JSON."""
    each = {name: np.round(column, 6).tolist() for name, column in columns._asdict().items()}
    return Row(**job._asdict(), price=price, **each)


def known(path: Path | None) -> dict[Job, list[Row]]:
    """Curves measured earlier."""
    found: dict[Job, list[Row]] = {}
    if path is not None and path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            row = Row(**json.loads(line))
            found.setdefault(Job(*row[: len(Job._fields)]), []).append(row)
    return found


if __name__ == "__main__":
    main()
