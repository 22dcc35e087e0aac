"""Who has looked at which tasks: sealed ones that were opened, validation tasks used again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, distinct, func, select

from skillopt.adapters.ledger.append.transaction import MOST_KEYS
from skillopt.adapters.ledger.index.run_skills import is_of
from skillopt.adapters.ledger.read.kept_runs import NAMED_BY, source_of
from skillopt.adapters.ledger.schema import mapping
from skillopt.adapters.ledger.schema.tables import ROLLOUTS, ROUNDS, RUN_ENDS, RUNS
from skillopt.core.gate.contest import Verdict
from skillopt.core.history.run import RunRecord
from skillopt.core.history.sealed_openings import Opened
from skillopt.core.proposals.refusal import Stage

_OPENED = '"opened":["'
"""In the canonical JSON of a run's record: it has opened at least one task."""


def openings(connection: Connection, skill_id: str) -> tuple[Opened, ...]:
    """The runs that have looked at sealed tasks of the skill, as they stand, oldest first."""
    newest = (
        select(func.max(RUN_ENDS.c.seq).label("seq"), RUN_ENDS.c.run)
        .where(is_of(RUN_ENDS.c.run, skill_id))
        .group_by(RUN_ENDS.c.run)
        .subquery()
    )
    ends = select(RUN_ENDS.c.document).join(newest, newest.c.seq == RUN_ENDS.c.seq)
    ended = ends.join(RUNS, RUNS.c.id == RUN_ENDS.c.run).order_by(RUNS.c.seq)
    some = ended.where(RUN_ENDS.c.document.contains(_OPENED, autoescape=True))
    documents = connection.execute(some).scalars()
    return tuple(Opened.model_validate_json(text, extra="ignore") for text in documents)


def last_run(connection: Connection, fingerprint: str) -> RunRecord | None:
    """The newest run of that fingerprint that has ended."""
    ends = select(RUN_ENDS.c.document).join(RUNS, RUNS.c.id == RUN_ENDS.c.run)
    query = ends.where(RUNS.c.fingerprint == fingerprint).order_by(RUN_ENDS.c.seq.desc())
    records = map(mapping.run_of, connection.execute(query).scalars())
    return next((record for record in records if record.finished is not None), None)


def verdicts(
    connection: Connection, *, validation_set: str, target: str, newest: int
) -> tuple[Verdict, ...]:
    """The newest verdicts of the gate on these tasks with this target, newest first."""
    same = (RUNS.c.validation_set == validation_set) & (RUNS.c.target == target)
    runs = select(*NAMED_BY).where(same).order_by(RUNS.c.seq.desc()).limit(newest)
    own = [row.id for row in connection.execute(runs) if source_of(row) is None]
    at_the_gate = ROUNDS.c.run.in_(own) & (ROUNDS.c.stage == Stage.GATE.value)
    documents = select(ROUNDS.c.document).where(at_the_gate)
    query = documents.order_by(ROUNDS.c.seq.desc()).limit(newest)
    rounds = map(mapping.round_of, connection.execute(query).scalars())
    return tuple(
        round_.decision.verdict for round_ in rounds if round_.decision.verdict is not None
    )


def looks(connection: Connection, tasks: Sequence[str]) -> dict[str, int]:
    """On how many versions of any skill each task was scored; by task digest, 0 left out.

    It reads every rollout: for `skillopt doctor`, not for the loop.
    """
    found: dict[str, int] = {}
    for start in range(0, len(tasks), MOST_KEYS):
        some = ROLLOUTS.c.task.in_(tasks[start : start + MOST_KEYS])
        graded = some & (ROLLOUTS.c.status == "graded")
        query = select(ROLLOUTS.c.task, func.count(distinct(ROLLOUTS.c.skill))).where(graded)
        for task, count in connection.execute(query.group_by(ROLLOUTS.c.task)):
            found[task] = int(count)
    return found
