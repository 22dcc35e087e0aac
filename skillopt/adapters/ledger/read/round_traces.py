"""What the target did in the rollouts that a round's optimizer was shown."""

from __future__ import annotations

from sqlalchemy import Connection, select

from skillopt.adapters.ledger.schema import mapping
from skillopt.adapters.ledger.schema.tables import ROLLOUTS
from skillopt.core.history.run import Round
from skillopt.core.history.views import RolloutSteps
from skillopt.core.proposals.told_steps import told_steps


def round_traces(connection: Connection, round_: Round) -> tuple[RolloutSteps, ...]:
    """Their steps, in the order of the evidence; those without a trace, or pruned, are left out."""
    query = select(ROLLOUTS).where(
        ROLLOUTS.c.key.in_(set(round_.rollouts)),
        ROLLOUTS.c.status == "graded",
        ROLLOUTS.c.payload.contains('"trace"', autoescape=True),
    )
    rows = connection.execute(query).mappings()
    graded = {row["key"]: mapping.graded_of(dict(row)) for row in rows}
    shown = [
        (f"r{place}", graded[key])
        for place, key in enumerate(round_.rollouts, start=1)
        if key in graded
    ]
    return tuple(
        RolloutSteps(rollout=name, task=one.task_id, score=one.score, steps=told_steps(one.trace))
        for name, one in shown
        if one.trace is not None
    )
