"""What the first version of a run and the last correct by themselves, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from skillopt.core.evaluation.task import Task
from skillopt.core.probes.means import Mean
from skillopt.core.probes.report import SecondAttempts, differences, probed
from skillopt.core.probes.runs import ProbeRuns
from skillopt.core.value import Value


class Corrections(Value):
    """Second attempts of both versions on the validation tasks; None where one could not answer."""

    first: SecondAttempts | None
    last: SecondAttempts | None
    """None also where the run ended with the first version."""
    difference: Mean | None
    """Gain of the second attempt, last minus first version, paired by task."""


def corrections(first: ProbeRuns, last: ProbeRuns | None, tasks: Sequence[Task]) -> Corrections:
    """Both versions' second attempts.

    Args:
        first: rollouts of the version the run started from.
        last: those of the version it ended with; None where that is the same.
        tasks: the tasks.
    """
    apart = differences(first, last, tasks) if last else {}
    return Corrections(
        first=_attempts(first, tasks),
        last=_attempts(last, tasks) if last else None,
        difference=apart.get("second_gain"),
    )


def _attempts(runs: ProbeRuns, tasks: Sequence[Task]) -> SecondAttempts | None:
    found = probed(runs, tasks)
    return found.second_attempts if found else None
