"""Does the curriculum pay, and does it lose any gain? The same tuning with it on and off.

    python -m tests.benchmarks.evidence_on_demand [--seeds 20] [--skills NAME ...] [--max-calls N]
        [--train N] [--validation N] [--jobs 2]

For each sample skill and seed two runs with the practice models, alike but for `curriculum`, each
with a ledger of its own. Printed for each skill, with 95 % intervals over pairs (percentile
bootstrap): the gain on the sealed test, the calls, and the difference of both, on less off.
`--train` and `--validation` leave so many tasks of these splits, drawn by the seed.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import skillopt
from skillopt.adapters.files.validation_file import read_validation_set
from skillopt.core.evaluation.task import Split, Task

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ("triage-support-tickets", "changelog-lines", "schedule-to-cron")
DRAWS = 4000


class Outcome(NamedTuple):
    """What one run came to."""

    gain: float
    """On the sealed test, in points."""
    calls: int


class Sizes(NamedTuple):
    """Tasks that are left of a sample's splits; None: all of them."""

    train: int | None
    validation: int | None

    def drawn(self, skill: str, seed: int) -> skillopt.ValidationSet:
        """A sample's validation set with so many of its tasks."""
        whole = read_validation_set(ROOT / "validation_sets" / f"{skill}.yaml")
        kept: list[Task] = [*whole.split("test")]
        splits: tuple[tuple[Split, int | None], ...] = (
            ("train", self.train),
            ("validation", self.validation),
        )
        for split, most in splits:
            some = sorted(whole.split(split), key=lambda task: task.id)
            random.Random(f"{split} {seed}").shuffle(some)
            kept += some[:most]
        return whole.model_copy(update={"tasks": tuple(kept)})


def pair(seed: int, *, skill: str, sizes: Sizes, max_calls: int | None) -> tuple[Outcome, Outcome]:
    """The same run with the curriculum and without it."""
    some = sizes.drawn(skill, seed)
    on, off = (
        tuned(skill, seed, validation_set=some, curriculum=curriculum, max_calls=max_calls)
        for curriculum in (True, False)
    )
    return on, off


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
    options.add_argument("--train", type=int, default=None)
    options.add_argument("--validation", type=int, default=None)
    options.add_argument("--jobs", type=int, default=1)
    chosen = options.parse_args()
    seeds = range(chosen.first_seed, chosen.first_seed + chosen.seeds)
    sizes = Sizes(chosen.train, chosen.validation)
    with ProcessPoolExecutor(chosen.jobs) as pool:
        for skill in chosen.skills:
            one = partial(pair, skill=skill, sizes=sizes, max_calls=chosen.max_calls)
            show(skill, list(pool.map(one, seeds)))
    return 0


def show(skill: str, pairs: Sequence[tuple[Outcome, Outcome]]) -> None:
    """Print what the pairs of one sample came to."""
    print(f"\n{skill}, {len(pairs)} seeds")
    for place, name in enumerate(Outcome._fields):
        on, off = ([one[arm][place] for one in pairs] for arm in (0, 1))
        less = [one - other for one, other in zip(on, off, strict=True)]
        print(f"  {name:6} on {told(on)}   off {told(off)}   on less off {told(less)}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
