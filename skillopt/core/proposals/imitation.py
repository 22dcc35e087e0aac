"""Imitation: right answers of train tasks, copied into the skill as examples.

The baseline that critiques must beat: models that are trained on the outputs of a stronger one take
over its style, not what it can do (Gudibande et al. 2023, "The False Promise of Imitating
Proprietary LLMs", arXiv 2305.15717). No model is asked.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from skillopt.core.proposals.critique import Observation
from skillopt.core.proposals.curriculum import in_turns
from skillopt.core.proposals.proposal import Draft
from skillopt.core.proposals.sampling import LONGEST_SHOWN
from skillopt.core.skill.edit import Insert, apply
from skillopt.core.skill.edit_budget import EditBudget, within
from skillopt.core.skill.skill import Skill
from skillopt.core.value import canonical_json

HEADING = "Worked examples"
"""The section that the examples go into."""

_FENCE = re.compile(r"`{3,}")
_LONGEST_IDEA = 400


class _Example(NamedTuple):
    """A train task and its right answer."""

    rollout: str
    task: str
    text: str
    answer: str
    failed: bool

    @property
    def shown(self) -> str:
        return f"Text: {self.text}\nAnswer: {self.answer}\n"


def imitation(
    skill: Skill, budget: EditBudget, observations: Sequence[Observation], *, seed: str
) -> Draft:
    """A draft that inserts as many examples as the budget allows; no edits where none is left.

    A right answer is the expected one where that is known, else the target's own where it passed.
    Different answers take turns, and tasks that failed come first among those of one answer. What
    the skill shows already is left out.

    Args:
        skill: the incumbent.
        budget: the bounds of this round.
        observations: train rollouts of the incumbent.
        seed: which of the examples are taken first, where there is room for some only.
    """
    taken: list[_Example] = []
    edit: Insert | None = None
    for example in _in_order(skill, observations, seed=seed):
        longer = _edit(skill, [*taken, example])
        if _fits(skill, longer, budget):
            taken, edit = [*taken, example], longer
    if edit is None:
        return Draft(idea="no right answer is left to copy", edits=())
    names = ", ".join(example.task for example in taken)
    return Draft(
        idea=f"examples of right answers: {names}"[:_LONGEST_IDEA],
        rollouts=tuple(example.rollout for example in taken)[:50],
        edits=(edit,),
    )


def _in_order(skill: Skill, observations: Sequence[Observation], *, seed: str) -> list[_Example]:
    """Each task once, answers in turns, failed tasks first."""
    found: dict[str, _Example] = {}
    for seen in observations:
        answer = _right_answer(seen)
        if answer and len(seen.input) <= LONGEST_SHOWN:
            example = _Example(seen.rollout, seen.task, seen.input, answer, not seen.passed)
            if not any(
                document.with_own_newlines(example.shown) in document.text
                for document in skill.documents.values()
            ):
                found.setdefault(seen.task, example)
    shuffled = sorted(found.values(), key=lambda example: example.task)
    random.Random(f"imitate {seed}").shuffle(shuffled)
    by_answer: dict[str, list[_Example]] = defaultdict(list)
    for example in sorted(shuffled, key=lambda example: not example.failed):
        by_answer[example.answer].append(example)
    return in_turns(list(by_answer.values()))


def _right_answer(seen: Observation) -> str:
    """The expected one, or the target's own where it passed; "" where none is known."""
    if seen.expected is None:
        return seen.answer if seen.passed else ""
    return seen.expected if isinstance(seen.expected, str) else canonical_json(seen.expected)


def _edit(skill: Skill, examples: Sequence[_Example]) -> Insert:
    """Examples in a fence, so that no line of theirs is a heading or a list of the skill."""
    text = "\n".join(example.shown for example in examples)
    fence = "`" * max([3, *(len(found) + 1 for found in _FENCE.findall(text))])
    fenced = f"\n{fence}\n{text}{fence}\n"
    section = next((part for part in skill.sections if part.is_at((HEADING,))), None)
    at = section.span.end if section else len(skill.text)
    before = "" if skill.text[:at].endswith(("\n", "\r")) else "\n"
    heading = "" if section else f"\n## {HEADING}\n"
    after = "" if at == len(skill.text) else "\n"
    path = section.path if section else ()
    return Insert(anchor="", where="after", section=path, text=before + heading + fenced + after)


def _fits(skill: Skill, edit: Insert, budget: EditBudget) -> bool:
    after = apply(skill, (edit,))
    return isinstance(after, Skill) and within(budget, before=skill, after=after, edits=1) is None
