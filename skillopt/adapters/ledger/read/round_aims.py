"""Whether a proposal fixed what it was meant to fix, by the rollouts that the ledger has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Connection, Row, select

from skillopt.adapters.ledger.schema.tables import ROLLOUTS
from skillopt.core.evaluation.rollout import RolloutKey
from skillopt.core.history.run import Round
from skillopt.core.proposals.aims import Aim, aims_met


def round_aims(connection: Connection, round_: Round) -> tuple[Aim, ...]:
    """What the candidate made of each task that its proposal was meant to fix.

    The candidate's runs are those of the train check, and of later rounds where it was accepted.
    """
    candidate = round_.decision.candidate
    if not round_.aims or candidate is None:
        return ()
    shown = _scored(connection, round_.rollouts)
    before = [row for row in shown if row.task_id in round_.aims]
    keys = [
        RolloutKey(skill=candidate, task=row.task, target=row.target, trial=row.trial).digest
        for row in before
    ]
    after = _means(_scored(connection, keys))
    return aims_met(round_.aims, before=_means(before), after=after)


def _scored(connection: Connection, keys: Iterable[str]) -> list[Row[tuple[str, ...]]]:
    """The graded rollouts of these keys; of one that several runs paid for, the first."""
    columns = (ROLLOUTS.c[name] for name in ("key", "task", "task_id", "target", "trial", "score"))
    scored = ROLLOUTS.c.key.in_(set(keys)) & ROLLOUTS.c.score.is_not(None)
    rows = connection.execute(select(*columns).where(scored).order_by(ROLLOUTS.c.seq.desc()))
    return [*{row.key: row for row in rows}.values()]


def _means(rows: Iterable[Row[tuple[str, ...]]]) -> dict[str, float]:
    scores: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        scores[row.task_id].append(row.score)
    return {task: sum(some) / len(some) for task, some in scores.items()}
