"""What the rounds of a skill's run say to the rule that shares the budget out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.history.run import AcceptedRound, Round
from skillopt.core.library.allocation import SkillRecord


def skill_record(
    name: str,
    rounds: Sequence[Round],
    *,
    tasks: int,
    score: float,
    measured: Usage,
    share_of: Callable[[Usage], float],
    is_open: bool = True,
) -> SkillRecord:
    """A skill as the rule sees it; all of it is in the ledger.

    Args:
        name: the skill's, which no other of the library has.
        rounds: the decided rounds of its run.
        tasks: its validation tasks.
        score: of its first version, from 0 to 1.
        measured: what measuring that version used.
        share_of: what a usage takes of the budget.
        is_open: it takes further rounds.
    """
    marks = [share_of(measured), *(share_of(one.spent) for one in rounds)]
    return SkillRecord(
        name=name,
        size=tasks,
        score=score,
        gains=tuple(map(gain_of, rounds)),
        spent=tuple(max(0.0, after - before) for before, after in pairwise(marks)),
        is_open=is_open,
    )


def gain_of(round_: Round) -> float:
    """What a round added to the score, as the gate counts it; 0 where nothing was accepted."""
    if not isinstance(round_.decision, AcceptedRound):
        return 0.0
    verdict = round_.decision.verdict
    gain = verdict.gain if verdict.shrunk_gain is None else verdict.shrunk_gain
    return max(0.0, gain or 0.0)
