"""What the ledger is worth: fewer calls for the same gain, in a first run and in a second one.

    python -m tests.benchmarks.ledger_pays --data DIRECTORY [--seeds 20] [--results pays.jsonl]

DIRECTORY holds Banking77's `train.csv` and `test.csv` (see `banking77.py`). Two questions, all runs
with the practice models:

`first`: a run from an empty ledger, with conditioning and without, on the three samples and on
Banking77, the same seed on both sides. The seed shapes the order of tasks, the gate's draws, the
mentor's choices, and which intents are drawn.

`second`: a run of another seed on the same skill, Banking77 only; `on` has the first run's ledger,
`off` an empty one. Both have conditioning.

Every accepted version is measured on all sealed tasks, outside the run and its bill, so that a run is
a path of (calls, true gain). Printed for each set, `on` against `off`: the final gain, the calls until
the same gain (the smaller one of the two runs' best gains), and the calls for each point. See
`pays_report.py` for the intervals.

Each run's result is appended to the results file as it comes. A bench that was stopped goes on with
the same command. `--report` makes no run. After a change of the code, start another file.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import skillopt
from skillopt.adapters.files.validation_file import read_validation_set
from skillopt.app.evaluate import aevaluate
from skillopt.app.result import Run
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.events import Event, RolloutsWanted
from skillopt.core.skill.edit import apply
from skillopt.core.skill.skill import Skill
from tests.benchmarks.banking77 import hurried_skill
from tests.benchmarks.banking77 import validation_set as intents
from tests.benchmarks.pays_report import Course, report
from tests.benchmarks.results_file import append_line, read_lines

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ("triage-support-tickets", "changelog-lines", "schedule-to-cron")
BANKING = "banking77"
PARTS = ("first", "second")
OFF: dict[str, Any] = {"conditioning": False, "train_check": False}
ARMS: dict[str, dict[str, Any]] = {
    "on": {},
    "off": OFF,
    "unrehearsed": {"rehearse": False},
    "off, more shown": {**OFF, "minibatch": 64, "evidence": 48},
}
"""Arms of the first run; the last two are for comparison only."""
TRUTH: dict[tuple[str, int], dict[str, float]] = {}
"""Measured versions by set and seed: the arms share the first ones."""
SECOND_SEED = 1000
"""Added to a seed for the second run."""


class Job(NamedTuple):
    """A skill and its tasks."""

    skill: Skill
    tasks: ValidationSet


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--parts", nargs="+", default=list(PARTS), choices=PARTS)
    options.add_argument("--sets", nargs="+", choices=(*SAMPLES, BANKING), help="of the first runs")
    options.add_argument("--data", type=Path, help="holds train.csv and test.csv of Banking77")
    options.add_argument("--seeds", type=int, default=20, help="of the first runs")
    options.add_argument("--draws", type=int, default=8, help="seeds of the second runs")
    options.add_argument("--first-seed", type=int, default=0)
    options.add_argument("--arms", nargs="+", default=["on", "off"], choices=list(ARMS))
    options.add_argument("--intents", type=int, default=8)
    options.add_argument("--max-calls", type=int, default=1000, help="a run on a sample")
    options.add_argument("--rounds", type=int, default=40, help="a run on a sample")
    options.add_argument("--banking-calls", type=int, default=1800)
    options.add_argument("--banking-rounds", type=int, default=12)
    options.add_argument("--max-edits", type=int, default=4)
    options.add_argument("--noise", type=float, default=0.0, help="the reader's unreliability")
    options.add_argument("--results", type=Path, default=Path("pays.jsonl"))
    options.add_argument("--report", action="store_true", help="make no run")
    chosen = options.parse_args()
    chosen.sets = chosen.sets or [*SAMPLES, *([BANKING] if chosen.data else [])]
    if (BANKING in chosen.sets or "second" in chosen.parts) and not chosen.data:
        options.error("banking77 needs --data; without it choose --parts first and --sets")
    courses = read_courses(chosen.results)
    for part, name, seed, arm in [] if chosen.report else wanted(chosen):
        if (part, name, seed, arm) in courses:
            continue
        course = course_of(part, name, seed, arm, chosen)
        courses[part, name, seed, arm] = course
        append_line(chosen.results, course)
        print(course, file=sys.stderr, flush=True)
    print(report(list(courses.values())))
    return 0


def wanted(chosen: argparse.Namespace) -> Iterator[tuple[str, str, int, str]]:
    """Part, set, seed and arm of each run, seed by seed, so that a stopped bench has whole pairs."""
    for seed in range(chosen.first_seed, chosen.first_seed + max(chosen.seeds, chosen.draws)):
        if "second" in chosen.parts and seed < chosen.first_seed + chosen.draws:
            yield from (("second", BANKING, seed, arm) for arm in ("on", "off"))
        if "first" in chosen.parts and seed < chosen.first_seed + chosen.seeds:
            yield from (("first", name, seed, arm) for name in chosen.sets for arm in chosen.arms)


def read_courses(path: Path) -> dict[tuple[str, str, int, str], Course]:
    """The results so far."""
    courses = read_lines(path, Course)
    return {(one.part, one.set, one.seed, one.arm): one for one in courses}


def course_of(part: str, name: str, seed: int, arm: str, chosen: argparse.Namespace) -> Course:
    """One run, after the first one where it is a second."""
    job = job_of(name, seed, argparse.Namespace(banking77=chosen.data, intents=chosen.intents))
    paid: Counter[str] = Counter()

    def count(event: Event) -> None:
        if isinstance(event, RolloutsWanted):
            paid[event.purpose] += event.total - event.reused

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "SKILL.md"
        path.write_bytes(job.skill.to_bytes())
        if part == "second" and arm == "on":
            tuned(job, path, seed, chosen)
        own = ARMS[arm] if part == "first" else {}
        seed_of_run = seed + SECOND_SEED if part == "second" else seed
        run = tuned(job, path, seed_of_run, chosen, on_event=count, **own)
        known = TRUTH.setdefault((name, seed), {})
        steps = path_of(job, path, run, chosen, known)
    calls = run.rounds[-1].spent.calls if run.rounds else run.usage.calls
    tested = sum(round_.decision.verdict is not None for round_ in run.rounds)
    return Course(
        part=part,
        set=name,
        seed=seed,
        arm=arm,
        steps=steps,
        calls=calls,
        train=paid["train"],
        validation=paid["validation"],
        contests=tested,
    )


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


def tuned(job: Job, path: Path, seed: int, chosen: argparse.Namespace, **settings: Any) -> Run:
    """One run, on the ledger beside the skill."""
    sample = job.tasks.name != BANKING
    rounds = chosen.rounds if sample else chosen.banking_rounds
    return skillopt.tune(
        path,
        validation_set=job.tasks,
        target="practice/reader",
        optimizer="practice/mentor",
        ledger=path.parent / "ledger.db",
        write=False,
        seed=seed,
        rounds=rounds,
        patience=rounds,
        max_calls=chosen.max_calls if sample else chosen.banking_calls,
        max_edits=chosen.max_edits,
        optimizer_params={"seed": seed},
        target_params={"noise": chosen.noise} if chosen.noise else {},
        **settings,
    )


def path_of(
    job: Job, path: Path, run: Run, chosen: argparse.Namespace, known: dict[str, float]
) -> tuple[tuple[int, float], ...]:
    """The accepted versions on the sealed tasks: calls so far, and gain over the first version."""

    def true(version: Skill) -> float:
        if version.digest not in known:
            known[version.digest] = score(job, path, version, chosen)
        return known[version.digest]

    version = run.first
    first = true(version)
    steps = [(0, 0.0)]
    for round_ in run.rounds:
        if round_.decision.kind == "accepted" and round_.proposal:
            after = apply(version, round_.proposal.edits)
            assert isinstance(after, Skill)
            version = after
            steps.append((round_.spent.calls, 100 * (true(version) - first)))
    return tuple(steps)


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
            ledger=path.parent / "measured.db",
            target="practice/reader",
            target_params={"noise": chosen.noise},
        )
    )
    return report_.score.mean


if __name__ == "__main__":
    sys.exit(main())
