"""The curriculum: which train tasks a round runs, in which order, and when it has seen enough.

A task teaches where the target half-solves it, and nothing where it always passes (self-improving
transformers go from easy to hard along what they can nearly do; Lee et al. 2025). So the tasks come
by their record with earlier versions, and are run only until there are failures enough to propose
from: every rollout more would be paid for nothing. What the incumbent has answered before comes
first and costs nothing.

Once a proposal on a version was refused, the next one needs other evidence: then minibatches are
drawn at random. (The same evidence in every round brings the same proposals; measured.) So are they
where the gate's test is dear beside a minibatch: there, a proposal from fewer failures fixes fewer,
and the next one's test costs more than was saved (measured, too).
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, TypeVar

from pydantic import Field

from skillopt.core.evaluation.task import Task
from skillopt.core.value import Value, is_empty

Item = TypeVar("Item")

FAILURES = 1 / 3
RUN = 1 / 2
"""Failures that are wanted, and tasks that are run for them at most, for each task that a proposal
is tested on at the gate: what is dear to test is worth more evidence than what is cheap."""

DEAR = 1 / 3
"""Share of a minibatch that a test's tasks make where the whole of it is worth its price. With more
tasks at the gate the curriculum took more calls and gained less; with 8 the gain was the same."""

BESIDE = 3
"""One success is wanted beside so many failures: it shows what an edit must not break."""

OFTEN = 3
"""Versions that fail a task, none solving it, before it waits for the others."""


class Why(StrEnum):
    """Why a task was run, in the order in which tasks are run."""

    PASSES = "passes on this version"
    """Known and free: beside the failures it shows what the skill gets right."""
    FAILS = "fails on this version"
    """Known and free."""
    HALF_SOLVED = "half solved"
    """The last version got a part of it or some trials, or lost what an earlier one had."""
    FAILED = "failed before"
    NEW = "never run"
    ANSWERED = "an accepted edit should fix it"
    UNSOLVED = "no version solves it"
    PASSED = "passed before"
    DRAWN = "drawn at random"
    """In no order: the curriculum is off, a proposal on this version was refused, or the gate's
    test is dear."""


class Chosen(Value):
    """A train task that a round ran."""

    task: str
    why: Why
    score: float | None = Field(default=None, ge=0, le=1)
    """Mean of its trials; None where none had a result."""
    missed: tuple[str, ...] = Field(default=(), exclude_if=is_empty)
    """The criteria that were not fully met."""


class Attempt(NamedTuple):
    """How one version did on a task."""

    version: str
    score: float
    missed: tuple[str, ...] = ()


class Record(NamedTuple):
    """What is known of a task from earlier rounds."""

    attempts: tuple[Attempt, ...] = ()
    """One for each version it was run with, the latest last."""
    answered: bool = False
    """A proposal meant to fix it was accepted since."""


class Choice(NamedTuple):
    """A task to run, and why."""

    task: Task
    why: Why


LIKELY = (Why.ANSWERED, Why.PASSED)
"""Tasks that are likely to pass: clean successes beside the failures."""

FREE = (Why.PASSES, Why.FAILS)
"""The incumbent has answered these before."""


class Curriculum(NamedTuple):
    """The tasks in their order, and how much is enough."""

    choices: tuple[Choice, ...]
    failures: int
    """Failed tasks that are enough to propose from."""
    successes: int
    """Passed tasks that are wanted beside them, as far as some are known to be likely."""
    most: int
    """Tasks that are run for it at most, unless none has failed so far."""
    batch: int | None = None
    """Tasks that are run at once; None: as many as failures are lacking."""


def curriculum(
    tasks: Sequence[Task],
    records: Mapping[str, Record],
    *,
    version: str,
    tested: int,
    shown: int,
    most: int,
    seed: str,
) -> Curriculum:
    """What a round runs.

    Args:
        tasks: the train tasks.
        records: what is known of them, by their ids.
        version: digest of the incumbent.
        tested: tasks that a proposal is tested on at the gate.
        shown: rollouts that the optimizer can be shown at most.
        most: tasks that are run at most, unless none fails.
        seed: of the order among tasks of which the same is known.
    """
    draw = random.Random(f"curriculum {seed}")
    order = sorted(tasks, key=lambda task: task.id)
    draw.shuffle(order)
    tiers: dict[Why, list[Task]] = {why: [] for why in Why}
    for task in order:
        tiers[_why(records.get(task.id, Record()), version)].append(task)
    choices = [
        Choice(task, why) for why, some in tiers.items() for task in _kinds_in_turns(some, records)
    ]
    failures = max(1, min(shown, int(tested * FAILURES)))
    return Curriculum(
        choices=tuple(choices),
        failures=failures,
        successes=failures // BESIDE,
        most=max(1, min(most, int(tested * RUN))),
    )


def worth_a_minibatch(*, tested: int, size: int) -> bool:
    """Whether the gate's test is so dear that a whole minibatch is worth its price beside it.

    A proposal from a part of the failures needs another one for the rest, and that is tested again.

    Args:
        tested: tasks that a proposal is tested on at the gate.
        size: of the minibatch.
    """
    return tested >= size * DEAR


def at_random(order: Sequence[Task], *, size: int) -> Curriculum:
    """Minibatches in a random order: ``size`` tasks at once until one of them fails."""
    choices = tuple(Choice(task, Why.DRAWN) for task in order)
    return Curriculum(choices, failures=1, successes=0, most=size, batch=size)


def next_batch(plan: Curriculum, outcomes: Mapping[str, bool | None]) -> tuple[Choice, ...]:
    """What to run next; nothing once there is enough.

    Args:
        plan: the curriculum.
        outcomes: whether the tasks run so far passed, by their ids; None without a result.
    """
    free = tuple(choice for choice in plan.choices if choice.why in FREE)
    if free and not outcomes:
        return free
    left = tuple(choice for choice in plan.choices if choice.task.id not in outcomes)
    failed = sum(passed is False for passed in outcomes.values())
    room = plan.most - (len(outcomes) - len(free))
    if failed and room <= 0:
        return ()
    lacking = plan.failures - failed
    if lacking > 0:
        return left[: plan.batch or (min(lacking, room) if room > 0 else lacking)]
    passed = sum(passed is True for passed in outcomes.values())
    likely = tuple(choice for choice in left if choice.why in LIKELY)
    return likely[: max(0, min(plan.successes - passed, room))]


def _why(record: Record, version: str) -> Why:
    if not record.attempts:
        return Why.NEW
    last = record.attempts[-1]
    passed = [attempt.score >= 1 for attempt in record.attempts]
    if last.version == version:
        return Why.PASSES if passed[-1] else Why.FAILS
    if record.answered:
        return Why.ANSWERED
    if passed[-1]:
        return Why.PASSED
    if last.score > 0 or any(passed):
        return Why.HALF_SOLVED
    return Why.UNSOLVED if len(passed) >= OFTEN else Why.FAILED


def _kinds_in_turns(tasks: Sequence[Task], records: Mapping[str, Record]) -> list[Task]:
    """Tasks that failed on different criteria take turns, so that a rare kind comes early."""
    kinds: dict[tuple[str, ...], list[Task]] = defaultdict(list)
    for task in tasks:
        attempts = records.get(task.id, Record()).attempts
        kinds[attempts[-1].missed if attempts else ()].append(task)
    return in_turns(list(kinds.values()))


def in_turns(groups: Sequence[Sequence[Item]]) -> list[Item]:
    """One of each group, then the second of each, and so on."""
    longest = max(map(len, groups), default=0)
    return [group[index] for index in range(longest) for group in groups if index < len(group)]
