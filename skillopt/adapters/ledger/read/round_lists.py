"""Lists of rounds, in SQL that runs with SQLAlchemy and without."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from skillopt.adapters.ledger.db.plain_sql import Clause, PlainSql, joined, one_of
from skillopt.adapters.ledger.read.filters import counted, passing
from skillopt.adapters.ledger.read.ids import run_id
from skillopt.core.history.kept import kept_by
from skillopt.core.history.listed_round import ListedRound, WantedRounds
from skillopt.core.history.shown_target import StoredTarget, identity_unknown, shown_target
from skillopt.core.history.skill_ids import skill_id
from skillopt.core.proposals.stage import Stage

COLUMNS = (
    "seq",
    "id",
    "run",
    "number",
    "skill_name",
    "created",
    "outcome",
    "stage",
    "code",
    "reason",
    "idea",
    "criteria",
    "sections",
    "parent",
    "candidate",
    "edits",
    "gain",
    "p_value",
    "tasks_seen",
)
"""Of `rounds`: what :func:`listed` needs beside the run's document."""

_AT_ONCE = 500
_LISTED = (
    f"SELECT {', '.join(f'rounds.{name}' for name in COLUMNS)}, runs.document "  # noqa: S608
    "FROM rounds JOIN runs ON runs.id = rounds.run WHERE"
)


def list_rounds(sql: PlainSql, wanted: WantedRounds) -> tuple[ListedRound, ...]:
    """The rounds that pass the filter, newest first.

    Raises:
        InputError: no run begins as the filter says, or there is no word in its text.
    """
    places = passing(sql, wanted, run=_run(sql, wanted))
    found = rounds_at(sql, places)
    return tuple(found[place] for place in places)


def count_rounds(sql: PlainSql, wanted: WantedRounds) -> int:
    """How many rounds pass the filter, whatever its limit.

    Raises:
        InputError: no run begins as the filter says, or there is no word in its text.
    """
    return counted(sql, wanted, run=_run(sql, wanted))


# Found by their ids first: of those that were decided no row is read.
_WAITING = Clause(
    "SELECT count(*) FROM approvals WHERE origin IS NULL AND seq IN (SELECT seq FROM approvals "
    "WHERE NOT EXISTS (SELECT approval FROM decisions WHERE decisions.approval = approvals.id))"
)


def count_waiting(sql: PlainSql) -> int:
    """How many proposals wait here for a person."""
    ((found,),) = sql.rows(_WAITING)
    return int(found)


def rounds_at(sql: PlainSql, places: Sequence[int]) -> dict[int, ListedRound]:
    """Rounds by their number in the chain."""
    found: dict[int, ListedRound] = {}
    for start in range(0, len(places), _AT_ONCE):
        some = one_of("rounds.seq", places[start : start + _AT_ONCE])
        rows = (
            dict(zip((*COLUMNS, "run_document"), row, strict=True))
            for row in sql.rows(joined((_LISTED, some)))
        )
        found |= {row["seq"]: listed(row) for row in rows}
    return found


def listed(row: dict[str, Any]) -> ListedRound:
    """A row of `rounds`, with its run's document, as a line of a list."""
    run = json.loads(row["run_document"])
    own = StoredTarget(**run["own_target"]) if "own_target" in run else None
    return ListedRound(
        id=row["id"],
        run=row["run"],
        number=row["number"],
        skill=row["skill_name"],
        target=shown_target(run["target"], own),
        identity_unknown=identity_unknown(run["target"], own),
        created=datetime.fromisoformat(row["created"]),
        outcome=row["outcome"],
        stage=Stage(row["stage"]),
        code=row["code"],
        reason=row["reason"],
        idea=row["idea"],
        criteria=tuple(json.loads(row["criteria"])),
        sections=tuple(json.loads(row["sections"])),
        parent=row["parent"],
        candidate=row["candidate"],
        edits=row["edits"],
        gain=row["gain"],
        p_value=row["p_value"],
        tasks_seen=row["tasks_seen"],
        kept_by=kept_by(
            fingerprint=run["fingerprint"],
            target=run["target"],
            skill_id=skill_id(name=run["skill_name"], path=run["skill_path"]),
        ),
    )


def _run(sql: PlainSql, wanted: WantedRounds) -> str | None:
    return run_id(sql, wanted.run) if wanted.run else None
