"""The rollouts of a probe, and what each measure makes of them, task by task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from skillopt.core.evaluation.rollout import Graded
from skillopt.core.evaluation.variants import VariantKind
from skillopt.core.probes.agreement import agreement_by_task, same_answer
from skillopt.core.probes.means import CHANGE, SHARE, Limits, task_means

MeasureName = Literal[
    "score", "second_gain", "self_check_effect", "brier", "overconfidence", "consistency",
    "robustness", "agreement",
]  # fmt: skip
"""`second_gain`: second attempt minus first. `self_check_effect`: score with the self-check minus
without. `brier`: confidence against score. `overconfidence`: confidence minus score. `consistency`:
share of wrapped variants with the plain task's score. `robustness`: wrapped minus plain score.
`agreement`: share of pairs of runs with the same answer."""

LIMITS: dict[MeasureName, Limits] = {
    "score": SHARE,
    "second_gain": CHANGE,
    "self_check_effect": CHANGE,
    "brier": SHARE,
    "overconfidence": CHANGE,
    "consistency": SHARE,
    "robustness": CHANGE,
    "agreement": SHARE,
}
EQUAL = 1e-9
"""Scores nearer than this are equal."""


class Attempts(NamedTuple):
    """A first and a second attempt of one trial."""

    first: Graded
    second: Graded


class Checked(NamedTuple):
    """A plain rollout, and the one of the same trial that was asked for a self-check."""

    plain: Graded
    checked: Graded


class Wrapped(NamedTuple):
    """A plain rollout, and one of a wrapped variant."""

    kind: VariantKind
    plain: Graded
    wrapped: Graded

    @property
    def consistent(self) -> bool:
        """The verdict is the same."""
        return abs(self.plain.score - self.wrapped.score) < EQUAL

    @property
    def same_answer(self) -> bool:
        """The answer is the same, case, white space and a closing full stop apart."""
        return same_answer(self.plain.answer, self.wrapped.answer)


class ProbeRuns(NamedTuple):
    """What one version of a skill was run for; empty where it was not asked for."""

    plain: tuple[Graded, ...]
    attempts: tuple[Attempts, ...] = ()
    checked: tuple[Checked, ...] = ()
    wrapped: tuple[Wrapped, ...] = ()
    agreement: bool = False
    """The plain runs were repeated to see whether they agree."""


def values_of(runs: ProbeRuns) -> dict[MeasureName, dict[str, float]]:
    """Each measure's value by task; empty where it has none."""
    confident = confidences(runs.checked)
    return {
        "score": task_means((one.task_id, one.score) for one in runs.plain),
        "second_gain": task_means(
            (one.first.task_id, one.second.score - one.first.score) for one in runs.attempts
        ),
        "self_check_effect": task_means(
            (one.plain.task_id, one.checked.score - one.plain.score) for one in runs.checked
        ),
        "brier": task_means((task, (said - was) ** 2) for task, said, was in confident),
        "overconfidence": task_means((task, said - was) for task, said, was in confident),
        "consistency": task_means(
            (one.plain.task_id, float(one.consistent)) for one in runs.wrapped
        ),
        "robustness": task_means(
            (one.plain.task_id, one.wrapped.score - one.plain.score) for one in runs.wrapped
        ),
        "agreement": agreement_by_task(runs.plain) if runs.agreement else {},
    }


def confidences(checked: Sequence[Checked]) -> list[tuple[str, float, float]]:
    """Task, stated confidence and score of the answers that state one."""
    return [
        (one.checked.task_id, one.checked.assessment.confidence, one.checked.score)
        for one in checked
        if one.checked.assessment and one.checked.assessment.confidence is not None
    ]
