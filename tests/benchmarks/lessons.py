"""What lessons are worth to an optimizer that reads them: a world of rules with exceptions.

    python -m tests.benchmarks.lessons [--seeds 20]

Each seed draws a world of topics. A letter names a topic and a circumstance; the topic's desk is right,
except in one circumstance, in which half of the topic's letters are written and for which the first
version is right. As many train letters are about no topic. So a rule without its exception gains nothing, and a rule with it does. The optimizer
proposes one rule a round, for the topic with most of the failures it is shown, with the exceptions that
it can see among the answers that are right; it never proposes what the prompt says was refused. Arms, alike but for the
setting: `lessons`, `no lessons`, and `off` (no conditioning). Printed with 95 % intervals over seeds
(percentile bootstrap): gain on the sealed test, calls, points per 100 calls, and the differences pair
by pair.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import skillopt
from skillopt.core.evaluation.checks import Exact
from skillopt.core.quoting import blocks
from tests.benchmarks.retests import interval

BASE = "# Which desk\n\nName the desk. Where no rule speaks, answer `other`.\n"
TOPICS, CIRCUMSTANCES = 16, 5
SIZES = (("train", 6), ("validation", 6), ("test", 6))
"""Letters of each topic."""
ARMS: dict[str, dict[str, Any]] = {
    "lessons": {},
    "no lessons": {"lessons": False},
    "off": {"conditioning": False, "train_check": False},
}
_RULE = re.compile(r"^- (topic\d+): (desk\d+)(?:, but not (.+))?$", re.MULTILINE)


class World(NamedTuple):
    """For each topic the circumstance in which its desk is wrong."""

    exceptions: tuple[int, ...]
    seed: int

    def right(self, topic: int, circumstance: int) -> str:
        """The desk."""
        return "other" if self.exceptions[topic] == circumstance else f"desk{topic}"


class Outcome(NamedTuple):
    """What one run came to."""

    gain: float
    calls: int

    @property
    def rate(self) -> float:
        """Points per 100 calls."""
        return 100 * self.gain / self.calls


def drawn(seed: int) -> World:
    """A world."""
    draw = random.Random(f"exceptions {seed}")
    return World(tuple(draw.randrange(CIRCUMSTANCES) for _ in range(TOPICS)), seed)


def tasks(world: World) -> skillopt.ValidationSet:
    """Letters: of each topic every second one in the circumstance of its exception."""
    made = []
    for split, count in SIZES:
        draw = random.Random(f"letters {world.seed} {split}")
        for topic in range(TOPICS):
            others = [c for c in range(CIRCUMSTANCES) if c != world.exceptions[topic]]
            for number in range(count):
                at = world.exceptions[topic] if number % 2 else draw.choice(others)
                made.append(
                    skillopt.Task(
                        id=f"{split}-{topic}-{number}",
                        split=split,  # type: ignore[arg-type]
                        input=f"Letter {split}{number} about topic{topic}, at time{at}.",
                        expected=world.right(topic, at),
                        checks=(Exact(type="exact", criterion="right"),),
                    )
                )
        made += [plain(split, number) for number in range(TOPICS * count)] * (split == "train")
    return skillopt.ValidationSet(
        name="exceptions", criteria={"right": "It is right."}, tasks=tuple(made)
    )


def plain(split: str, number: int) -> skillopt.Task:
    """A letter about no topic, which every version answers right."""
    return skillopt.Task(
        id=f"{split}-plain-{number}",
        split=split,  # type: ignore[arg-type]
        input=f"Letter {split}{number} about nothing, at time{number % CIRCUMSTANCES}.",
        expected="other",
        checks=(Exact(type="exact", criterion="right"),),
    )


def target(skill: str, letter: str) -> str:
    """Follows the rules to the letter."""
    words = set(re.findall(r"\w+", letter))
    for topic, desk, exceptions in _RULE.findall(skill):
        if topic in words and not words.intersection(exceptions.split(" or ")):
            return str(desk)
    return "other"


def optimizer(world: World) -> Callable[[list[dict[str, str]]], str]:
    """Proposes a rule for failures it is shown, with the exceptions it can see."""
    draw = random.Random(f"optimizer {world.seed}")

    def reply(messages: list[dict[str, str]]) -> str:
        told = blocks(messages[1]["content"])
        if "limits" not in told:
            return '{"critiques": []}'
        desks: dict[str, str] = {}
        aims: dict[str, list[str]] = defaultdict(list)
        wrong: dict[str, set[str]] = defaultdict(set)
        for seen in json.loads(told["evidence"]):
            topic, time = re.findall(r"about (\w+), at (time\d+)", seen["input"])[0]
            if seen["passed"]:
                wrong[topic].add(time)
            elif seen["expected"] != "other":
                desks[topic] = seen["expected"]
                aims[topic].append(seen["rollout"])
        rules = {}
        for topic, desk in desks.items():
            but = f", but not {' or '.join(sorted(wrong[topic]))}" if wrong[topic] else ""
            rules[topic] = f"- {topic}: {desk}{but}"
        rules = {t: rule for t, rule in rules.items() if f'{rule}"' not in told["refused"]}
        if not rules:
            return json.dumps({"idea": "nothing", "edits": []})
        most = max(len(aims[topic]) for topic in rules)
        topic = draw.choice(sorted(topic for topic in rules if len(aims[topic]) == most))
        edit = {"kind": "insert", "anchor": "", "where": "after", "text": f"{rules[topic]}\n"}
        about = {"idea": rules[topic], "criteria": ["right"], "rollouts": aims[topic]}
        return json.dumps({**about, "edits": [edit]})

    return reply


def one_run(world: World, chosen: argparse.Namespace, settings: dict[str, Any]) -> Outcome:
    """Tune in the world with a fresh ledger."""
    with tempfile.TemporaryDirectory() as folder:
        run = skillopt.tune(
            skillopt.Skill(text=BASE),
            validation_set=tasks(world),
            target=target,
            optimizer=optimizer(world),
            ledger=Path(folder) / "ledger.db",
            rounds=chosen.rounds,
            patience=chosen.rounds,
            max_calls=chosen.max_calls,
            deterministic=True,
            seed=world.seed,
            **settings,
        )
    calls = run.rounds[-1].spent.calls if run.rounds else run.usage.calls
    return Outcome(100 * run.record.sealed.difference if run.record.sealed else 0.0, calls)


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--seeds", type=int, default=20)
    options.add_argument("--rounds", type=int, default=40)
    options.add_argument("--max-calls", type=int, default=3000)
    chosen = options.parse_args()
    found: dict[str, list[Outcome]] = {name: [] for name in ARMS}
    for seed in range(chosen.seeds):
        world = drawn(seed)
        for name, settings in ARMS.items():
            found[name].append(one_run(world, chosen, settings))
        last = ", ".join(
            f"{name} {some[-1].gain:+.1f} in {some[-1].calls}" for name, some in found.items()
        )
        print(f"seed {seed}: {last}", file=sys.stderr, flush=True)
    rows: dict[str, Callable[[Outcome], float]] = {
        "gain on the sealed test, points": lambda one: one.gain,
        "calls": lambda one: one.calls,
        "points per 100 calls": lambda one: one.rate,
    }
    for name, outcomes in found.items():
        print(f"\n{name} ({len(outcomes)} runs)")
        for label, value in rows.items():
            print(f"  {label:34} {interval([value(one) for one in outcomes])}")
    for other in ("no lessons", "off"):
        for label, value in rows.items():
            pairs = zip(found["lessons"], found[other], strict=True)
            print(
                f"lessons less {other}, {label}: {interval([value(a) - value(b) for a, b in pairs])}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
