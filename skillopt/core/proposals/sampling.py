"""Which train tasks are run, and which of their rollouts the optimizer sees. Seeded, no chance."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from typing import TypeVar

from skillopt.core.evaluation.rollout import Graded
from skillopt.core.evaluation.task import Task
from skillopt.core.proposals.critique import Observation

_One = TypeVar("_One")


def train_order(tasks: Sequence[Task], *, seed: int, number: int) -> tuple[Task, ...]:
    """The train tasks in the order in which round ``number`` runs them."""
    order = sorted(tasks, key=lambda task: task.id)
    random.Random(f"train {seed} {number}").shuffle(order)
    return tuple(order)


def evidence_sample(rollouts: Sequence[Graded], *, most: int) -> tuple[Graded, ...]:
    """At most ``most`` rollouts to learn from: failures of all kinds, and clean successes beside.

    Failures take up to three quarters; kinds of failure (the criteria that are not met) take turns,
    so that a frequent kind does not hide the others. Successes are those with every check fully
    met (GRPO-RoC: keep diverse failures, filter successes for quality).
    """
    kinds: dict[tuple[str, ...], list[Graded]] = defaultdict(list)
    for rollout in rollouts:
        if not rollout.passed:
            kinds[_kind(rollout)].append(rollout)
    clean = [rollout for rollout in rollouts if rollout.passed]
    room = max(most - len(clean), most * 3 // 4)
    failures = in_turns(list(kinds.values()))[:room]
    return (*failures, *clean[: most - len(failures)])


def observe(rollouts: Sequence[Graded], tasks: Sequence[Task]) -> tuple[Observation, ...]:
    """The rollouts as the optimizer sees them; ids are short and stand for places in the list."""
    by_id = {task.id: task for task in tasks}
    return tuple(
        Observation(
            rollout=f"r{index}",
            task=rollout.task_id,
            input=_clipped(by_id[rollout.task_id].text),
            answer=_clipped(rollout.answer),
            expected=by_id[rollout.task_id].expected,
            score=round(rollout.score, 4),
            passed=rollout.passed,
            feedback=_feedback(rollout),
        )
        for index, rollout in enumerate(rollouts, start=1)
    )


LONGEST_SHOWN = 6000
"""Characters of one input or answer that a prompt shows; the middle of a longer one is left out."""


def _clipped(text: str) -> str:
    if len(text) <= LONGEST_SHOWN:
        return text
    half = LONGEST_SHOWN // 2
    return f"{text[:half]}\n[… {len(text) - 2 * half} characters left out …]\n{text[-half:]}"


def _feedback(rollout: Graded) -> tuple[str, ...]:
    if rollout.target_error:
        return (f"the target failed: {rollout.target_error}",)
    return tuple(
        f"{result.criterion}: {result.feedback}" if result.feedback else result.criterion
        for result in rollout.results
        if result.score < 1
    )


def _kind(rollout: Graded) -> tuple[str, ...]:
    return tuple(result.criterion for result in rollout.results if result.score < 1)


def in_turns(groups: list[list[_One]]) -> list[_One]:
    """One of each group, then the second of each, and so on."""
    longest = max(map(len, groups), default=0)
    return [group[index] for index in range(longest) for group in groups if index < len(group)]
