"""Does it pay to test rejected proposals again? A world of rules that depend on each other.

    python -m tests.benchmarks.retests [--seeds 40] [--late 0.25] [--noise 0.1]

Each seed draws a world: a task needs one rule, or a rule and the one it builds on (`--late`: the
share of such rules). Other rules do nothing, and two do harm. The optimizer knows none of this: each round it proposes a
rule at random among those that the skill lacks, as an optimizer does that keeps to the failures it
sees. The target answers right where the rules that a task needs are in the skill, and errs at
random beside that. Arms, alike but for the setting: `retests` (`reopen`, the default) and `none` (a
rejection stands, whatever the skill has become). Printed with 95 % intervals over seeds (percentile
bootstrap): gain on the sealed test, calls, points per 1000 calls, retests and how many of them were
accepted, and rollouts asked for on exact repeats against the same version.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import skillopt
from skillopt.core.evaluation.checks import Exact

BASE = "# Rules\n\nAnswer by the rules.\n"
TRAIN, VALIDATION, TEST = 24, 60, 120


class World(NamedTuple):
    """Which rules each task needs, and what some rules break."""

    rules: int
    needs: dict[int, tuple[int, ...]]
    """By the number of a kind of task."""
    harm: frozenset[int]
    """Rules with which every fifth kind of task fails."""
    noise: float
    seed: int

    def right(self, skill: str, task: int) -> float:
        """The chance of a right answer."""
        there = {int(found) for found in re.findall(r"rule (\d+)", skill)}
        kind = task % len(self.needs)
        good = set(self.needs[kind]) <= there
        broken = kind % 5 == 0 and bool(there & self.harm)
        return self.noise / 2 if broken or not good else 1 - self.noise / 2


class Outcome(NamedTuple):
    """What one run came to."""

    gain: float
    calls: int
    retests: int
    accepted: int
    repeats: int


def drawn(rules: int, late_share: float, noise: float, seed: int) -> World:
    """A world: half of the rules help by themselves, some only after another, the rest not."""
    draw = random.Random(f"world {seed}")
    order = draw.sample(range(rules), rules)
    half, count = rules // 2, round(rules * late_share)
    alone, late, harm = order[:half], order[half : half + count], order[-2:]
    needs = [(rule,) for rule in alone] + [
        (rule, draw.choice(alone)) for rule in late for _ in "ab"
    ]
    return World(rules, dict(enumerate(needs)), frozenset(harm), noise, seed)


def tasks(world: World) -> skillopt.ValidationSet:
    """Tasks of all kinds in turn."""
    made = [
        skillopt.Task(
            id=f"{split}-{number}",
            split=split,  # type: ignore[arg-type]
            input=f"{split} {number}",
            expected="yes",
            checks=(Exact(type="exact", criterion="right"),),
        )
        for split, count in (("train", TRAIN), ("validation", VALIDATION), ("test", TEST))
        for number in range(count)
    ]
    return skillopt.ValidationSet(
        name="world", criteria={"right": "It is right."}, tasks=tuple(made)
    )


def target(world: World) -> Callable[[str, str], str]:
    """Answers by the world's chances, drawn by skill, task and how often it was asked."""
    asked: dict[tuple[str, str], int] = {}

    def answer(skill: str, text: str) -> str:
        trial = asked[skill, text] = asked.get((skill, text), 0) + 1
        chance = world.right(skill, int(text.split()[1]))
        draw = random.Random(f"{world.seed} {skill} {text} {trial}").random()
        return "yes" if draw < chance else "no"

    return answer


def optimizer(world: World) -> Callable[[list[dict[str, str]]], str]:
    """Proposes a rule that the skill lacks, at random."""
    draw = random.Random(f"optimizer {world.seed}")

    def reply(messages: list[dict[str, str]]) -> str:
        prompt = messages[1]["content"]
        if "<<<limits" not in prompt:
            return '{"critiques": []}'
        skill = prompt.split("<<<skill", 1)[1].split(">>>", 1)[0]
        left = [n for n in range(world.rules) if f"rule {n}." not in skill]
        rule = draw.choice(left) if left else 0
        edit = {
            "kind": "insert",
            "anchor": "",
            "where": "after",
            "text": f"- Keep to rule {rule}.\n",
        }
        return json.dumps({"idea": f"rule {rule}", "criteria": ["right"], "edits": [edit]})

    return reply


def one_run(world: World, chosen: argparse.Namespace, *, reopen: bool) -> Outcome:
    """Tune in the world with a fresh ledger."""
    with tempfile.TemporaryDirectory() as folder:
        run = skillopt.tune(
            skillopt.Skill(text=BASE),
            validation_set=tasks(world),
            target=target(world),
            optimizer=optimizer(world),
            ledger=Path(folder) / "ledger.db",
            rounds=chosen.rounds,
            patience=chosen.rounds,
            max_calls=chosen.max_calls,
            train_check=False,
            reopen=reopen,
            seed=world.seed,
        )
    rejected: set[tuple[str, str]] = set()
    repeats = 0
    for round_ in run.rounds:
        verdict = round_.decision.verdict
        if verdict is None or round_.proposal is None:
            continue
        name = (round_.parent, round_.proposal.edits_digest)
        repeats += verdict.rollouts if name in rejected else 0
        rejected.add(name)
    sealed = run.record.sealed
    return Outcome(
        gain=100 * sealed.difference if sealed else 0.0,
        calls=run.usage.calls,
        retests=sum(bool(round_.retests) for round_ in run.rounds),
        accepted=sum(
            bool(round_.retests) and round_.decision.kind == "accepted" for round_ in run.rounds
        ),
        repeats=repeats,
    )


def interval(values: Sequence[float]) -> str:
    """Mean and its 95 % percentile bootstrap."""
    draw = np.random.default_rng(0)
    sample = np.array(values, float)
    means = sample[draw.integers(0, len(sample), (4000, len(sample)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return f"{sample.mean():8.2f}  [{low:.2f}, {high:.2f}]"


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--seeds", type=int, default=40)
    options.add_argument("--rules", type=int, default=16)
    options.add_argument("--late", type=float, default=0.25)
    options.add_argument("--noise", type=float, default=0.1)
    options.add_argument("--rounds", type=int, default=60)
    options.add_argument("--max-calls", type=int, default=4000)
    chosen = options.parse_args()
    found: dict[str, list[Outcome]] = {"retests": [], "none": []}
    for seed in range(chosen.seeds):
        world = drawn(chosen.rules, chosen.late, chosen.noise, seed)
        for name, outcomes in found.items():
            outcomes.append(one_run(world, chosen, reopen=name == "retests"))
        print(
            f"seed {seed}: " + ", ".join(f"{n} {o[-1]}" for n, o in found.items()), file=sys.stderr
        )
    rows: dict[str, Callable[[Outcome], Any]] = {
        "gain on the sealed test, points": lambda one: one.gain,
        "calls": lambda one: one.calls,
        "points per 1000 calls": lambda one: 1000 * one.gain / one.calls,
        "retests": lambda one: one.retests,
        "retests accepted": lambda one: one.accepted,
        "rollouts on exact repeats": lambda one: one.repeats,
    }
    for name, outcomes in found.items():
        print(f"\n{name} ({len(outcomes)} runs)")
        for label, value in rows.items():
            print(f"  {label:34} {interval([value(one) for one in outcomes])}")
    for label in ("gain on the sealed test, points", "points per 1000 calls"):
        pairs = zip(found["retests"], found["none"], strict=True)
        print(
            f"\nretests less none, {label}: {interval([rows[label](a) - rows[label](b) for a, b in pairs])}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
