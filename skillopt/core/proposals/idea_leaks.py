"""Leaks in the sentence that names a proposal's idea: later prompts quote it."""

from __future__ import annotations

from skillopt.core.evaluation.leak_index import LeakIndex
from skillopt.core.proposals.leak import Leak, LeakPolicy, leaks
from skillopt.core.skill.skill import Skill


def leaks_in_idea(
    idea: str, skill: Skill, *, index: LeakIndex, policy: LeakPolicy
) -> tuple[Leak, ...]:
    """What the sentence that names an idea says of validation and test tasks.

    Args:
        idea: the sentence.
        skill: the version that the idea leads to; what it says is no leak of the idea.
        index: of the validation set.
        policy: what is screened in the skill.
    """
    if policy == "off":
        return ()
    told = skill.model_copy(update={"text": f"{skill.text}\n\n{idea}\n"})
    found = leaks(skill, told, index=index, policy="heldout")
    return tuple(
        leak.model_copy(update={"in_idea": True}) for leak in found if leak.rule != "mechanics"
    )
