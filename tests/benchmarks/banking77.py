"""Tuning on text nobody here wrote: intents of Banking77, with the practice models.

    python tests/benchmarks/banking77.py --data DIRECTORY [--intents 8] [--seeds 5]

DIRECTORY holds Banking77's `train.csv` and `test.csv` (columns `text`, `category`; Casanueva et al.
2020, "Efficient Intent Detection with Dual Sentence Encoders"). For each seed some intents are
drawn, a skill is written that does nothing but list them, and `skillopt.tune` tunes it: train and
validation tasks come from `train.csv`, the sealed test is all of `test.csv` for these intents.
Printed are the accuracy before and after on validation and on the sealed test, with the 95 %
interval of the sealed gain, and the calls it took.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import skillopt
from skillopt.app.evaluate import aevaluate
from skillopt.app.result import Run
from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.task import Split, Task
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.skill.skill import Skill


class Outcome(NamedTuple):
    """What one seed came to."""

    run: Run
    validation: float
    """The last version's accuracy on the validation tasks."""
    seconds: float


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--data", type=Path, required=True, help="holds train.csv and test.csv")
    options.add_argument("--intents", type=int, default=8, help="intents drawn for each seed")
    options.add_argument("--seeds", type=int, default=5, help="runs, each with other intents")
    options.add_argument("--train", type=int, default=10, help="train tasks of each intent")
    options.add_argument("--validation", type=int, default=18, help="validation tasks of each")
    options.add_argument("--rounds", type=int, default=12)
    options.add_argument("--noise", type=float, default=0.0, help="the reader's unreliability")
    options.add_argument("--show", action="store_true", help="print each seed's last skill")
    chosen = options.parse_args()
    missing = [name for name in ("train.csv", "test.csv") if not (chosen.data / name).is_file()]
    if missing:
        print(f"{chosen.data} has no {' and no '.join(missing)}", file=sys.stderr)
        return 2
    print("seed  validation       sealed test      gain [95 % interval]     accepted  calls      s")
    outcomes = [one_seed(seed, chosen) for seed in range(chosen.seeds)]
    summary(outcomes)
    return 0


def one_seed(seed: int, chosen: argparse.Namespace) -> Outcome:
    """Tune one draw of intents and print its line."""
    tasks = validation_set(seed, chosen)
    labels = sorted({str(task.expected) for task in tasks.tasks})
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "SKILL.md"
        path.write_bytes(hurried_skill(labels).to_bytes())
        run = skillopt.tune(
            path,
            validation_set=tasks,
            target="practice/reader",
            optimizer="practice/mentor",
            target_params={"noise": chosen.noise} if chosen.noise else {},
            rounds=chosen.rounds,
            seed=seed,
            write=False,
        )
        validation = accuracy(path, run.last, tasks, chosen.noise)
    outcome = Outcome(run, validation, time.perf_counter() - began)
    print(line(seed, outcome), flush=True)
    if chosen.show:
        print(run.last.text)
    return outcome


def accuracy(path: Path, version: Skill, tasks: ValidationSet, noise: float) -> float:
    """A version's accuracy on the validation tasks; most rollouts are in the ledger already."""
    path.write_bytes(version.to_bytes())
    measured = asyncio.run(
        aevaluate(
            path,
            validation_set=tasks,
            target="practice/reader",
            target_params={"noise": noise} if noise else {},
        )
    )
    return measured.score.mean


def validation_set(seed: int, chosen: argparse.Namespace) -> ValidationSet:
    """Tasks of the intents that the seed draws."""
    known = by_intent(chosen.data / "train.csv")
    sealed = by_intent(chosen.data / "test.csv")
    draw = random.Random(seed)
    tasks: list[Task] = []
    for label in sorted(draw.sample(sorted(known), chosen.intents)):
        hidden = set(sealed[label])
        texts = [text for text in known[label] if text not in hidden]
        draw.shuffle(texts)
        splits: dict[Split, list[str]] = {
            "train": texts[: chosen.train],
            "validation": texts[chosen.train : chosen.train + chosen.validation],
            "test": sealed[label],
        }
        tasks += [
            task_of(label, split, number, text)
            for split, some in splits.items()
            for number, text in enumerate(some)
        ]
    return ValidationSet(name="banking77", tasks=tuple(tasks))


def task_of(label: str, split: Split, number: int, text: str) -> Task:
    return Task(
        id=f"{label}-{split}-{number}",
        split=split,
        input=text,
        expected=label,
        checks=(Exact(type="exact"),),
    )


def by_intent(path: Path) -> dict[str, list[str]]:
    """The texts of a file by category, each text once."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["category"]][row["text"].strip()] = None
    return {category: list(texts) for category, texts in found.items()}


def hurried_skill(labels: list[str]) -> Skill:
    """A skill that says what the answers are, and nothing about when to give which."""
    listed = ", ".join(f"`{label}`" for label in labels)
    return Skill(
        text="---\nname: name-the-intent\ndescription: Names the intent of a bank customer's "
        "message.\n---\n\n# Name the intent\n\nRead the message and name what the customer wants."
        f"\n\nAnswer with one of {listed}.\n"
    )


def line(seed: int, outcome: Outcome) -> str:
    run, sealed = outcome.run, outcome.run.sealed
    accepted = sum(round_.decision.kind == "accepted" for round_ in run.rounds)
    cells = [f"{seed:4}  {run.record.baseline or 0:.3f} → {outcome.validation:.3f}"]
    if sealed is None:
        cells.append("no sealed test: nothing was accepted")
    else:
        cells.append(f"{sealed.first_score:.3f} → {sealed.last_score:.3f}")
        cells.append(f"{sealed.difference:+.3f} [{sealed.low:+.3f}, {sealed.high:+.3f}]")
    cells.append(f"{accepted} of {len(run.rounds)}")
    return "    ".join([*cells, f"{run.usage.calls:5}  {outcome.seconds:5.1f}"])


def summary(outcomes: list[Outcome]) -> None:
    sealed = [outcome.run.sealed for outcome in outcomes if outcome.run.sealed]
    if not sealed:
        print("no run accepted anything")
        return
    first = statistics.mean(test.first_score for test in sealed)
    last = statistics.mean(test.last_score for test in sealed)
    validation = statistics.mean(outcome.validation for outcome in outcomes)
    certified = sum(test.certified for test in sealed)
    print(
        f"mean  validation {validation:.3f}; sealed test {first:.3f} → {last:.3f}; "
        f"{certified} of {len(outcomes)} gains certified"
    )


if __name__ == "__main__":
    sys.exit(main())
