"""What the verbs ask of the ledger while a run goes on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, func, select

from skillopt.adapters.ledger.append.transaction import MOST_KEYS, last_head_move, version
from skillopt.adapters.ledger.index.keys import round_key
from skillopt.adapters.ledger.index.run_skills import is_of, skills_named
from skillopt.adapters.ledger.schema import mapping
from skillopt.adapters.ledger.schema.tables import (
    EXCHANGES,
    ROLLOUTS,
    ROUND_KEYS,
    ROUNDS,
    RUN_ENDS,
    RUN_SKILLS,
    RUNS,
)
from skillopt.core.evaluation.rollout import Graded, RolloutKey, Usage
from skillopt.core.history.run import Exchange, RefusedRound, Round, RunRecord
from skillopt.core.proposals.refusal import Refusal, Stage
from skillopt.core.skill.skill import Skill

_round_of = lru_cache(maxsize=128)(mapping.round_of)
"""Rounds never change, and a run asks for its newest ones in every round: each is parsed once."""


def rollouts(connection: Connection, keys: Sequence[RolloutKey]) -> dict[RolloutKey, Graded]:
    """Graded rollouts by key, the first where several runs paid for one; pruned ones are gone."""
    digests = {key.digest: key for key in keys}
    wanted = list(digests)
    found: dict[RolloutKey, Graded] = {}
    for start in range(0, len(wanted), MOST_KEYS):
        known = ROLLOUTS.c.key.in_(wanted[start : start + MOST_KEYS])
        whole = (ROLLOUTS.c.status == "graded") & ROLLOUTS.c.payload.is_not(None)
        query = select(ROLLOUTS).where(known & whole).order_by(ROLLOUTS.c.seq)
        for row in connection.execute(query).mappings():
            found.setdefault(digests[row["key"]], mapping.graded_of(dict(row)))
    return found


def unfinished_run(connection: Connection, fingerprint: str) -> RunRecord | None:
    """The newest run of that fingerprint that is still pending."""
    newest_end = (
        select(RUN_ENDS.c.document)
        .where(RUN_ENDS.c.run == RUNS.c.id)
        .order_by(RUN_ENDS.c.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(func.coalesce(newest_end, RUNS.c.document))
        .where((RUNS.c.fingerprint == fingerprint) & RUNS.c.origin.is_(None))
        .order_by(RUNS.c.seq.desc())
    )
    records = map(mapping.run_of, connection.execute(query).scalars())
    return next((record for record in records if record.pending), None)


def rounds(connection: Connection, run: str) -> tuple[Round, ...]:
    """A run's rounds, in order."""
    query = select(ROUNDS.c.document).where(ROUNDS.c.run == run).order_by(ROUNDS.c.number)
    return tuple(_round_of(row) for row in connection.execute(query).scalars())


def newest_rounds(connection: Connection, skill_id: str, most: int) -> tuple[Round, ...]:
    """The newest rounds of a skill, oldest first; one part of one index is read."""
    query = (
        select(ROUNDS.c.document)
        .join_from(ROUND_KEYS, ROUNDS, ROUND_KEYS.c.seq == ROUNDS.c.seq)
        .where(ROUND_KEYS.c.key == round_key("skill", skill_id))
        .order_by(ROUND_KEYS.c.seq.desc())
    )
    return _newest(connection, query, most)


def optimizer_rounds(connection: Connection, run: str, most: int) -> tuple[Round, ...]:
    """The newest rounds of the run's skill in which its optimizer proposed, oldest first."""
    own = connection.execute(select(RUNS.c.optimizer).where(RUNS.c.id == run)).scalar()
    skill = select(RUN_SKILLS.c.skill).where(RUN_SKILLS.c.run == run).scalar_subquery()
    mine = RUN_SKILLS.c.skill == skill
    query = (
        select(ROUNDS.c.document)
        .join_from(ROUNDS, RUNS, ROUNDS.c.run == RUNS.c.id)
        .join(RUN_SKILLS, RUN_SKILLS.c.run == RUNS.c.id)
        .where(mine, RUNS.c.optimizer == own)
        .order_by(ROUNDS.c.seq.desc())
    )
    return _newest(connection, query, most)


def _newest(connection: Connection, query: Select[Any], most: int) -> tuple[Round, ...]:
    """The first of ``query``, which has the newest first, oldest first."""
    newest = connection.execute(query.limit(most)).scalars().all()
    return tuple(_round_of(document) for document in reversed(newest))


def exchange(connection: Connection, run: str, key: str) -> Exchange | None:
    """The newest reply under that key."""
    same = (EXCHANGES.c.run == run) & (EXCHANGES.c.key == key)
    whole = EXCHANGES.c.payload.is_not(None)
    query = select(EXCHANGES).where(same & whole).order_by(EXCHANGES.c.seq.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return mapping.exchange_of(dict(row)) if row else None


def refusals(connection: Connection, skill: str) -> tuple[Refusal, ...]:
    """Every refused proposal for a skill, by its id or name, oldest first."""
    mine = is_of(ROUNDS.c.run, *skills_named(connection, [skill]))
    refused = mine & (ROUNDS.c.outcome != "accepted")
    columns = (ROUNDS.c.outcome, ROUNDS.c.document)
    query = select(*columns).where(refused & ROUNDS.c.edits_digest.is_not(None))
    found = connection.execute(query.order_by(ROUNDS.c.seq))
    return tuple(_refusal(outcome, mapping.round_of(document)) for outcome, document in found)


def accepted(
    connection: Connection, skill_ids: Sequence[str], *, parent: str | None, most: int
) -> tuple[Round, ...]:
    """The newest accepted rounds with a proposal, oldest first."""
    mine = is_of(ROUNDS.c.run, *skill_ids) & (ROUNDS.c.outcome == "accepted")
    query = select(ROUNDS.c.document).where(mine & ROUNDS.c.edits_digest.is_not(None))
    if parent is not None:
        query = query.where(ROUNDS.c.parent == parent)
    return _newest(connection, query.order_by(ROUNDS.c.seq.desc()), most)


def _refusal(outcome: str, round_: Round) -> Refusal:
    decision = round_.decision
    assert isinstance(decision, RefusedRound)
    assert round_.proposal is not None
    return Refusal(
        id=round_.id,
        run=round_.run,
        number=round_.number,
        stage=Stage(decision.stage),
        code=decision.code,
        reason=decision.reason,
        outcome=outcome,
        proposal=round_.proposal,
        context=round_.context,
        sections=round_.sections,
    )


def usage(connection: Connection, run: str) -> Usage:
    """What a run has paid: rollouts, missing ones included, and exchanges."""
    return _spent(connection, ROLLOUTS, run) + _spent(connection, EXCHANGES, run)


def _spent(connection: Connection, table: Any, run: str) -> Usage:
    columns = table.c
    query = select(
        func.count(),
        func.count(columns.cost),
        func.sum(columns.calls),
        func.sum(columns.prompt_tokens),
        func.sum(columns.completion_tokens),
        func.sum(columns.cost),
    ).where(columns.run == run)
    rows, priced, calls, prompt, completion, cost = connection.execute(query).one()
    return Usage(
        calls=int(calls or 0),
        prompt_tokens=int(prompt or 0),
        completion_tokens=int(completion or 0),
        cost=float(cost or 0.0) if rows == priced else None,
    )


def skill(connection: Connection, digest: str) -> Skill | None:
    """A version by digest."""
    return version(connection, digest)


def head(connection: Connection, skill_id: str, path: str) -> str | None:
    """Digest of the head of a skill file."""
    row = connection.execute(last_head_move(skill_id, path).limit(1)).mappings().first()
    return str(row["new"]) if row else None
