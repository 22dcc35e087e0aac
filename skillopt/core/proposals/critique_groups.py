"""Critiques that say the same of several tasks, told once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from skillopt.core.proposals.critique import CauseKind, Critique
from skillopt.core.skill.similarity import topic_similarity
from skillopt.core.skill.wording import wording

ALIKE = 0.8
"""Share of words that two causes have in common to be told as one."""


class CritiqueGroup(NamedTuple):
    """One finding, on one task or more."""

    criterion: str
    cause: str
    """In the words of the first critique."""
    tasks: tuple[str, ...]
    """Ids of the train tasks it was found on, each once."""
    quotes: tuple[str, ...]
    """What was quoted for it, each once."""
    kinds: tuple[CauseKind, ...] = ()
    """What is the matter with the skill, each once."""


def grouped(critiques: Sequence[Critique], tasks: Mapping[str, str]) -> tuple[CritiqueGroup, ...]:
    """Critiques in their order, those that are nearly identical in one group.

    Two are nearly identical if they name the same criterion, and their causes say the same with the
    same numbers, names and quoted words.

    Args:
        critiques: of one round.
        tasks: the task's id by the critique's id of the rollout.
    """
    groups: list[list[Critique]] = []
    for critique in critiques:
        alike = (group for group in groups if _say_the_same(group[0], critique))
        group = next(alike, None)
        if group is None:
            groups.append([critique])
        else:
            group.append(critique)
    return tuple(_group(group, tasks) for group in groups)


def _say_the_same(one: Critique, other: Critique) -> bool:
    if one.criterion != other.criterion:
        return False
    if one.cause == other.cause:
        return True
    same_marks = wording(one.cause).marks == wording(other.cause).marks
    return same_marks and topic_similarity(one.cause, other.cause) >= ALIKE


def _group(critiques: Sequence[Critique], tasks: Mapping[str, str]) -> CritiqueGroup:
    named = (tasks[one.rollout] for one in critiques if one.rollout in tasks)
    return CritiqueGroup(
        criterion=critiques[0].criterion,
        cause=critiques[0].cause,
        tasks=tuple(dict.fromkeys(named)),
        quotes=tuple(dict.fromkeys(one.quote for one in critiques)),
        kinds=tuple(dict.fromkeys(one.kind for one in critiques if one.kind)),
    )
