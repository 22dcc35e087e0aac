"""What earlier rounds tell of train tasks: how each version did on them, and what is answered."""

from __future__ import annotations

from collections.abc import Sequence

from skillopt.core.history.run import AcceptedRound, Round
from skillopt.core.proposals.curriculum import Attempt, Record

OTHER = "other conditions"
"""Stands for a version that was run with another target, other tasks or another gate."""


def task_records(rounds: Sequence[Round], *, context: str) -> dict[str, Record]:
    """The records of the tasks that ``rounds`` ran, by their ids.

    Args:
        rounds: decided rounds of the skill, oldest first.
        context: hash of the present conditions; elsewhere a version may do otherwise.
    """
    records: dict[str, Record] = {}
    for round_ in rounds:
        version = round_.parent if round_.context == context else OTHER
        for chosen in round_.chosen:
            if chosen.score is None:
                continue
            attempt = Attempt(version, chosen.score, chosen.missed)
            before = records.get(chosen.task, Record())
            kept = tuple(one for one in before.attempts if one.version != version)
            again = len(kept) < len(before.attempts)
            records[chosen.task] = Record((*kept, attempt), before.answered and again)
        if isinstance(round_.decision, AcceptedRound):
            for task in round_.aims:
                records[task] = records.get(task, Record())._replace(answered=True)
    return records
