"""The bench on a real model: probes, self-checks, proposers, and the gates on its noise.

    python -m tests.benchmarks.real_model [--seeds 3]     # `make bench-llm`
    python -m tests.benchmarks.real_model --quick         # a part of one seed, some minutes
    python -m tests.benchmarks.real_model --report        # runs nothing, from the pieces there are

Starts the server of `tests.benchmarks.local_model`. Each piece's result is a line of `--results`,
and what was answered is in a ledger beside it; the same command goes on from there after a kill.
Seed after seed, so that a bench that is stopped has whole seeds. At the end the report is printed,
as Markdown. The exit code is 1 where one of the orderings that it asserts does not hold.
docs/real-model.md says what was found.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from skillopt.errors import SkilloptError
from tests.benchmarks.local_model import serving
from tests.benchmarks.real_parts import ARMS, QUICK, Bench, measured
from tests.benchmarks.real_report import orderings, report
from tests.benchmarks.real_results import Part, Piece, Result, read_results
from tests.benchmarks.results_file import append_line

PARTS: tuple[Part, ...] = get_args(Part)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is not in the file, and write the report."""
    chosen = options().parse_args(arguments)
    pieces = plan(chosen)
    if not chosen.report:
        run_all(pieces, chosen)
    done = read_results(chosen.results)
    results = [done[piece.key] for piece in pieces if piece.key in done]
    if not results:
        _say(f"{chosen.results} holds no piece of this command")
        return 1
    print(report(results))
    return 0 if all(orderings(results).values()) else 1


def options() -> argparse.ArgumentParser:
    """What can be chosen."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--parts", nargs="+", default=list(PARTS), choices=PARTS)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--offers", type=int, default=8, help="of a seed, to each gate")
    parser.add_argument("--rounds", type=int, default=2, help="of a tuning run")
    parser.add_argument("--threads", type=int, default=1, help="of the server; they spin")
    parser.add_argument("--port", type=int, default=8178, help="part of the target's identity")
    parser.add_argument("--results", type=Path, default=Path("real-model.jsonl"))
    parser.add_argument("--quick", action="store_true", help="some arms of one seed, smaller")
    parser.add_argument("--report", action="store_true", help="run nothing, print the report")
    return parser


def plan(chosen: argparse.Namespace) -> list[Piece]:
    """Each piece once, seed after seed."""
    if chosen.quick:
        arms, seeds, sizes = QUICK, 1, {"gate": 2, "proposer": 1}
    else:
        arms, seeds = ARMS, chosen.seeds
        sizes = {"gate": chosen.offers, "proposer": chosen.rounds}
    return [
        Piece(part=part, arm=arm, seed=seed, size=sizes.get(part, 0))
        for seed in range(seeds)
        for part in chosen.parts
        for arm in arms[part]
    ]


def run_all(pieces: Sequence[Piece], chosen: argparse.Namespace) -> None:
    """Measure the pieces that are not in the file; one that fails is named, and left out."""
    done = read_results(chosen.results)
    left = [piece for piece in pieces if piece.key not in done]
    _say(f"{len(pieces)} pieces, {len(pieces) - len(left)} of them done")
    if not left:
        return
    with serving(slots=1, threads=chosen.threads, port=chosen.port) as base:
        bench = Bench(base, chosen.results.with_suffix(".db"))
        for number, piece in enumerate(left, 1):
            began = time.perf_counter()
            try:
                found = measured(piece, bench)
            except SkilloptError as error:
                _say(f"{piece}: failed: {error}")
                continue
            day = datetime.now(UTC).date().isoformat()
            append_line(chosen.results, Result(piece=piece, found=found, day=day))
            seconds = time.perf_counter() - began
            said = ", ".join(f"{name} {measure}" for name, measure in found.items())
            _say(f"{number} of {len(left)}, {seconds:.0f} s: {piece}: {said}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
