"""What a refusal teaches: train tasks that a refused candidate breaks, and what a repair would be.

A rejection says that an idea did not help, and nothing about why. Train tasks may be looked at, so
the candidate is run on some of them: on those its proposal aims at, and on those that its words
touch, which the proposal may never have seen. What it breaks there is a counterexample. The next
evidence shows it, so that the idea can come back narrower instead of being given up whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from skillopt.core.evaluation.similar_texts import words_of
from skillopt.core.evaluation.task import Task
from skillopt.core.proposals.refusal import Refusal, Stage, TrainEffect
from skillopt.core.proposals.screen import is_stale
from skillopt.core.skill.changes import Change
from skillopt.core.skill.skill import Skill

CHEAP = 12
"""Rollouts that are made without being asked for; a contest at the gate takes some dozens."""

AIMS = CHEAP // 3
"""Of those, rollouts of what the proposal was meant to fix, where others are touched by it."""

MOST_REPAIRED = 2
"""Rejected candidates whose tasks the evidence makes room for: the newest."""

MOST_OF_A_SIDE = 3
"""Tasks of one candidate that it broke, and that it fixed."""


def words_in(text: str) -> frozenset[str]:
    """The words of a text, without the ending of a plural."""
    return frozenset(word.removesuffix("s") for word in words_of(text) if not word.isdigit())


def touched(tasks: Sequence[Task], changes: Sequence[Change]) -> tuple[Task, ...]:
    """The tasks whose inputs have words that the changes bring or take, likeliest first.

    A word counts for less the more inputs have it; one that every other input has counts for
    nothing.
    """
    words = {task.id: words_in(task.text) for task in tasks}
    inputs = Counter(word for some in words.values() for word in some)
    moved = {
        word for change in changes for word in words_in(change.before) ^ words_in(change.after)
    }
    told = {word: 1 / inputs[word] for word in moved if 0 < 2 * inputs[word] <= len(tasks)}
    weight = {name: sum(told.get(word, 0.0) for word in some) for name, some in words.items()}
    found = [task for task in tasks if weight[task.id] > 0]
    return tuple(sorted(found, key=lambda task: (-weight[task.id], task.id)))


def telling(refusals: Sequence[Refusal], *, skill: Skill, context: str) -> tuple[str, ...]:
    """Ids of the train tasks that tell how to repair what was rejected last.

    Of each rejected candidate that broke something some tasks that it broke, and beside them some
    that it fixed: only both together show where the exception runs.

    Args:
        refusals: those of this skill, oldest first.
        skill: the incumbent; what is stale with it is left out.
        context: the digest of what a refusal is a fact about, as it is now.
    """
    effects = [
        refusal.train
        for refusal in reversed(refusals)
        if refusal.stage is Stage.GATE and refusal.train and refusal.train.broke
        if not is_stale(refusal, skill=skill, context=context)
    ]
    tasks = [
        task
        for effect in effects[:MOST_REPAIRED]
        for task in (*effect.broke[:MOST_OF_A_SIDE], *effect.mended[:MOST_OF_A_SIDE])
    ]
    return tuple(dict.fromkeys(tasks))


def lesson(effect: TrainEffect, shown: Mapping[str, str]) -> str:
    """What the effect on train tasks says a better proposal would do.

    Args:
        effect: what the refused candidate fixed and broke.
        shown: ids of the rollouts in the evidence, by task.
    """
    seen = ", ".join(f"{shown[task]} ({task})" for task in effect.broke if task in shown)
    where = f"; the evidence shows what it broke: {seen}" if seen else ""
    match bool(effect.mended), bool(effect.broke):
        case True, True:
            return (
                "right where it mended and too wide where it broke: keep the part that mended, "
                f"add an exception for what it broke, or leave out the part that broke it{where}"
            )
        case True, False:
            return (
                "it mended what it was written for and too little beyond: a rule that is true of "
                "more tasks is needed, or the idea together with another one"
            )
        case False, True:
            return f"it only does harm: do not come back to it{where}"
        case _:
            return "the target answers as before: the words do not reach the failure"
