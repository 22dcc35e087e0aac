"""The versions of a skill: how each came into the ledger, and what it scored."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from skillopt.adapters.ledger.index.run_skills import is_of, one_skill
from skillopt.adapters.ledger.read.kept_runs import kept_runs
from skillopt.adapters.ledger.schema import mapping
from skillopt.adapters.ledger.schema.tables import ROUNDS, RUN_ENDS, RUNS, VERSIONS
from skillopt.core.gate.contest import Verdict
from skillopt.core.history.views import SkillVersion


def skill_versions(connection: Connection, name: str) -> tuple[SkillVersion, ...]:
    """Every version of a skill that the ledger has the text of, oldest first.

    Args:
        connection: to the ledger.
        name: the skill, by its id or name.

    Raises:
        InputError: several skills have the name.
    """
    skill = one_skill(connection, name)
    rows = [*_made(connection, skill), *_began(connection, skill)]
    rows.sort(key=lambda row: (row["outcome"] != "accepted", row.pop("seq")))
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        found.setdefault(row["digest"], row)
    theirs = kept_runs(connection, skill)
    versions = (
        SkillVersion(**row, score=_score(connection, row), kept_by=theirs.get(row["run"]))
        for row in found.values()
    )
    return tuple(sorted(versions, key=lambda version: version.created))


def _began(connection: Connection, skill: str) -> list[dict[str, Any]]:
    """Versions that a run started from."""
    columns = (VERSIONS.c.created, VERSIONS.c.chars)
    query = (
        select(RUNS.c.first.label("digest"), RUNS.c.id.label("run"), RUNS.c.seq, *columns)
        .join(VERSIONS, VERSIONS.c.digest == RUNS.c.first)
        .where(is_of(RUNS.c.id, skill))
    )
    first = {"parent": None, "round": None, "outcome": "first"}
    return [{**first, **row} for row in connection.execute(query).mappings()]


def _made(connection: Connection, skill: str) -> list[dict[str, Any]]:
    """Versions that a round made."""
    query = (
        select(
            ROUNDS.c.candidate.label("digest"),
            ROUNDS.c.parent,
            ROUNDS.c.run,
            ROUNDS.c.id.label("round"),
            ROUNDS.c.outcome,
            ROUNDS.c.idea,
            ROUNDS.c.gain,
            ROUNDS.c.seq,
            VERSIONS.c.created,
            VERSIONS.c.chars,
        )
        .join(VERSIONS, VERSIONS.c.digest == ROUNDS.c.candidate)
        .where(is_of(ROUNDS.c.run, skill))
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _score(connection: Connection, row: dict[str, Any]) -> float | None:
    """What the version scored when it was decided; for a run's first one, its baseline."""
    if row["round"] is not None:
        verdict = _verdict(connection, ROUNDS.c.id == row["round"])
        return _mean([pair.candidate for pair in verdict.pairs]) if verdict else None
    ends = select(RUN_ENDS.c.baseline).where(
        RUN_ENDS.c.run == row["run"], RUN_ENDS.c.baseline.is_not(None)
    )
    baseline = connection.execute(ends.order_by(RUN_ENDS.c.seq.desc()).limit(1)).scalar()
    if baseline is not None:
        return float(baseline)
    verdict = _verdict(connection, (ROUNDS.c.run == row["run"]) & (ROUNDS.c.number == 1))
    return _mean([pair.incumbent for pair in verdict.pairs]) if verdict else None


def _verdict(connection: Connection, place: Any) -> Verdict | None:
    document = connection.execute(select(ROUNDS.c.document).where(place)).scalar()
    return mapping.round_of(document).decision.verdict if document else None


def _mean(scores: list[float | None]) -> float | None:
    known = [score for score in scores if score is not None]
    return sum(known) / len(known) if known else None
