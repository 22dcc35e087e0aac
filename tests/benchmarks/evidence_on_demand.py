"""Does the curriculum pay, and does it lose any gain? The same tuning with it on and off.

    python -m tests.benchmarks.evidence_on_demand [--seeds 20] [--skills NAME ...] [--max-calls N]

For each sample skill and seed two runs with the practice models, alike but for `curriculum`, each
with a ledger of its own. Printed for each skill, with 95 % intervals over pairs (percentile
bootstrap): the gain on the sealed test, the calls, and the difference of both, on less off.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import skillopt

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ("triage-support-tickets", "changelog-lines", "schedule-to-cron")
DRAWS = 4000


class Outcome(NamedTuple):
    """What one run came to."""

    gain: float
    """On the sealed test, in points."""
    calls: int


def tuned(skill: str, seed: int, **settings: Any) -> Outcome:
    """Tune a sample with a fresh ledger."""
    with tempfile.TemporaryDirectory() as folder:
        run = skillopt.tune(
            ROOT / "skills" / skill / "SKILL.md",
            ledger=Path(folder) / "ledger.db",
            write=False,
            practice=True,
            seed=seed,
            optimizer_params={"seed": seed},
            **settings,
        )
    sealed = run.record.sealed
    return Outcome(100 * sealed.difference if sealed else 0.0, run.usage.calls)


def told(values: Sequence[float]) -> str:
    """The mean with its interval."""
    draw = np.random.default_rng(0)
    found = np.array(values)
    means = found[draw.integers(0, len(found), (DRAWS, len(found)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return f"{statistics.mean(values):+8.1f} [{low:+.1f}, {high:+.1f}]"


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--seeds", type=int, default=20)
    options.add_argument("--first-seed", type=int, default=0)
    options.add_argument("--skills", nargs="+", default=list(SAMPLES), choices=SAMPLES)
    options.add_argument("--max-calls", type=int, default=None)
    chosen = options.parse_args()
    seeds = range(chosen.first_seed, chosen.first_seed + chosen.seeds)
    for skill in chosen.skills:
        pairs = [
            tuple(
                tuned(skill, seed, curriculum=on, max_calls=chosen.max_calls)
                for on in (True, False)
            )
            for seed in seeds
        ]
        print(f"\n{skill}, {len(pairs)} seeds")
        for place, name in enumerate(Outcome._fields):
            on, off = ([pair[arm][place] for pair in pairs] for arm in (0, 1))
            less = [one - other for one, other in zip(on, off, strict=True)]
            print(f"  {name:6} on {told(on)}   off {told(off)}   on less off {told(less)}")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
