"""The scene of a proposal: all that a plan is made from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from skillopt.adapters.practice.evidence import Need, Seen
from skillopt.adapters.practice.language import Rule, RuleBook
from skillopt.core.skill.edit_budget import EditBudget
from skillopt.core.skill.skill import Skill


class Scene(NamedTuple):
    """A skill, what is shown of it, and how far it may be changed."""

    skill: Skill
    book: RuleBook
    seen: Sequence[Seen]
    needs: Sequence[Need]
    refused: str
    budget: EditBudget
    broken: frozenset[int] = frozenset()
    """Places of what is shown that a refused proposal broke, as its lesson says."""


def is_locked(skill: Skill, rule: Rule) -> bool:
    """Whether no edit may touch the rule."""
    return any(region.touches(rule.span) for region in skill.locked)


def sentence_of(skill: Skill, rule: Rule) -> str:
    """The rule as it stands in the skill."""
    return skill.text[rule.span.start : rule.span.end]


def noun_of(text: str) -> str:
    """What the skill's own rules call the input: `ticket` in `When the ticket mentions`."""
    found = re.search(r"\b(?:When|If) the (\w{1,30}) (?:mentions|contains|says)\b", text)
    return found[1] if found else "request"
