"""How many calls a small search takes: four rules to learn, one a proposal.

    python -m tests.benchmarks.mock_rules [--seeds 20]

Eight train tasks, eight validation tasks and eight test tasks; each of four rules decides two of
each split. The target follows the rules that the skill states, and nothing else. The optimizer
reads its prompt: it critiques the failures it is shown, and proposes the one rule that most of them
ask for. Counted up to the last acceptance, in two ways: rollouts are calls of the target, for the
baseline, the train tasks and the gate (GEPA's metric calls are counted so); calls have the
optimizer's requests as well.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import skillopt
from skillopt.core.evaluation.checks import Exact
from skillopt.core.history.run import AcceptedRound
from skillopt.core.quoting import blocks

RULES = {
    "refund": ("money back", "charged twice"),
    "parcel": ("never arrived", "wrong address"),
    "login": ("password forgotten", "locked out"),
    "praise": ("thank you", "well done"),
}
SPLITS = ("train", "validation", "test")
SKILL = skillopt.Skill(text="# Which queue\n\nAnswer with the name of the queue.\n")

Messages = list[dict[str, str]]


class Spent(NamedTuple):
    """What a run had paid when it accepted its last rule."""

    calls: int
    rollouts: int
    """Calls of the target."""
    accepted: int


def tasks() -> skillopt.ValidationSet:
    """Two tasks of each rule in each split."""
    made = tuple(
        skillopt.Task(
            id=f"{split}-{queue}-{number}",
            split=split,
            input=f"{split} letter {number}: {words}, please see to it.",
            expected=queue,
            checks=(Exact(type="exact", criterion="queue"),),
        )
        for split in SPLITS
        for queue, phrases in RULES.items()
        for number, words in enumerate(phrases, start=1)
    )
    return skillopt.ValidationSet(name="queues", criteria={"queue": "The right one."}, tasks=made)


def target(skill: str, letter: str) -> str:
    """Follows the rules that the skill states."""
    known = re.findall(r"^- queue (\w+)$", skill, re.MULTILINE)
    return next((queue for queue in known if any(said in letter for said in RULES[queue])), "other")


def optimizer(messages: Messages) -> str:
    """One critique for each failure; then the rule that most of the failures shown ask for."""
    data = blocks(messages[1]["content"])
    wrong = [seen for seen in json.loads(data["evidence"]) if not seen["passed"]]
    if "limits" not in data:
        return json.dumps({"critiques": [critique(seen) for seen in wrong]})
    queue, _ = Counter(seen["expected"] for seen in wrong).most_common(1)[0]
    answered = [seen for seen in wrong if seen["expected"] == queue]
    edit = {"kind": "insert", "anchor": "", "where": "after", "text": f"- queue {queue}\n"}
    return json.dumps(
        {
            "idea": f"Name the queue {queue}.",
            "criteria": ["queue"],
            "rollouts": [seen["rollout"] for seen in answered],
            "predicted_gain": 0.25,
            "edits": [edit],
        }
    )


def critique(seen: dict[str, Any]) -> dict[str, str]:
    """What a failure violates, with words of it."""
    return {
        "rollout": seen["rollout"],
        "criterion": "queue",
        "quote": seen["input"][:20],
        "cause": f"No rule names the queue {seen['expected']}.",
    }


def spent(seed: int, **settings: Any) -> Spent:
    """One run with a ledger of its own."""
    with tempfile.TemporaryDirectory() as folder:
        run = skillopt.tune(
            SKILL,
            validation_set=tasks(),
            target=target,
            optimizer=optimizer,
            ledger=Path(folder) / "ledger.db",
            deterministic=True,
            seed=seed,
            **settings,
        )
    accepted = [each for each in run.rounds if isinstance(each.decision, AcceptedRound)]
    last = accepted[-1] if accepted else run.rounds[-1]
    asked = 2 * last.number
    return Spent(last.spent.calls, last.spent.calls - asked, len(accepted))


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--seeds", type=int, default=20)
    chosen = options.parse_args()
    found = [spent(seed) for seed in range(chosen.seeds)]
    for name in Spent._fields:
        values = [getattr(one, name) for one in found]
        print(f"{name:9} mean {statistics.mean(values):5.1f}, {min(values)} to {max(values)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
