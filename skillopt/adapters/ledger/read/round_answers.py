"""Which answers of a round's comparison were empty, cut, refused or the like."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from sqlalchemy import Connection, select

from skillopt.adapters.ledger.append.transaction import MOST_KEYS
from skillopt.adapters.ledger.schema import mapping
from skillopt.adapters.ledger.schema.tables import ROLLOUTS
from skillopt.core.evaluation.answer_faults import AnswerFault, answer_fault, counted
from skillopt.core.evaluation.rollout import Graded, RolloutKey
from skillopt.core.history.run import Round
from skillopt.core.history.views import TaskAnswers


def round_answers(connection: Connection, round_: Round) -> tuple[TaskAnswers, ...]:
    """The tasks of the verdict with such answers, in its order; pruned answers are passed over.

    A rollout is found by its key, so that one that an earlier run paid for is seen, too.
    """
    verdict = round_.decision.verdict
    if verdict is None or round_.decision.candidate is None:
        return ()
    versions = (round_.parent, round_.decision.candidate)
    runs = max((ceil(max(p.incumbent_runs, p.candidate_runs)) for p in verdict.pairs), default=0)
    keys = list(_keys(connection, round_, versions, runs))
    faults = _faults(connection, [key.digest for _, key in keys])
    found: list[TaskAnswers] = []
    for pair in verdict.pairs:
        own = [key for task, key in keys if task == pair.task]
        old, new = (
            counted(faults.get(key.digest) for key in own if key.skill == version)
            for version in versions
        )
        if old.total or new.total:
            found.append(TaskAnswers(task=pair.task, incumbent=old, candidate=new))
    return tuple(found)


def _keys(
    connection: Connection, round_: Round, versions: tuple[str, str], runs: int
) -> Iterator[tuple[str, RolloutKey]]:
    """Keys of the rollouts that the verdict may rest on, with their tasks' ids."""
    columns = (ROLLOUTS.c.task_id, ROLLOUTS.c.task, ROLLOUTS.c.target)
    query = select(*columns).distinct().where(ROLLOUTS.c.run == round_.run)
    for task_id, task, target in connection.execute(query).all():
        for skill in versions:
            for trial in range(runs):
                yield task_id, RolloutKey(skill=skill, task=task, target=target, trial=trial)


def _faults(connection: Connection, keys: list[str]) -> dict[str, AnswerFault]:
    """What is wrong with the rollouts of ``keys``; an answer counts before a missing one."""
    found: dict[str, AnswerFault] = {}
    answered: set[str] = set()
    for start in range(0, len(keys), MOST_KEYS):
        some = ROLLOUTS.c.key.in_(keys[start : start + MOST_KEYS])
        query = select(ROLLOUTS).where(some & ROLLOUTS.c.payload.is_not(None))
        for row in connection.execute(query).mappings():
            rollout = mapping.rollout_of(dict(row))
            fault = answer_fault(rollout)
            if isinstance(rollout, Graded):
                answered.add(row["key"])
                found.pop(row["key"], None)
            elif row["key"] in answered:
                continue
            if fault:
                found[row["key"]] = fault
    return found
