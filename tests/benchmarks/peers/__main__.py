"""gepa, Microsoft's skillopt and ours on the same tasks, models and budget, in worlds of known truth.

    python -m tests.benchmarks.peers [--seeds 5] [--folder peers-run]
    python -m tests.benchmarks.peers --report | --json | --write docs/peers.md

The first run makes a virtual environment for each tool in the folder and installs it from the package
index (pip as it is set up on this machine), ours from this working tree. Then one loopback server plays
the target and the optimizer. Each run's result is appended to `results.jsonl` in the folder as it comes;
a bench that was stopped goes on with the same command. `--report`, `--json` and `--write` make no run. After a change of the
code, take another folder, or `--results FILE`. What was found: docs/peers.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.peers.environments import TOOLS
from tests.benchmarks.peers.report import as_json, report, with_results
from tests.benchmarks.peers.runs import BUDGET, Place, Result, measured, measured_with_kill
from tests.benchmarks.peers.server import serving
from tests.benchmarks.peers.starters import Starters
from tests.benchmarks.peers.world import SETTINGS, World
from tests.benchmarks.results_file import append_line, read_lines

PARTS = {"runs": measured, "kills": measured_with_kill}
KILLED_IN = ("noisy",)
"""Worlds of the kills."""


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--seeds", type=int, default=5)
    options.add_argument("--first-seed", type=int, default=0)
    options.add_argument("--parts", nargs="+", choices=list(PARTS), default=list(PARTS))
    options.add_argument("--worlds", nargs="+", choices=list(SETTINGS), default=list(SETTINGS))
    options.add_argument("--tools", nargs="+", choices=list(TOOLS), default=list(TOOLS))
    options.add_argument("--budget", type=int, default=BUDGET, help="calls of one run")
    options.add_argument("--folder", type=Path, default=Path("peers-run"))
    options.add_argument("--results", type=Path, help="default: results.jsonl in the folder")
    options.add_argument("--report", action="store_true", help="make no run")
    options.add_argument("--write", type=Path, help="likewise, into this page, with the date")
    options.add_argument("--json", action="store_true", help="likewise, as JSON")
    chosen = options.parse_args()
    folder = chosen.folder.resolve()
    chosen.results = chosen.results or folder / "results.jsonl"
    found = {one.key: one for one in read_lines(chosen.results, Result)}
    if not (chosen.report or chosen.json or chosen.write):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".gitignore").write_text("*\n", "utf-8")
        with serving() as server, Starters(folder) as starters:
            for part, world, tool, seed in wanted(chosen):
                if (part, world, tool, seed) in found:
                    continue
                place = Place(server, starters, folder, chosen.budget)
                one = PARTS[part](place, tool, TOOLS[tool], World(world, seed))
                found[one.key] = one
                append_line(chosen.results, one)
                print(one.model_dump_json(), file=sys.stderr, flush=True)
    results = list(found.values())
    if chosen.write:
        page = chosen.write.read_text("utf-8")
        today = datetime.now(UTC).date()
        chosen.write.write_text(with_results(page, results, today), "utf-8")
    print(json.dumps(as_json(results), indent=1) if chosen.json else report(results))
    return 0


def wanted(chosen: argparse.Namespace) -> Iterator[tuple[str, str, str, int]]:
    """Seed by seed, so that a stopped bench has whole rows."""
    for part in chosen.parts:
        for seed in range(chosen.first_seed, chosen.first_seed + chosen.seeds):
            for world in chosen.worlds:
                if part == "runs" or world in KILLED_IN:
                    yield from ((part, world, tool, seed) for tool in chosen.tools)


if __name__ == "__main__":
    sys.exit(main())
