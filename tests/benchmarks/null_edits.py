"""Edits that change nothing, through the whole stack: how many get into the skill?

    python -m tests.benchmarks.null_edits                  200 runs with the race gate, minutes
    python -m tests.benchmarks.null_edits --gate strict    the crude rule, for comparison
    python -m tests.benchmarks.null_edits --runs 40

Every run is a tuning run like any other: a skill, tasks in three splits, the practice reader with
noise as the target, through LiteLLM, the engine, the gate and the ledger. Only the optimizer is
scripted: it proposes sentences that the reader passes over, so that every proposal is a reworded
skill of the very same behaviour, and whatever is accepted is accepted falsely. One JSON object on
stdout: the share accepted, its 95 % interval, and the level the gate states.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

import skillopt
from skillopt.adapters.files.validation_file import read_validation_set
from skillopt.adapters.practice.reader import answer
from skillopt.core.evaluation.task import SPLITS
from skillopt.core.gate.bounded_mean import share_interval
from skillopt.core.quoting import blocks

ROOT = Path(__file__).parent.parent.parent
SKILL = ROOT / "skills" / "triage-support-tickets" / "SKILL.md"
TASKS = ROOT / "validation_sets" / "triage-support-tickets.yaml"
SIZES = {"train": 8, "validation": 30, "test": 8}
STATED = {"balanced": 0.25, "race": 0.10, "exact": 0.10, "explore": 0.25}
"""Share of useless edits that a gate says it accepts at first, with checks that pass or fail."""


def tasks(validation: int) -> skillopt.ValidationSet:
    """Some of the sample's tasks."""
    given = read_validation_set(TASKS)
    sizes = {**SIZES, "validation": validation}
    some = [task for split in SPLITS for task in given.split(split)[: sizes[split]]]
    return given.model_copy(update={"tasks": tuple(some)})


def reworded(number: int, turn: int) -> str:
    """A sentence of which the reader makes nothing."""
    return f"\nColleagues have read note {number} of week {turn} and thank you for the care.\n"


def check_they_are_null(given: skillopt.ValidationSet) -> None:
    """The reader answers alike with and without the sentences, where no chance is in play."""
    plain = SKILL.read_text(encoding="utf-8")
    longer = plain + reworded(0, 0) + reworded(1, 2)
    for task in given.tasks:
        assert answer(plain, task.text) == answer(longer, task.text), task.id


async def one_run(
    number: int, given: skillopt.ValidationSet, *, ledger: Path, settings: dict[str, Any]
) -> tuple[int, int]:
    """Proposals that came to the gate in one run, and how many of them were accepted."""
    turn = 0

    def optimizer(messages: list[dict[str, str]]) -> str:
        nonlocal turn
        if "limits" not in blocks(messages[1]["content"]):
            return json.dumps({"critiques": []})
        turn += 1
        edit = {"kind": "insert", "anchor": "", "where": "after", "text": reworded(number, turn)}
        return json.dumps({"idea": "a kind word", "edits": [edit]})

    # Its own last line makes every run's noise its own: the reader's chance is seeded by the text.
    start = SKILL.read_text(encoding="utf-8") + f"\n<!-- run {number} -->\n"
    run = await skillopt.atune(
        skillopt.Skill(text=start),
        validation_set=given,
        target="practice/reader",
        optimizer=optimizer,
        ledger=ledger,
        conditioning=False,
        seed=number,
        **settings,
    )
    verdicts = [round_.decision.verdict for round_ in run.rounds if round_.decision.verdict]
    return len(verdicts), sum(verdict.outcome.value == "accepted" for verdict in verdicts)


async def measure(
    *, runs: int, rounds: int, validation: int, noise: float, gate: str
) -> dict[str, Any]:
    """Every run after the other, in one ledger that is thrown away."""
    given = tasks(validation)
    check_they_are_null(given)
    settings = {"rounds": rounds, "target_params": {"noise": noise}, "gate": gate}
    proposed = accepted = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(runs):
            gated, taken = await one_run(
                number, given, ledger=Path(folder) / "ledger.db", settings=settings
            )
            proposed, accepted = proposed + gated, accepted + taken
    share, stated = accepted / proposed, STATED.get(gate)
    low, high = share_interval(share, proposed)
    return {
        "gate": gate,
        "runs": runs,
        "validation_tasks": validation,
        "noise": noise,
        "proposals": proposed,
        "accepted": accepted,
        "share": share,
        "interval": [low, high],
        "stated": stated,
        "within": None if stated is None else low <= stated,
    }


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=1, help="proposals in each run")
    parser.add_argument("--validation", type=int, default=SIZES["validation"], help="tasks")
    parser.add_argument("--noise", type=float, default=0.25, help="of the reader")
    parser.add_argument("--gate", default="race")
    asked = vars(parser.parse_args())
    print(json.dumps(asyncio.run(measure(**asked)), indent=2))


if __name__ == "__main__":
    main()
