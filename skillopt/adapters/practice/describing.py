"""What the mentor makes of requests for which the skill was not loaded: a new description.

It adds the words with which those requests come, and none that requests for others have as often.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pydantic import ValidationError

from skillopt.adapters.practice.loading import FEWEST_SHARED, words_by_stem
from skillopt.core.evaluation.loading import Choice, described
from skillopt.core.proposals.critique import Observation
from skillopt.core.proposals.sampling import NOT_LOADED
from skillopt.core.skill.edit import Describe
from skillopt.core.skill.format_rules import LONGEST_DESCRIPTION
from skillopt.core.skill.skill import Skill

MOST_WORDS = 8
FEWEST_MISSED = 2
"""Requests: a single one says nothing of the next."""


def new_description(skill: Skill, shown: Sequence[Observation]) -> Describe | None:
    """A description under which more of what is shown loads the skill; None where none is found."""
    own = described(skill)
    old = own.description.strip()
    has = set(words_by_stem(f"{own.name} {old}"))
    missed = [words_by_stem(one.input) for one in shown if _is_missed(one, own.name)]
    theirs = [words_by_stem(one.input) for one in shown if _is_for_others(one, own.name)]
    others = Counter(stem for words in theirs for stem in words)
    added: list[str] = []
    while len(missed) >= FEWEST_MISSED and len(added) < MOST_WORDS:
        short = [words for words in missed if len(has & set(words)) < FEWEST_SHARED]
        found = Counter(stem for words in short for stem in words if stem not in has)
        worth = {stem: times - others[stem] for stem, times in found.items()}
        best = max(sorted(worth), key=worth.__getitem__, default=None)
        if best is None or worth[best] < FEWEST_MISSED:
            break
        has.add(best)
        added.append(next(words[best] for words in short if best in words))
    text = f"{old} Use it for: {', '.join(added)}.".strip()
    return Describe(text=text) if added and len(text) <= LONGEST_DESCRIPTION else None


def _is_missed(one: Observation, name: str) -> bool:
    """The skill was wanted and not loaded: for a task, or for a trigger query."""
    loads = _loads(one)
    return NOT_LOADED in one.feedback or (
        loads is not None and not one.passed and name not in loads
    )


def _is_for_others(one: Observation, name: str) -> bool:
    """A trigger query for which the skill is not wanted."""
    loads = _loads(one)
    return loads is not None and one.passed is not (name in loads)


def _loads(one: Observation) -> tuple[str, ...] | None:
    """What the answer to a trigger query loads; None for every other answer."""
    try:
        return Choice.model_validate_json(one.answer).load
    except ValidationError:
        return None
