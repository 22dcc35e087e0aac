"""The train tasks that a proposal is meant to fix, and whether it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from skillopt.core.proposals.critique import Critique, Observation
from skillopt.core.proposals.proposal import Draft
from skillopt.core.value import Value

Became = Literal["fixed", "better", "not fixed", "not run"]


class Aim(Value):
    """A train task that a proposal was meant to fix."""

    task: str
    became: Became
    """What the candidate made of it: `better` is a higher score that is not a pass."""


def aims_of(
    draft: Draft, observations: Sequence[Observation], critiques: Sequence[Critique]
) -> tuple[str, ...]:
    """Ids of the tasks that ``draft`` is meant to fix, of those that were shown.

    The tasks it names; where it names none of them, those of the rollouts and critiques it cites.

    Args:
        draft: what the optimizer proposed.
        observations: what it was shown.
        critiques: what it was shown of them, `c1` being the first.
    """
    named = set(draft.fixes)
    found = [one.task for one in observations if one.task in named]
    if not found:
        answered = set(draft.critiques)
        cited = {
            one.rollout for place, one in enumerate(critiques, start=1) if f"c{place}" in answered
        }
        found = [one.task for one in observations if one.rollout in cited | set(draft.rollouts)]
    return tuple(dict.fromkeys(found))


def aims_met(
    aims: Sequence[str], *, before: Mapping[str, float], after: Mapping[str, float]
) -> tuple[Aim, ...]:
    """What the candidate made of each aim.

    Args:
        aims: ids of the tasks.
        before: the incumbent's mean scores by task.
        after: the candidate's, on the tasks it was run on.
    """
    return tuple(Aim(task=task, became=_became(task, before, after)) for task in aims)


def _became(task: str, before: Mapping[str, float], after: Mapping[str, float]) -> Became:
    if task not in after:
        return "not run"
    if after[task] >= 1:
        return "fixed"
    return "better" if after[task] > before.get(task, 1.0) else "not fixed"
