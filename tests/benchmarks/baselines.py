"""The baselines and what guards against them, switched on and off.

    python -m tests.benchmarks.baselines proposers [--seeds 20]
    python -m tests.benchmarks.baselines placebo [--seeds 40]
    python -m tests.benchmarks.baselines shrink [--seeds 5]

`proposers`: gain on the sealed test with the practice models, critiques against copied examples.
`placebo`: how often the gate accepts an edit without content, and one with content, for a target that
does better the longer the skill is, with and without `--placebo`.
`shrink`: characters that go, and the sealed difference, on the samples with dead rules put in.
Differences are paired by seed, with 95 % intervals (normal).
"""

from __future__ import annotations

import argparse
import math
import random
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import skillopt
from skillopt.core.gate import Outcome
from skillopt.core.value import content_hash
from tests.scripted import SKILL, agent, tasks

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ("triage-support-tickets", "changelog-lines", "schedule-to-cron")
DEAD = """
## House news

The kitchen on the second floor is closed. Parking is free on Sundays. We are proud of our team.

- The newsletter comes out every other Thursday.
- Lost umbrellas are kept at the front desk.
"""
CHATTER = "Please consider all of this with the greatest care, as one should at all times.\n"
RULES = "- roses: garden\n- lawn: garden\n- saw: tools\n- drill: tools\n"


def interval(values: Sequence[float]) -> str:
    found = np.array(values, np.float64)
    error = 1.96 * float(found.std(ddof=1)) / math.sqrt(len(found)) if len(found) > 1 else math.nan
    return f"{found.mean():+.1f} [{found.mean() - error:+.1f}, {found.mean() + error:+.1f}]"


def tuned(skill: str, seed: int, text: skillopt.Skill | None = None, **more: Any) -> skillopt.Run:
    with tempfile.TemporaryDirectory() as folder:
        return skillopt.tune(
            text or ROOT / "skills" / skill / "SKILL.md",
            validation_set=ROOT / "validation_sets" / f"{skill}.yaml",
            ledger=Path(folder) / "ledger.db",
            write=False,
            practice=True,
            seed=seed,
            **more,
        )


def gain(run: skillopt.Run) -> float:
    return 100 * run.sealed.difference if run.sealed else 0.0


def proposers(seeds: int) -> None:
    for sample in SAMPLES:
        found = {
            kind: [
                gain(tuned(sample, seed, proposer=kind, optimizer_params={"seed": seed}))
                for seed in range(seeds)
            ]
            for kind in ("critique", "imitate")
        }
        gaps = [a - b for a, b in zip(found["critique"], found["imitate"], strict=True)]
        shown = ", ".join(f"{kind} {interval(values)}" for kind, values in found.items())
        print(f"{sample}: {shown}, difference {interval(gaps)} points, {seeds} seeds", flush=True)


def wordy(seed: int) -> Callable[[str, str], str]:
    """Knows its words, and guesses better the longer the skill is, whatever it says."""
    right = {task.text: str(task.expected) for task in tasks().tasks}

    def target(skill: str, letter: str) -> str:
        said = agent(skill, letter)
        luck = random.Random(content_hash([seed, letter])).random()
        return right[letter] if said == "reception" and luck < len(skill) / 400 else said

    return target


def placebo(seeds: int) -> None:
    for name, text in (("without content", CHATTER), ("with content", RULES)):
        accepted: dict[bool, list[float]] = {False: [], True: []}
        for seed in range(seeds):
            for asked, outcomes in accepted.items():
                with tempfile.TemporaryDirectory() as folder:
                    found = skillopt.gate(
                        SKILL,
                        skillopt.Skill(text=SKILL.text + text),
                        validation_set=tasks(),
                        target=wordy(seed),
                        identity=f"wordy {seed}",
                        deterministic=True,
                        ledger=Path(folder) / "ledger.db",
                        gate="balanced",
                        seed=seed,
                        placebo=asked,
                    )
                outcomes.append(100.0 * (found.outcome is Outcome.ACCEPTED))
        gaps = [b - a for a, b in zip(accepted[False], accepted[True], strict=True)]
        print(
            f"{name}: accepted {interval(accepted[False])} %, with the placebo "
            f"{interval(accepted[True])} %, difference {interval(gaps)}, {seeds} seeds",
            flush=True,
        )


def shrink(seeds: int) -> None:
    for sample in SAMPLES:
        text = (ROOT / "skills" / sample / "SKILL.md").read_text("utf-8") + DEAD
        gone: list[float] = []
        lost: list[float] = []
        dead: list[float] = []
        ends: set[str] = set()
        for seed in range(seeds):
            run = tuned(
                sample,
                seed,
                skillopt.Skill(text=text),
                shrink=True,
                no_worse_than=5,
                rounds=60,
                patience=60,
            )
            gone.append(100 * (1 - len(run.last.text) / len(text)))
            lost.append(gain(run))
            news = [line for line in re.findall(r"[^\n.]+\.", DEAD) if line in run.last.text]
            dead.append(100 * (1 - len(news) / len(re.findall(r"[^\n.]+\.", DEAD))))
            ends.add(run.shipped)
        print(
            f"{sample}: {interval(gone)} % of the characters go, {interval(dead)} % of the dead "
            f"sentences; sealed {interval(lost)} points; {sorted(ends)}, {seeds} seeds",
            flush=True,
        )


def main() -> None:
    """Print one part's lines."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parts = {"proposers": (proposers, 20), "placebo": (placebo, 40), "shrink": (shrink, 5)}
    parser.add_argument("part", choices=parts)
    parser.add_argument("--seeds", type=int)
    asked = parser.parse_args()
    part, seeds = parts[asked.part]
    part(asked.seeds or seeds)


if __name__ == "__main__":
    main()
