"""What the ledger's conditioning is worth: calls for the same gain, on against off.

    python -m tests.benchmarks.ledger_pays [--seeds 20] [--banking77 DIRECTORY] [--again]

For each seed and set two runs are made with the practice models, alike but for `conditioning`: the
three samples, and with `--banking77` a draw of intents (see `banking77.py`). The seed shapes the order of
tasks, the gate's draws, the mentor's choices, and the intents. Every accepted version is measured on
all sealed tasks, outside the run and its bill, so that a run is a path of (calls, true gain).

With `--again` each pair is a second run of another seed on the same skill: `on` has the first run's
ledger, `off` an empty one.

Printed for every set, with 95 % intervals (percentile bootstrap over seeds, runs of one seed together):
calls and final gain of each arm, calls for each point gained, and, where both arms get somewhere, calls
until the smaller of the two runs' best gains was reached, on as a share of off.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import skillopt
from skillopt.adapters.files.validation_file import read_validation_set
from skillopt.app.evaluate import aevaluate
from skillopt.app.result import Run
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.skill.edit import apply
from skillopt.core.skill.skill import Skill
from tests.benchmarks.banking77 import hurried_skill
from tests.benchmarks.banking77 import validation_set as intents

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ("triage-support-tickets", "changelog-lines", "schedule-to-cron")
OFF: dict[str, Any] = {"conditioning": False, "train_check": False}
DRAWS = 4000
SECOND_SEED = 1000
"""Added to a seed for the second run of `--again`."""


class Course(NamedTuple):
    """What one run came to: calls when a version was accepted, and how much better it is."""

    steps: tuple[tuple[int, float], ...]
    """Calls so far and true gain over the first version, in points."""
    calls: int
    """All calls of the rounds; the sealed test is not among them."""

    @property
    def gain(self) -> float:
        """Of the last version."""
        return self.steps[-1][1]

    @property
    def best(self) -> float:
        """The largest on the way."""
        return max(gain for _, gain in self.steps)

    def until(self, gain: float) -> int:
        """Calls until that gain was reached."""
        return next(calls for calls, reached in self.steps if reached >= gain - 1e-9)


class Job(NamedTuple):
    """A skill and its tasks."""

    skill: Skill
    tasks: ValidationSet


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--seeds", type=int, default=20)
    options.add_argument("--first-seed", type=int, default=0)
    options.add_argument("--sets", nargs="*", default=list(SAMPLES), choices=SAMPLES)
    options.add_argument("--banking77", type=Path, help="holds train.csv and test.csv")
    options.add_argument("--intents", type=int, default=8)
    options.add_argument("--rounds", type=int, default=40)
    options.add_argument("--max-calls", type=int, default=1500)
    options.add_argument("--max-edits", type=int, default=4)
    options.add_argument("--noise", type=float, default=0.0, help="the reader's unreliability")
    options.add_argument("--again", action="store_true", help="second runs on the same skill")
    chosen = options.parse_args()
    sets = [*chosen.sets, *(["banking77"] if chosen.banking77 else [])]
    began = time.perf_counter()
    for name in sets:
        pairs = []
        for seed in range(chosen.first_seed, chosen.first_seed + chosen.seeds):
            pairs.append(pair(job_of(name, seed, chosen), seed, chosen))
            on, off = pairs[-1]
            print(
                f"{name} seed {seed}: on {on.gain:+.1f} in {on.calls}, off {off.gain:+.1f} in "
                f"{off.calls}",
                file=sys.stderr,
                flush=True,
            )
        report(name, pairs)
    print(f"\n{time.perf_counter() - began:.0f} s")
    return 0


def job_of(name: str, seed: int, chosen: argparse.Namespace) -> Job:
    """A sample, or the intents that the seed draws."""
    if name in SAMPLES:
        tasks = read_validation_set(ROOT / "validation_sets" / f"{name}.yaml")
        return Job(Skill.from_bytes((ROOT / "skills" / name / "SKILL.md").read_bytes()), tasks)
    sizes = argparse.Namespace(
        data=chosen.banking77, intents=chosen.intents, train=10, validation=18
    )
    tasks = intents(seed, sizes)
    return Job(hurried_skill(sorted({str(task.expected) for task in tasks.tasks})), tasks)


def pair(job: Job, seed: int, chosen: argparse.Namespace) -> tuple[Course, Course]:
    """The runs with conditioning and without."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        path = root / "SKILL.md"
        path.write_bytes(job.skill.to_bytes())
        if not chosen.again:
            on = tuned(job, path, root / "on.db", seed, chosen)
            off = tuned(job, path, root / "off.db", seed, chosen, **OFF)
        else:
            tuned(job, path, root / "on.db", seed, chosen)
            on = tuned(job, path, root / "on.db", seed + SECOND_SEED, chosen)
            off = tuned(job, path, root / "off.db", seed + SECOND_SEED, chosen)
        return measured(job, path, on, chosen), measured(job, path, off, chosen)


def tuned(
    job: Job, path: Path, ledger: Path, seed: int, chosen: argparse.Namespace, **settings: Any
) -> Run:
    """One run."""
    return skillopt.tune(
        path,
        validation_set=job.tasks,
        target="practice/reader",
        optimizer="practice/mentor",
        ledger=ledger,
        write=False,
        seed=seed,
        rounds=chosen.rounds,
        patience=chosen.rounds,
        max_calls=chosen.max_calls,
        max_edits=chosen.max_edits,
        optimizer_params={"seed": seed},
        target_params={"noise": chosen.noise} if chosen.noise else {},
        **settings,
    )


def measured(job: Job, path: Path, run: Run, chosen: argparse.Namespace) -> Course:
    """The path of a run: its accepted versions on the sealed tasks."""
    version = run.first
    first = score(job, path, version, chosen)
    steps = [(0, 0.0)]
    for round_ in run.rounds:
        if round_.decision.kind == "accepted" and round_.proposal:
            after = apply(version, round_.proposal.edits)
            assert isinstance(after, Skill)
            version = after
            steps.append((round_.spent.calls, 100 * (score(job, path, version, chosen) - first)))
    calls = run.rounds[-1].spent.calls if run.rounds else run.usage.calls
    return Course(tuple(steps), calls)


def score(job: Job, path: Path, version: Skill, chosen: argparse.Namespace) -> float:
    """A version's mean score on the sealed tasks."""
    sealed = tuple(
        task.model_copy(update={"split": "validation"}) for task in job.tasks.split("test")
    )
    path.write_bytes(version.to_bytes())
    report_ = asyncio.run(
        aevaluate(
            path,
            validation_set=job.tasks.model_copy(update={"tasks": sealed}),
            target="practice/reader",
            target_params={"noise": chosen.noise} if chosen.noise else {},
            ledger=path.parent / "measured.db",
        )
    )
    return report_.score.mean


def report(name: str, pairs: Sequence[tuple[Course, Course]]) -> None:
    """The table of one set."""
    on, off = ([one[side] for one in pairs] for side in (0, 1))
    rows = {
        "calls, on": [one.calls for one in on],
        "calls, off": [one.calls for one in off],
        "final gain, points, on": [one.gain for one in on],
        "final gain, points, off": [one.gain for one in off],
        "gain, on less off": [a.gain - b.gain for a, b in pairs],
    }
    print(f"\n{name} ({len(pairs)} pairs)")
    for label, values in rows.items():
        numbers = np.array(values, float)
        low, high = np.percentile([numbers[d].mean() for d in draws(len(pairs))], [2.5, 97.5])
        print(f"  {label:44} {numbers.mean():8.1f}  [{low:.1f}, {high:.1f}]")
    same = [min(a.best, b.best) for a, b in pairs]
    until = np.array([(a.until(g), b.until(g)) for (a, b), g in zip(pairs, same, strict=True)])
    ratio("calls until the same gain, on / off", until[:, 0], until[:, 1])
    per = np.array([(a.calls, a.gain, b.calls, b.gain) for a, b in pairs], float)
    ratio("calls per point gained, on / off", per[:, 0], per[:, 2], per[:, 1], per[:, 3])


def ratio(label: str, on: Any, off: Any, on_gain: Any = None, off_gain: Any = None) -> None:
    """A ratio of sums with its interval; of what each is per unit of gain where that is given."""
    ones = np.ones(len(on))
    on_gain, off_gain = (ones if some is None else some for some in (on_gain, off_gain))

    def of(d: Any) -> float:
        return float((on[d].sum() / on_gain[d].sum()) / (off[d].sum() / off_gain[d].sum()))

    low, high = np.percentile([of(d) for d in draws(len(on))], [2.5, 97.5])
    print(f"  {label:44} {of(np.arange(len(on))):8.2f}  [{low:.2f}, {high:.2f}]")


def draws(count: int) -> Any:
    """Seeds drawn anew, with replacement."""
    return np.random.default_rng(0).integers(0, count, (DRAWS, count))


if __name__ == "__main__":
    sys.exit(main())
