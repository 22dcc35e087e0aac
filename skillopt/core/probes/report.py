"""What a probe found of one version, and how two versions differ."""

from __future__ import annotations

from collections.abc import Sequence

from skillopt.core.evaluation.calibration import ReliabilityRow, reliability, skill_score
from skillopt.core.evaluation.task import Task
from skillopt.core.evaluation.variants import ALL_KINDS, VariantKind
from skillopt.core.probes.agreement import Agreement, agreement_of, same_answer
from skillopt.core.probes.means import CHANGE, Mean, difference_of, mean_of, task_means
from skillopt.core.probes.runs import (
    LIMITS,
    Attempts,
    Checked,
    MeasureName,
    ProbeRuns,
    Wrapped,
    confidences,
    values_of,
)
from skillopt.core.value import Value


class SecondAttempts(Value):
    """First against second attempts."""

    first: Mean
    second: Mean
    gain: Mean
    """Second minus first, paired by task."""
    attempts: int
    """Pairs of a first and a second attempt."""
    failed: int
    """First attempts that did not pass."""
    repaired: int
    """Those of them whose second attempt passed."""
    passed: int
    """First attempts that passed."""
    broken: int
    """Those of them whose second attempt did not pass."""
    changed: int
    """Second attempts with another answer."""


class SelfCheck(Value):
    """The target's assessment of its own answers against their grades."""

    score: Mean
    """Of the answers without their assessments."""
    effect: Mean
    """What asking for the assessment does to the score: with minus without, paired by task."""
    answers: int
    assessed: int
    """Answers that state a confidence which can be read; what follows rests on these."""
    brier: Mean | None
    """Mean squared distance of confidence and score: 0 is perfect, 0.25 is always saying 50 %."""
    skill: float | None
    """1 - Brier score / that of always stating the mean score; None where all scores are equal."""
    confidence: Mean | None
    overconfidence: Mean | None
    """Confidence minus score."""
    table: tuple[ReliabilityRow, ...]


class OfKind(Value):
    """The variants of one kind."""

    kind: VariantKind
    variants: int
    consistency: Mean
    robustness: Mean


class Variants(Value):
    """Wrapped variants against the plain tasks."""

    variants: int
    consistency: Mean
    """Share with the same verdict as the plain task."""
    same_answer: Mean
    """Share with the same answer."""
    plain: Mean
    wrapped: Mean
    robustness: Mean
    """Wrapped minus plain score, paired by task."""
    kinds: tuple[OfKind, ...]


class Probed(Value):
    """One version of a skill; None for what was not asked for, or could not be had."""

    score: Mean
    """Of the plain rollouts."""
    second_attempts: SecondAttempts | None = None
    self_check: SelfCheck | None = None
    variants: Variants | None = None
    agreement: Agreement | None = None


def probed(runs: ProbeRuns, tasks: Sequence[Task]) -> Probed | None:
    """What the rollouts show; None where no plain rollout has an outcome."""
    values = values_of(runs)
    score = mean_of(values["score"], tasks)
    if score is None:
        return None
    most = max(_counts(runs).values())
    return Probed(
        score=score,
        second_attempts=_second(runs.attempts, tasks) if runs.attempts else None,
        self_check=_self_check(runs.checked, tasks) if runs.checked else None,
        variants=_variants(runs.wrapped, tasks) if runs.wrapped else None,
        agreement=agreement_of(values["agreement"], values["score"], tasks, runs=most),
    )


def differences(
    first: ProbeRuns, last: ProbeRuns, tasks: Sequence[Task]
) -> dict[MeasureName, Mean]:
    """How far ``last`` differs from ``first`` in each measure that both have."""
    before, after = values_of(first), values_of(last)
    found = {
        name: difference_of(before[name], after[name], tasks, limits=limits)
        for name, limits in LIMITS.items()
    }
    return {name: mean for name, mean in found.items() if mean is not None}


def _counts(runs: ProbeRuns) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in runs.plain:
        found[one.task_id] = found.get(one.task_id, 0) + 1
    return found


def _second(attempts: Sequence[Attempts], tasks: Sequence[Task]) -> SecondAttempts:
    first = task_means((one.first.task_id, one.first.score) for one in attempts)
    second = task_means((one.first.task_id, one.second.score) for one in attempts)
    gains = {task: second[task] - first[task] for task in first}
    failed = [one for one in attempts if not one.first.passed]
    passed = [one for one in attempts if one.first.passed]
    return SecondAttempts(
        first=_known(mean_of(first, tasks)),
        second=_known(mean_of(second, tasks)),
        gain=_known(mean_of(gains, tasks, limits=CHANGE)),
        attempts=len(attempts),
        failed=len(failed),
        repaired=sum(one.second.passed for one in failed),
        passed=len(passed),
        broken=sum(not one.second.passed for one in passed),
        changed=sum(not same_answer(one.first.answer, one.second.answer) for one in attempts),
    )


def _self_check(checked: Sequence[Checked], tasks: Sequence[Task]) -> SelfCheck:
    values = values_of(ProbeRuns(plain=(), checked=tuple(checked)))
    stated = confidences(checked)
    forecasts = [(said, was) for _, said, was in stated]
    scores = task_means((one.checked.task_id, one.checked.score) for one in checked)
    return SelfCheck(
        score=_known(mean_of(scores, tasks)),
        effect=_known(mean_of(values["self_check_effect"], tasks, limits=CHANGE)),
        answers=len(checked),
        assessed=len(stated),
        brier=mean_of(values["brier"], tasks),
        skill=skill_score(forecasts) if forecasts else None,
        confidence=mean_of(task_means((task, said) for task, said, _ in stated), tasks),
        overconfidence=mean_of(values["overconfidence"], tasks, limits=CHANGE),
        table=reliability(forecasts),
    )


def _variants(wrapped: Sequence[Wrapped], tasks: Sequence[Task]) -> Variants:
    consistency, robustness = _wrapped_means(wrapped, tasks)
    same = task_means((one.plain.task_id, float(one.same_answer)) for one in wrapped)
    plain = task_means((one.plain.task_id, one.plain.score) for one in wrapped)
    inside = task_means((one.plain.task_id, one.wrapped.score) for one in wrapped)
    kinds = []
    for kind in ALL_KINDS:
        own = [one for one in wrapped if one.kind == kind]
        if own:
            steady, change = _wrapped_means(own, tasks)
            kinds.append(
                OfKind(kind=kind, variants=len(own), consistency=steady, robustness=change)
            )
    return Variants(
        variants=len(wrapped),
        consistency=consistency,
        same_answer=_known(mean_of(same, tasks)),
        plain=_known(mean_of(plain, tasks)),
        wrapped=_known(mean_of(inside, tasks)),
        robustness=robustness,
        kinds=tuple(kinds),
    )


def _wrapped_means(wrapped: Sequence[Wrapped], tasks: Sequence[Task]) -> tuple[Mean, Mean]:
    values = values_of(ProbeRuns(plain=(), wrapped=tuple(wrapped)))
    return (
        _known(mean_of(values["consistency"], tasks)),
        _known(mean_of(values["robustness"], tasks, limits=CHANGE)),
    )


def _known(mean: Mean | None) -> Mean:
    assert mean is not None, "the rollouts are of these tasks"
    return mean
