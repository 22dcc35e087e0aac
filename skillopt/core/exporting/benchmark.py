"""An evaluation as skill-creator's `benchmark.json`, with the names that its viewer reads.

Follows `references/schemas.md` and `scripts/aggregate_benchmark.py` of skill-creator
(anthropics/skills, commits c9972af5 and 12726c43).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any, Literal

from skillopt.core.evaluation.rollout import Graded, Missing, Rollout
from skillopt.core.evaluation.task import Task
from skillopt.core.evaluation.trace import ToolCall

Configuration = Literal["with_skill", "without_skill"]

_MEASURES = ("pass_rate", "time_seconds", "tokens")


def benchmark_of(
    metadata: dict[str, str],
    tasks: Sequence[Task],
    mine: Sequence[Rollout],
    other: Sequence[Rollout] | None,
    *,
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    """The content of a `benchmark.json`.

    Args:
        metadata: the skill's name and path, the model and the time.
        tasks: that were run; an eval's number is its place among them, from 1.
        mine: rollouts of the skill.
        other: rollouts of what it is compared with; None where that is nothing.
        notes: sentences for its reader.
    """
    numbers = {task.id: number for number, task in enumerate(tasks, start=1)}
    sides: list[tuple[Configuration, Sequence[Rollout]]] = [("with_skill", mine)]
    if other is not None:
        sides.append(("without_skill", other))
    runs = [
        _run(rollout, numbers[rollout.task_id], side)
        for side, rollouts in sides
        for rollout in rollouts
        if isinstance(rollout, Graded)
    ]
    lost = sum(isinstance(rollout, Missing) for _, rollouts in sides for rollout in rollouts)
    said = [*notes, *([f"without a result, left out: {lost}"] if lost else [])]
    trials = {rollout.key.trial for rollout in mine}
    return {
        "metadata": {
            **metadata,
            "evals_run": list(numbers.values()),
            "runs_per_configuration": max(1, len(trials)),
        },
        "runs": runs,
        "run_summary": _summary(runs, [side for side, _ in sides]),
        "notes": said,
    }


def _run(rollout: Graded, number: int, side: Configuration) -> dict[str, Any]:
    texts = apart([found.criterion for found in rollout.results])
    expectations = [
        {
            "text": text,
            "passed": found.score >= 1.0,
            "evidence": found.feedback or "nothing was found against it",
        }
        for text, found in zip(texts, rollout.results, strict=True)
    ]
    passed = sum(bool(one["passed"]) for one in expectations)
    total = len(expectations)
    steps = rollout.trace.steps if rollout.trace else ()
    return {
        "eval_id": number,
        "eval_name": rollout.task_id,
        "configuration": side,
        "run_number": rollout.key.trial + 1,
        "result": {
            "pass_rate": round(passed / total, 4) if total else 0.0,
            "passed": passed,
            "failed": total - passed,
            "total": total,
            "time_seconds": round(rollout.seconds, 3),
            "tokens": rollout.usage.tokens,
            "tool_calls": sum(isinstance(step, ToolCall) for step in steps),
            "errors": int(rollout.target_error is not None),
        },
        "expectations": expectations,
        "notes": [],
    }


def apart(texts: Sequence[str]) -> list[str]:
    """Texts that differ, those that occur again with a number: the viewer finds them by text."""
    found: list[str] = []
    for text in texts:
        numbered = (f"{text} ({number})" for number in itertools.count(2))
        found.append(next(one for one in itertools.chain([text], numbered) if one not in found))
    return found


def _summary(runs: Sequence[dict[str, Any]], sides: Sequence[str]) -> dict[str, Any]:
    summary: dict[str, Any] = {}
    for side in sides:
        results = [run["result"] for run in runs if run["configuration"] == side]
        summary[side] = {name: _stats([one[name] for one in results]) for name in _MEASURES}
    mine, other = (summary.get(side) for side in ("with_skill", "without_skill"))
    if mine and other:
        differences = {name: mine[name]["mean"] - other[name]["mean"] for name in _MEASURES}
        summary["delta"] = {
            "pass_rate": f"{differences['pass_rate']:+.2f}",
            "time_seconds": f"{differences['time_seconds']:+.1f}",
            "tokens": f"{differences['tokens']:+.0f}",
        }
    return summary


def _stats(values: Sequence[float]) -> dict[str, float]:
    if not values:
        return dict.fromkeys(("mean", "stddev", "min", "max"), 0.0)
    mean = sum(values) / len(values)
    spread = sum((value - mean) ** 2 for value in values)
    stddev = math.sqrt(spread / (len(values) - 1)) if len(values) > 1 else 0.0
    found = {"mean": mean, "stddev": stddev, "min": min(values), "max": max(values)}
    return {name: round(value, 4) for name, value in found.items()}
