"""What a validation set lets the gate detect: the study's power formula on these tasks."""

from __future__ import annotations

from collections.abc import Sequence

from skillopt.core.checks import Contains, Exact, Json, Number, Regex
from skillopt.core.gate import GatePolicy, Power, Verdict, power
from skillopt.core.gate.detectable import measured_spread
from skillopt.core.task import Task
from skillopt.core.validation_set import ValidationSet

_PASS_OR_FAIL = (Exact, Contains, Regex, Number, Json)


def detectable(tasks: ValidationSet, policy: GatePolicy, *, past: Sequence[Verdict] = ()) -> Power:
    """The smallest gains the gate finds; tasks of one cluster count once.

    Args:
        tasks: the validation set.
        policy: the gate.
        past: verdicts of contests on these tasks with this target; from three on, their spread
            takes the place of a first guess.
    """
    validation = tasks.split("validation")
    units = {task.cluster or f"task {task.id}" for task in validation}
    graded = any(_graded(task) for task in validation)
    spread = measured_spread(past, {task.id: task.cluster for task in validation})
    return power(len(units), spread, policy, graded=graded)


def _graded(task: Task) -> bool:
    """Whether scores between 0 and 1 are to be expected."""
    several = len(task.checks) > 1 and task.scoring == "mean"
    return several or not all(isinstance(check, _PASS_OR_FAIL) for check in task.checks)
