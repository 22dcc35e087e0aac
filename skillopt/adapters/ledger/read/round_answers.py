"""Which answers of a round's comparison were empty, cut, refused or the like."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from skillopt.adapters.ledger.read.answers import answer_faults
from skillopt.adapters.ledger.schema.tables import ROLLOUTS, RUNS
from skillopt.core.evaluation.answer_faults import counted
from skillopt.core.evaluation.rollout import RolloutKey
from skillopt.core.history.run import Round
from skillopt.core.history.used_rollouts import compared
from skillopt.core.history.views import TaskAnswers

MOST_RUNS = 50
"""Newest other runs on the same tasks that are looked at."""
MOST_ROLLOUTS = 20_000
"""Rollouts of a run, and of the other ones together, that are looked at for their tasks."""


def round_answers(connection: Connection, round_: Round) -> tuple[TaskAnswers, ...]:
    """The tasks of the verdict with such answers, in its order; pruned answers are passed over.

    A rollout is found by its key, so that one that an earlier run paid for is seen, too.
    """
    verdict, candidate = round_.decision.verdict, round_.decision.candidate
    if verdict is None or candidate is None:
        return ()
    keys = _keys(connection, round_)
    faults = answer_faults(connection, keys=[key.digest for _, key in keys])
    found: list[TaskAnswers] = []
    for pair in verdict.pairs:
        own = [key for task, key in keys if task == pair.task]
        old, new = (
            counted(faults.get(key.digest) for key in own if key.skill == version)
            for version in (round_.parent, candidate)
        )
        if old.total or new.total:
            found.append(TaskAnswers(task=pair.task, incumbent=old, candidate=new))
    return tuple(found)


def _keys(connection: Connection, round_: Round) -> list[tuple[str, RolloutKey]]:
    """Keys of the rollouts that the verdict may rest on, with their tasks' ids.

    The tasks' digests, and the target's, are in the rows of the run, or of another one on the same
    tasks, where all that the run needed was paid before it. Where those had several targets of one
    name, nobody knows which of them this was.
    """
    rows = _looked_at(connection, round_)
    own = {target for _, _, target, run in rows if run == round_.run}
    targets = own or {target for _, _, target, _ in rows}
    if len(targets) != 1:
        return []
    (target,) = targets
    tasks = {task_id: task for task_id, task, _, _ in rows}
    return list(compared(round_, tasks=tasks, target=target))


def _looked_at(connection: Connection, round_: Round) -> list[tuple[str, str, str, str]]:
    """Task id, task, target and run of rollouts of the run.

    Where it has none of a task of the verdict, also of the newest runs of its models and tasks.
    """
    verdict, own = round_.decision.verdict, _of_runs(connection, [round_.run])
    known = {task_id for task_id, *_ in own}
    if verdict is None or known.issuperset(pair.task for pair in verdict.pairs):
        return own
    mine = RUNS.alias()
    alike = (
        (RUNS.c.validation_set == mine.c.validation_set)
        & (RUNS.c.target == mine.c.target)
        & RUNS.c.judge.is_not_distinct_from(mine.c.judge)
        & (RUNS.c.id != mine.c.id)
    )
    runs = select(RUNS.c.id).join(mine, alike).where(mine.c.id == round_.run)
    others = connection.execute(runs.order_by(RUNS.c.seq.desc()).limit(MOST_RUNS)).scalars()
    return own + _of_runs(connection, others.all())


def _of_runs(connection: Connection, runs: Sequence[str]) -> list[tuple[str, str, str, str]]:
    columns = (ROLLOUTS.c.task_id, ROLLOUTS.c.task, ROLLOUTS.c.target, ROLLOUTS.c.run)
    some = select(*columns).where(ROLLOUTS.c.run.in_(runs)).limit(MOST_ROLLOUTS).subquery()
    rows = connection.execute(select(some).distinct())
    return [(row.task_id, row.task, row.target, row.run) for row in rows]
