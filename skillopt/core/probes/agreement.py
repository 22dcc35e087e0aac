"""Agreement among runs of one task: a diagnostic that never decides.

Runs that agree are often right, and a target can agree with itself on a wrong answer: agreement as
a reward ends in confident, reproducible errors (Shafayat et al. 2025, arXiv 2505.21444). So it
stands beside the score, and where the two part, that is said.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence

from skillopt.core.evaluation.rollout import Graded
from skillopt.core.evaluation.task import Task
from skillopt.core.figures import points
from skillopt.core.probes.means import ByTask, Mean, mean_of
from skillopt.core.value import Value

HIGH = 0.8
"""Agreement from which a task counts as agreed on."""
LOW = 0.5
"""A score below which a task that is agreed on counts as consistently wrong."""
FEWEST = 8
"""Tasks below which no correlation is reported."""
_NORMAL = 1.96
_NEARLY = 1 - 1e-12


class Agreement(Value):
    """How far the runs of each task agree, beside the verified score."""

    runs: int
    """Runs of each task, at most."""
    agreement: Mean
    """Share of pairs of runs with the same answer."""
    score: Mean
    """Of the same tasks."""
    correlation: float | None
    """Of agreement and score over tasks (Pearson); None for fewer than 8, or where one is the same
    everywhere."""
    consistently_wrong: tuple[str, ...]
    """Tasks with agreement of at least 0.8 and a score below 0.5."""
    partings: tuple[str, ...]
    """Sentences: where agreement and score part."""


def same_answer(one: str, other: str) -> bool:
    """Equal but for case, white space, the Unicode form and a closing full stop."""
    return _plain(one) == _plain(other)


def agreement_by_task(rollouts: Sequence[Graded]) -> dict[str, float]:
    """The share of pairs of runs with the same answer, for tasks with two runs at least."""
    answers: dict[str, list[str]] = defaultdict(list)
    for one in rollouts:
        answers[one.task_id].append(_plain(one.answer))
    return {
        task: sum(n * (n - 1) for n in Counter(said).values()) / (len(said) * (len(said) - 1))
        for task, said in answers.items()
        if len(said) > 1
    }


def agreement_of(
    agreed: ByTask, scores: ByTask, tasks: Sequence[Task], *, runs: int
) -> Agreement | None:
    """Agreement beside the score; None where no task has two runs.

    Args:
        agreed: agreement by task.
        scores: mean score by task.
        tasks: all tasks, for their weights and clusters.
        runs: of each task.
    """
    both = {task: scores[task] for task in agreed}
    agreement, score = mean_of(agreed, tasks), mean_of(both, tasks)
    if agreement is None or score is None:
        return None
    correlation = _correlation([agreed[task] for task in both], list(both.values()))
    wrong = tuple(task for task in both if agreed[task] >= HIGH and both[task] < LOW)
    partings = [_over_all(agreement, score), _over_tasks(correlation, len(both))]
    return Agreement(
        runs=runs,
        agreement=agreement,
        score=score,
        correlation=correlation,
        consistently_wrong=wrong,
        partings=tuple(filter(None, partings)),
    )


def parted_between(agreement: Mean | None, score: Mean | None) -> str | None:
    """A sentence where a version agrees more with itself than the other, and scores lower.

    Args:
        agreement: the difference in agreement, this version minus the other.
        score: the difference in score.
    """
    if agreement is None or score is None or agreement.low <= 0 or score.mean >= 0:
        return None
    return (
        f"agreement rises by {points(agreement.mean)} points while the score changes by "
        f"{points(score.mean)}: the runs agree more on wrong answers"
    )


def _over_all(agreement: Mean, score: Mean) -> str | None:
    if agreement.mean < HIGH or score.mean >= LOW:
        return None
    return (
        f"the runs agree on {agreement.mean:.0%} and score {score.mean:.0%}: here agreement is no "
        "sign of a right answer"
    )


def _over_tasks(correlation: float | None, tasks: int) -> str | None:
    """Said where a negative correlation is more than chance (Fisher's z, two-sided 95 %)."""
    if correlation is None:
        return None
    bounded = min(max(correlation, -_NEARLY), _NEARLY)
    if math.atanh(bounded) + _NORMAL / math.sqrt(tasks - 3) >= 0:
        return None
    return (
        f"tasks with more agreement score lower (correlation {correlation:.2f} over {tasks} tasks)"
    )


def _correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    count = len(one)
    if count < FEWEST:
        return None
    mean, mean_other = sum(one) / count, sum(other) / count
    squares = math.fsum((x - mean) ** 2 for x in one)
    squares_other = math.fsum((y - mean_other) ** 2 for y in other)
    if min(squares, squares_other) < _NEARLY * 1e-9:
        return None
    both = math.fsum((x - mean) * (y - mean_other) for x, y in zip(one, other, strict=True))
    return both / math.sqrt(squares * squares_other)


def _plain(answer: str) -> str:
    text = unicodedata.normalize("NFC", answer).casefold()
    return " ".join(text.split()).removesuffix(".")
