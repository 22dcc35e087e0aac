"""Trigger sets: requests that should load a skill, and others that should not.

A better body that is never loaded is no gain, so the requests become tasks of the validation set
and count in the gate as its other tasks do. The format is that of Anthropic's skill-creator
(`[{"query": ..., "should_trigger": ...}]`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import Field

from skillopt.core.evaluation.checks import SkillLoaded
from skillopt.core.evaluation.task import Split, Task
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.value import Value, text_hash

TAG = "trigger"
"""The tag of the tasks that are trigger queries."""

_IN_TURN: dict[bool, tuple[Split, ...]] = {
    True: ("validation", "train", "test", "validation", "validation"),
    False: ("test", "validation", "train", "validation", "validation"),
}
"""Of those that should trigger and of those that should not: both are in every split, and two of
each are enough for three splits."""


class TriggerQuery(Value):
    """A request, and whether the skill should be loaded for it."""

    query: str = Field(min_length=1)
    should_trigger: bool


def trigger_tasks(queries: Sequence[TriggerQuery], *, skill: str) -> tuple[Task, ...]:
    """A task for each query: the target is shown descriptions, and says what it would load.

    The splits follow from a hash of the queries, stratified: of five that should trigger three are
    for validation, one for training, and one for the test, and likewise of those that should not.

    Args:
        queries: no two of them the same.
        skill: the skill's name.
    """
    placed = dict(_placed(queries))
    return tuple(
        Task(
            id=f"{TAG}-{text_hash(one.query)[:12]}",
            split=placed[one],
            input=one.query,
            checks=(
                SkillLoaded(
                    type="skill_loaded",
                    skill=skill,
                    absent=not one.should_trigger,
                ),
            ),
            tags=(TAG,),
            loading=True,
        )
        for one in queries
    )


def with_triggers(
    tasks: ValidationSet, queries: Sequence[TriggerQuery], *, skill: str
) -> ValidationSet:
    """``tasks`` with the queries among them.

    Raises:
        ValidationSetError: one of them is a task already.
    """
    added = trigger_tasks(queries, skill=skill)
    fields = {name: getattr(tasks, name) for name in ValidationSet.model_fields}
    return ValidationSet(**{**fields, "tasks": (*tasks.tasks, *added)})


def trigger_set(queries: Sequence[TriggerQuery], *, skill: str) -> ValidationSet:
    """The queries alone, as a validation set.

    Raises:
        ValidationSetError: too few of them: one of its splits would be empty.
    """
    return ValidationSet(name=f"triggers of {skill}", tasks=trigger_tasks(queries, skill=skill))


def _placed(queries: Sequence[TriggerQuery]) -> Iterator[tuple[TriggerQuery, Split]]:
    for side in (True, False):
        own = [one for one in queries if one.should_trigger is side]
        own.sort(key=lambda one: text_hash(one.query))
        for number, one in enumerate(own):
            yield one, _IN_TURN[side][number % len(_IN_TURN[side])]
