"""Tuning for a real model of this machine: examples against rules, and the gate on real noise.

    python -m tests.benchmarks.local_tuning [--seeds 5] [--runs 4]

Starts the server of `tests.benchmarks.local_model` and tunes the sample `sort-headlines` for it.

*Proposers.* For each seed two runs, alike but for who proposes: `imitate` copies right answers of
train tasks into the skill, `critique` asks the practice mentor, which writes rules in the practice
models' language. All runs share a ledger without conditioning, so that what a version answered is
looked up and no run reads of another.

*Useless acceptances.* The skill against itself at temperature 0.7: each validation task is run a
few times, and the runs are dealt to two equal skills, again and again, each deal through a gate.

Printed are one JSON object for each run and gate, and the orderings that are asserted, never exact
scores: examples gain more than rules on average, are certified on most seeds and at least as often,
and no gate accepts equal skills more often than it states, beyond the interval of what was
measured. The exit code is 1 where one of them does not hold. With one thread of a free core a seed
takes about two minutes, and each of the repeated runs half a minute.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_args

import skillopt
from skillopt.core.gate.contest import GateKind
from tests.benchmarks.local_model import serving
from tests.benchmarks.null_edits import STATED

SKILL = Path(__file__).parents[2] / "skills" / "sort-headlines" / "SKILL.md"
PROPOSERS: dict[str, dict[str, Any]] = {
    "imitate": {"proposer": "imitate"},
    "critique": {"proposer": "critique", "optimizer": "practice/mentor"},
}
NOISY = {"temperature": 0.7, "max_tokens": 12, "stop": ["\n"]}


One = TypeVar("One", "Tuned", "Alike")


class Tuned(NamedTuple):
    """What one run came to, in points on the sealed test."""

    proposer: str
    seed: int
    gained: float
    certified: bool
    accepted: int
    rounds: int
    calls: int


class Alike(NamedTuple):
    """How often a gate took one of two equal skills for the better one."""

    gate: str
    accepted: float
    low: float
    high: float
    stated: float
    flaky: int
    """Validation tasks whose score differs from run to run."""
    tasks: int


def main() -> None:
    """Measure, print, and assert the orderings."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--seeds", type=int, default=5)
    options.add_argument("--rounds", type=int, default=4)
    options.add_argument("--runs", type=int, default=4, help="of each task at temperature 0.7")
    options.add_argument("--contests", type=int, default=500)
    options.add_argument("--threads", type=int, default=1)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, serving(threads=chosen.threads) as base:
        given = {"target_api_base": base, "ledger": Path(folder) / "ledger.db"}
        tuned = list(shown(proposed(given, seeds=chosen.seeds, rounds=chosen.rounds)))
        alike = list(shown(against_itself(given, runs=chosen.runs, contests=chosen.contests)))
    held = orderings(tuned, alike)
    print(json.dumps(held, indent=1))
    sys.exit(not all(held.values()))


def proposed(given: dict[str, Any], *, seeds: int, rounds: int) -> Iterator[Tuned]:
    """Each proposer with each seed."""
    for seed in range(seeds):
        for name, settings in PROPOSERS.items():
            run = skillopt.tune(
                SKILL,
                seed=seed,
                rounds=rounds,
                conditioning=False,
                reopen_sealed=True,  # each of these runs is a measurement of its own
                write=False,
                **settings,
                **given,
            )
            sealed = run.record.sealed
            yield Tuned(
                proposer=name,
                seed=seed,
                gained=100 * sealed.difference if sealed else 0.0,
                certified=bool(sealed and sealed.certified),
                accepted=sum(one.decision.kind == "accepted" for one in run.rounds),
                rounds=len(run.rounds),
                calls=run.usage.calls,
            )


def against_itself(given: dict[str, Any], *, runs: int, contests: int) -> Iterator[Alike]:
    """The skill against itself at each gate; the rollouts are made once."""
    for gate in get_args(GateKind):
        if gate not in STATED:
            continue
        found = skillopt.aa(
            SKILL,
            runs=runs,
            contests=contests,
            gate=gate,
            deterministic=False,
            target_params=NOISY,
            **given,
        )
        assert found.false_accepts, "at this temperature answers differ"
        wrong = found.false_accepts
        yield Alike(
            gate=gate,
            accepted=wrong.rate,
            low=wrong.low,
            high=wrong.high,
            stated=STATED[gate],
            flaky=len(found.noise.flaky),
            tasks=found.tasks,
        )


def orderings(tuned: list[Tuned], alike: list[Alike]) -> dict[str, bool]:
    """What is asserted, and whether it holds."""
    gained = {name: _mean(tuned, name, lambda run: run.gained) for name in PROPOSERS}
    certified = {name: _mean(tuned, name, lambda run: run.certified) for name in PROPOSERS}
    return {
        "examples gain more than rules": gained["imitate"] > gained["critique"],
        "examples are certified on most seeds": certified["imitate"] > 0.5,
        "examples are certified at least as often": certified["imitate"] >= certified["critique"],
        **{f"{one.gate} accepts no more than it states": one.low <= one.stated for one in alike},
    }


def _mean(tuned: list[Tuned], proposer: str, value: Callable[[Tuned], float]) -> float:
    return statistics.mean(value(run) for run in tuned if run.proposer == proposer)


def shown(results: Iterator[One]) -> Iterator[One]:
    """Each result, printed as it comes."""
    for one in results:
        print(json.dumps(one._asdict()), flush=True)
        yield one


if __name__ == "__main__":
    main()
