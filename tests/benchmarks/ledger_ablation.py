"""Does the ledger's conditioning pay? The same tuning with it on and off.

    python tests/benchmarks/ledger_ablation.py [--seeds 20] [--skills NAME ...] [--max-calls 2500]

For each seed and sample skill two runs are made with the practice models, alike but for
`conditioning`: same seed, same tasks, same limit of spend, each with a ledger of its own. The seed
shapes the order of tasks, the gate's draws and the mentor's choices. A run goes on until the limit
is spent (or the rounds are over). Printed for each arm, with 95 % intervals over all runs
(percentile bootstrap):

- rollouts that the gate asked for on proposals whose edits it had rejected before on the same
  version, and on those that were such a rejected idea in other words;
- proposals tested again on a later version, and how many of them were accepted then;
- model calls for each point gained on the sealed test, over all runs;
- the final gain on the sealed test, in points.

Arms: `on` (the default), `off`, `on, no retests` (a rejection stands whatever the skill has become),
and with `--all-arms` conditioning with per-edit ablation, and without the train check.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import skillopt
from skillopt.app.result import Run
from skillopt.core.history.run import RefusedRound, Round
from skillopt.core.skill.similarity import DEFAULT_SIMILARITY, similarity

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ("triage-support-tickets", "changelog-lines", "schedule-to-cron")
ARMS: dict[str, dict[str, Any]] = {
    "on": {},
    "off": {"conditioning": False, "train_check": False},
    "on, no retests": {"reopen": False},
    "on, with ablation": {"ablate": True},
    "on, without train check": {"train_check": False},
}
DRAWS = 4000


class Outcome(NamedTuple):
    """What one run came to."""

    exact: int
    """Rollouts asked for on edits that had been rejected on the same version."""
    alike: int
    """Rollouts asked for on such ideas in other words."""
    stopped: int
    """Proposals that the screen knew, first tries included."""
    contests: int
    retests: int
    """Of those, proposals rejected on an earlier version of the skill."""
    retests_accepted: int
    calls: int
    gain: float
    """On the sealed test, in points."""


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--seeds", type=int, default=20)
    options.add_argument("--skills", nargs="+", default=list(SAMPLES), choices=SAMPLES)
    options.add_argument("--rounds", type=int, default=40)
    options.add_argument("--max-calls", type=int, default=2500)
    options.add_argument("--max-edits", type=int, default=4, help="edits of one proposal")
    options.add_argument("--noise", type=float, default=0.0, help="the reader's unreliability")
    options.add_argument("--all-arms", action="store_true")
    chosen = options.parse_args()
    arms = ARMS if chosen.all_arms else dict(itertools.islice(ARMS.items(), 3))
    found: dict[str, list[Outcome]] = {name: [] for name in arms}
    began = time.perf_counter()
    for skill in chosen.skills:
        for seed in range(chosen.seeds):
            for name, settings in arms.items():
                found[name].append(one_run(skill, seed, settings, chosen))
            print(progress(skill, seed, found), file=sys.stderr, flush=True)
    for name, outcomes in found.items():
        report(name, outcomes)
    for other in ("off", "on, no retests"):
        compare(found["on"], found[other], other)
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
            max_edits=chosen.max_edits,
            optimizer_params={"seed": seed},
            target_params={"noise": chosen.noise} if chosen.noise else {},
            **settings,
        )
    return outcome_of(run)


def outcome_of(run: Run) -> Outcome:
    rejected: list[Round] = []
    exact = alike = 0
    for round_ in run.rounds:
        verdict = round_.decision.verdict
        if verdict is None or round_.proposal is None:
            continue
        proposal = round_.proposal
        if any(known_edits(known, round_) for known in rejected):
            exact += verdict.rollouts
        elif any(reworded(known, round_) for known in rejected):
            alike += verdict.rollouts
        if isinstance(round_.decision, RefusedRound) and verdict.outcome == "rejected":
            rejected.append(round_)
        assert proposal.edits
    tries = [round_.first_try for round_ in run.rounds if round_.first_try]
    refused = [round_.decision for round_ in run.rounds if round_.decision.kind == "refused"]
    sealed = run.record.sealed
    return Outcome(
        exact=exact,
        alike=alike,
        stopped=sum(stop.code in {"known", "alike"} for stop in (*tries, *refused)),
        contests=sum(round_.decision.verdict is not None for round_ in run.rounds),
        retests=sum(bool(round_.retests) for round_ in run.rounds),
        retests_accepted=sum(
            bool(round_.retests) and round_.decision.kind == "accepted" for round_ in run.rounds
        ),
        calls=run.usage.calls,
        gain=100 * sealed.difference if sealed else 0.0,
    )


def known_edits(known: Round, round_: Round) -> bool:
    """The same edits of the same version: what nobody should pay for twice."""
    assert known.proposal
    assert round_.proposal
    if known.parent != round_.parent:
        return False
    return known.proposal.edits_digest == round_.proposal.edits_digest


def reworded(known: Round, round_: Round) -> bool:
    """A rejected idea of the same version, in other words."""
    same = known.parent == round_.parent
    return same and similarity(known.changes, round_.changes) >= DEFAULT_SIMILARITY


def report(name: str, outcomes: Sequence[Outcome]) -> None:
    print(f"\nconditioning {name} ({len(outcomes)} runs)")
    rows: dict[str, Callable[[list[Outcome]], float]] = {
        "rollouts on edits rejected before, per run": lambda some: mean(o.exact for o in some),
        "rollouts on rejected ideas in other words": lambda some: mean(o.alike for o in some),
        "proposals stopped by the screen, per run": lambda some: mean(o.stopped for o in some),
        "proposals at the gate, per run": lambda some: mean(o.contests for o in some),
        "of them tested again on a later version": lambda some: mean(o.retests for o in some),
        "and then accepted": lambda some: mean(o.retests_accepted for o in some),
        "calls per run": lambda some: mean(o.calls for o in some),
        "calls per point gained": per_point,
        "gain on the sealed test, points": lambda some: mean(o.gain for o in some),
    }
    for label, statistic in rows.items():
        low, high = interval(outcomes, statistic)
        print(f"  {label:45} {statistic(list(outcomes)):9.2f}  [{low:.2f}, {high:.2f}]")


def compare(on: Sequence[Outcome], off: Sequence[Outcome], name: str) -> None:
    """Runs of one seed and skill are pairs."""
    pairs = [one.gain - other.gain for one, other in zip(on, off, strict=True)]
    draw = np.random.default_rng(0)
    means = np.array(pairs)[draw.integers(0, len(pairs), (DRAWS, len(pairs)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    print(f"\ngain, on less {name}: {statistics.mean(pairs):+.2f} points [{low:+.2f}, {high:+.2f}]")


def per_point(outcomes: list[Outcome]) -> float:
    gained = sum(outcome.gain for outcome in outcomes)
    return sum(outcome.calls for outcome in outcomes) / gained if gained > 0 else float("inf")


def mean(values: Any) -> float:
    return statistics.mean(values)


def interval(
    outcomes: Sequence[Outcome], statistic: Callable[[list[Outcome]], float]
) -> tuple[float, float]:
    """95 % of what the statistic is on runs drawn anew."""
    draw = np.random.default_rng(0)
    values = [
        statistic([outcomes[at] for at in draw.integers(0, len(outcomes), len(outcomes))])
        for _ in range(DRAWS // 4)
    ]
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def progress(skill: str, seed: int, found: dict[str, list[Outcome]]) -> str:
    last = {name: outcomes[-1] for name, outcomes in found.items()}
    cells = [f"{name}: {o.gain:+.1f} ({o.contests} at the gate)" for name, o in last.items()]
    return f"{skill} seed {seed}: " + "; ".join(cells)


if __name__ == "__main__":
    sys.exit(main())
