"""The ablation bench: tuning with each mechanism on and off, same seeds, same limit of calls.

    python -m tests.benchmarks.ablations [--seeds 20] [--jobs 2] [--data DIRECTORY]
    python -m tests.benchmarks.ablations --report     # only writes, from the runs there are

With the practice models over the samples, and with `--data` over intents of Banking77 (see
`banking77.py`) that the seed draws. Each run's result is a line of `--results`; the same command goes
on from there after a kill. A run that two mechanisms need is made once. At the end, and with
`--report` at once, the table (`.md`) and the figure (`.svg`) are written beside the results.
docs/ablations.md says how to read them. Results of other code are other results: choose
another file after a change.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Container, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing import parent_process
from multiprocessing.connection import wait
from pathlib import Path

from skillopt.errors import SkilloptError
from tests.benchmarks.ablation_figure import figure
from tests.benchmarks.ablation_mechanisms import SIDES, Mechanism, Side, mechanisms
from tests.benchmarks.ablation_report import Pair, Pairs, Row, row_of, summary, table
from tests.benchmarks.ablation_runs import Arm, Result, measure, read_results
from tests.benchmarks.ledger_pays import SAMPLES
from tests.benchmarks.results_file import append_line

BANKING77 = "banking77"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = options()
    chosen = parser.parse_args(arguments)
    if missing := missing_data(chosen.data):
        parser.error(f"{chosen.data} has no {' and no '.join(missing)}")
    if not sets_of(chosen):
        parser.error("nothing to tune: name --skills, or pass --data")
    try:
        done = read_results(chosen.results)
    except ValueError as error:
        parser.error(str(error))
    failed = 0 if chosen.report else run_all(plan(chosen), done, chosen)
    write_report(chosen)
    return 1 if failed else 0


def options() -> argparse.ArgumentParser:
    """What can be chosen."""
    known = mechanisms()
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--mechanisms", nargs="+", default=list(known), choices=list(known))
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--skills", nargs="*", default=list(SAMPLES), choices=SAMPLES)
    parser.add_argument("--data", type=Path, help="Banking77: holds train.csv and test.csv")
    parser.add_argument("--intents", type=int, default=8, help="of Banking77, for each seed")
    parser.add_argument("--max-calls", type=int, default=1500, help="of each run")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--results", type=Path, default=Path("ablations.jsonl"))
    parser.add_argument("--report", action="store_true", help="run nothing, write the report")
    return parser


def missing_data(folder: Path | None) -> list[str]:
    """The files that are not there."""
    if folder is None:
        return []
    return [name for name in ("train.csv", "test.csv") if not (folder / name).is_file()]


def arm_of(
    mechanism: Mechanism, side: Side, name: str, seed: int, chosen: argparse.Namespace
) -> Arm:
    """The run of one side."""
    return Arm(
        set=name,
        seed=seed,
        settings=mechanism.settings(side),
        second=mechanism.second,
        rounds=chosen.rounds,
        max_calls=chosen.max_calls,
        intents=chosen.intents if name == BANKING77 else None,
    )


def sets_of(chosen: argparse.Namespace) -> list[str]:
    """The samples, and Banking77 where it is given."""
    return [*chosen.skills, *([BANKING77] if chosen.data else [])]


def seeds_of(chosen: argparse.Namespace) -> range:
    return range(chosen.first_seed, chosen.first_seed + chosen.seeds)


def plan(chosen: argparse.Namespace) -> list[Arm]:
    """Each run once, seed after seed, so that a bench that is stopped has whole seeds."""
    known = mechanisms()
    arms = (
        arm_of(known[mechanism], side, name, seed, chosen)
        for seed in seeds_of(chosen)
        for name in sets_of(chosen)
        for mechanism in chosen.mechanisms
        for side in SIDES
    )
    return list({arm.key: arm for arm in arms}.values())


def run_all(arms: Sequence[Arm], done: Container[str], chosen: argparse.Namespace) -> int:
    """Make the runs that are not in the file; how many failed."""
    left = [arm for arm in arms if arm.key not in done]
    print(f"{len(arms)} runs, {len(arms) - len(left)} of them done", file=sys.stderr, flush=True)
    began, failed = time.perf_counter(), 0
    with ProcessPoolExecutor(chosen.jobs, initializer=end_with_parent) as pool:
        running = {pool.submit(measure, arm, chosen.data): arm for arm in left}
        for number, future in enumerate(as_completed(running), 1):
            failed += not keep(future, running[future], chosen.results)
            seconds = time.perf_counter() - began
            print(f"{number} of {len(left)}, {seconds:.0f} s", file=sys.stderr, flush=True)
    return failed


def keep(future: Future[Result], arm: Arm, path: Path) -> bool:
    """Append a result; a run that failed is named, and made again by the next command."""
    try:
        result = future.result()
    except SkilloptError as error:
        print(f"{arm}: failed: {error}", file=sys.stderr, flush=True)
        return False
    append_line(path, result)
    print(f"{arm}: {result.gain:+.1f} points, {result.calls} calls", file=sys.stderr, flush=True)
    return True


def end_with_parent() -> None:
    """A worker outlives a parent that was killed, and would wait forever."""
    parent = parent_process()
    assert parent is not None

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def paired(
    mechanism: Mechanism,
    sets: Sequence[str],
    results: Mapping[str, Result],
    chosen: argparse.Namespace,
) -> Pairs:
    """By set, the seeds of which both sides are done."""

    def whole(name: str) -> Iterator[tuple[int, Pair]]:
        for seed in seeds_of(chosen):
            on, off = (
                results.get(arm_of(mechanism, side, name, seed, chosen).key) for side in SIDES
            )
            if on and off:
                yield seed, Pair(on, off)

    return {name: dict(whole(name)) for name in sets}


def rows_over(
    sets: Sequence[str], results: Mapping[str, Result], chosen: argparse.Namespace
) -> list[Row]:
    """A row for each mechanism that has a whole seed."""
    known = mechanisms()
    rows = (
        row_of(known[name], paired(known[name], sets, results, chosen))
        for name in chosen.mechanisms
    )
    return [row for row in rows if row is not None]


def write_report(chosen: argparse.Namespace) -> None:
    """The table and the figure, from what the file holds for this command."""
    results = read_results(chosen.results)
    sets = sets_of(chosen)
    rows = rows_over(sets, results, chosen)
    if not rows:
        print(f"{chosen.results} holds no pair of runs of this command", file=sys.stderr)
        return
    title = f"{', '.join(sets)}; at most {chosen.max_calls} calls a run"
    parts = [f"# On less off\n\n{title}. Differences with 95 % intervals.\n", table(rows)]
    parts.append(summary(rows))
    if len(sets) > 1:
        parts += [f"## {name}\n\n{table(rows_over([name], results, chosen))}" for name in sets]
    chosen.results.with_suffix(".md").write_text("\n".join(parts), "utf-8")
    chosen.results.with_suffix(".svg").write_text(figure(rows, f"On less off: {title}"), "utf-8")
    print("\n".join(parts))


if __name__ == "__main__":
    sys.exit(main())
