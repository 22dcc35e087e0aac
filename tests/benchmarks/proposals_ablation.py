"""Do candidates, the collapse monitor and `--prefer` pay? The same tuning with each on and off.

    python -m tests.benchmarks.proposals_ablation [--seeds 20] [--skills NAME ...] [--max-calls 1500]
    python -m tests.benchmarks.proposals_ablation --toy [--seeds 20] [--max-calls 400]

For each seed and sample skill one run is made for every arm with the practice models: same seed,
same tasks, same limit of spend, each with a ledger of its own. Printed for each arm against the
plain one, paired by seed and skill, with 95 % intervals (percentile bootstrap): the final gain on
the sealed test in points, calls, proposals at the gate, and the skill's length in characters. For
the collapse monitor also how often it bound a round.

With `--toy` target and optimizers are functions of a few lines. `careless` proposes at random: three
good edits in ten, three harmful, four that do nothing. `deaf` is that one fallen into a rote mode:
nineteen of twenty proposals do nothing, in one section, whatever the prompt says. `rote` is the same,
but does as it is told to where the prompt binds it.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import skillopt
from skillopt.app.result import Run
from skillopt.core.quoting import blocks
from tests.scripted import DESKS, SKILL, Messages, agent, draft, insert, tasks

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ("triage-support-tickets", "changelog-lines", "schedule-to-cron")
PLAIN = "plain"
ARMS: dict[str, dict[str, Any]] = {
    PLAIN: {},
    "candidates 3": {"candidates": 3},
    "collapse monitor": {"collapse_monitor": True},
    "prefer shorter": {"prefer": "shorter"},
}
DRAWS = 4000


class Outcome(NamedTuple):
    """What one run came to."""

    gain: float
    """On the sealed test, in points."""
    calls: float
    contests: float
    chars: float
    bound: float
    """Rounds that had to leave a mode."""


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--seeds", type=int, default=20)
    options.add_argument("--skills", nargs="+", default=list(SAMPLES), choices=SAMPLES)
    options.add_argument("--arms", nargs="+", default=list(ARMS), choices=list(ARMS))
    options.add_argument("--rounds", type=int, default=30)
    options.add_argument("--max-calls", type=int, default=1500)
    options.add_argument("--toy", action="store_true", help="functions instead of practice models")
    options.add_argument("--noise", type=float, default=0.0, help="the reader's unreliability")
    chosen = options.parse_args()
    arms = list(dict.fromkeys([PLAIN, *chosen.arms]))
    found: dict[str, list[Outcome]] = {name: [] for name in arms}
    began = time.perf_counter()
    worlds = TOYS if chosen.toy else chosen.skills
    for seed in range(chosen.seeds):
        for skill in worlds:
            for name in arms:
                one = toy_run if chosen.toy else one_run
                found[name].append(one(skill, seed, ARMS[name], chosen))
            last = "; ".join(f"{name}: {runs[-1].gain:+.1f}" for name, runs in found.items())
            print(f"{skill} seed {seed}: {last}", file=sys.stderr, flush=True)
    for at, world in enumerate(worlds):
        print(f"\n== {world}")
        for name in arms:
            report(name, found[name][at :: len(worlds)], found[PLAIN][at :: len(worlds)])
    print("\n== all")
    for name in arms:
        report(name, found[name], found[PLAIN])
    print(f"{sum(map(len, found.values()))} runs in {time.perf_counter() - began:.0f} s")
    return 0


def one_run(skill: str, seed: int, settings: dict[str, Any], chosen: argparse.Namespace) -> Outcome:
    """Tune a sample with a fresh ledger."""
    with tempfile.TemporaryDirectory() as folder:
        run = skillopt.tune(
            ROOT / "skills" / skill / "SKILL.md",
            ledger=Path(folder) / "ledger.db",
            write=False,
            seed=seed,
            rounds=chosen.rounds,
            patience=chosen.rounds,
            max_calls=chosen.max_calls,
            optimizer_params={"seed": seed},
            target_params={"noise": chosen.noise} if chosen.noise else {},
            **settings,
        )
    return outcome_of(run)


def toy_run(world: str, seed: int, settings: dict[str, Any], chosen: argparse.Namespace) -> Outcome:
    """Tune the desks of the tests with an optimizer of a few lines."""
    with tempfile.TemporaryDirectory() as folder:
        run = skillopt.tune(
            SKILL,
            validation_set=tasks(),
            target=agent,
            optimizer=Careless(seed, rote=world != "careless", obeys=world == "rote"),
            ledger=Path(folder) / "ledger.db",
            deterministic=True,
            seed=seed,
            rounds=chosen.rounds,
            patience=chosen.rounds,
            max_calls=chosen.max_calls,
            **settings,
        )
    return outcome_of(run)


TOYS = ("careless", "deaf", "rote")


class Careless:
    """An optimizer that draws its edits; the same prompt gets the same reply."""

    def __init__(self, seed: int, *, rote: bool, obeys: bool) -> None:
        self._seed, self._rote, self._obeys = seed, rote, obeys

    def __call__(self, messages: Messages) -> str:
        data = blocks(messages[1]["content"])
        if "limits" not in data:
            return json.dumps({"critiques": []})
        draw = random.Random(f"{self._seed} {messages[-1]['content']}")
        name = draw.randrange(10**6)
        useless = insert(f"- nothing{name}: nowhere\n")
        way = json.loads(data["leave"])["way"] if self._obeys and "leave" in data else None
        luck = draw.random()
        if way == "deletion":
            lines = [line for line in data["skill"].splitlines() if line.startswith("- ")]
            return draft(
                {"kind": "delete", "anchor": draw.choice(lines) + "\n"}, idea=f"cut {name}"
            )
        if way is None and self._rote and luck > 0.05:
            return draft(useless, idea=f"idea {name}")
        unknown = [w for words in DESKS.values() for w in words if f"- {w}:" not in data["skill"]]
        if not unknown or (luck > 0.6 and way is None):
            return draft(useless, idea=f"idea {name}")
        word = draw.choice(unknown)
        desk = next(desk for desk, words in DESKS.items() if word in words)
        if luck > 0.3:
            desk, word = "nowhere", draw.choice(["bread", "Do", "The", "How", "Put"])
        elsewhere = (
            {"section": ["Which desk"], "where": "before"} if way == "another_section" else {}
        )
        return draft(insert(f"- {word}: {desk}\n", **elsewhere), idea=f"{word} goes to {desk}")


def outcome_of(run: Run) -> Outcome:
    """The figures of one run."""
    sealed = run.record.sealed
    return Outcome(
        gain=100 * sealed.difference if sealed else 0.0,
        calls=run.usage.calls,
        contests=sum(round_.decision.verdict is not None for round_ in run.rounds),
        chars=len(run.last.text),
        bound=sum(round_.leave is not None for round_ in run.rounds),
    )


def report(name: str, outcomes: Sequence[Outcome], plain: Sequence[Outcome]) -> None:
    """The arm's means, and its paired differences to the plain one."""
    print(f"\n{name} ({len(outcomes)} runs)")
    for field in Outcome._fields:
        mine = [getattr(one, field) for one in outcomes]
        pairs = [a - getattr(b, field) for a, b in zip(mine, plain, strict=True)]
        low, high = interval(pairs)
        difference = f"{statistics.mean(pairs):+9.2f} [{low:+.2f}, {high:+.2f}]"
        print(f"  {field:10} {statistics.mean(mine):9.2f}   against plain {difference}")


def interval(pairs: Sequence[float]) -> tuple[float, float]:
    """95 % of what the mean is on pairs drawn anew."""
    draw = np.random.default_rng(0)
    means = np.array(pairs)[draw.integers(0, len(pairs), (DRAWS, len(pairs)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


if __name__ == "__main__":
    sys.exit(main())
