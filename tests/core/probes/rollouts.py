"""Tasks and graded rollouts for tests of what probes make of them."""

from __future__ import annotations

from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.rollout import Graded, RolloutKey, Usage
from skillopt.core.evaluation.self_check import Assessment
from skillopt.core.evaluation.task import Task


def tasks(count: int, **more: object) -> tuple[Task, ...]:
    fields = {"split": "validation", "input": "?", "checks": (Exact(type="exact"),), **more}
    return tuple(Task.model_validate({"id": f"t{number}", **fields}) for number in range(count))


def run(
    task: str, score: float, answer: str = "", *, trial: int = 0, confidence: float | None = None
) -> Graded:
    said = None if confidence is None else Assessment(text="", confidence=confidence)
    return Graded(
        key=RolloutKey(skill="s", task=task, target="t", trial=trial),
        task_id=task,
        answer=answer,
        score=score,
        results=(),
        usage=Usage(calls=1),
        seconds=0.0,
        assessment=said,
    )
