"""What follows from the chain's rows and is kept beside them, so that a question reads one index.

Runs are filed under their skills; rounds under skill, criteria and sections, for lists; refusals
under the keys of :mod:`skillopt.core.history.recall`, for screens and digests. :func:`refill` makes
all of it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Column, Connection, select

from skillopt.adapters.ledger.index.recall import file_ablations, file_refusals
from skillopt.adapters.ledger.index.round_keys import file_keys
from skillopt.adapters.ledger.index.run_skills import refile_runs, skills_of
from skillopt.adapters.ledger.schema.mapping import Row
from skillopt.adapters.ledger.schema.tables import ABLATIONS, DERIVED_TABLES, ROUNDS

_AT_ONCE = 500
_LISTED = (ROUNDS.c.criteria, ROUNDS.c.sections)
_RECALLED = (
    ROUNDS.c.run,
    ROUNDS.c.skill_name,
    ROUNDS.c.outcome,
    ROUNDS.c.stage,
    ROUNDS.c.idea,
    ROUNDS.c.document,
)


def file_rows(
    connection: Connection,
    *,
    rounds: Sequence[Row] = (),
    ablations: Sequence[Row] = (),
) -> None:
    """File rows of the chain whose runs are filed: rounds, then ablations of rounds."""
    skills = skills_of(connection, (row["run"] for row in rounds))
    owned = [{**row, "skill_id": skills[row["run"]]} for row in rounds]
    file_keys(connection, owned)
    file_refusals(connection, owned)
    file_ablations(connection, ablations)


def refill(connection: Connection) -> None:
    """Make everything that is filed again from the chain."""
    for table in DERIVED_TABLES:
        connection.execute(table.delete())
    refile_runs(connection)
    for rounds in _pages(connection, *_LISTED, *_RECALLED):
        file_rows(connection, rounds=rounds)
    ablations = connection.execute(select(ABLATIONS).order_by(ABLATIONS.c.seq)).mappings()
    file_ablations(connection, map(dict, ablations.all()))


def _pages(connection: Connection, *columns: Column[str]) -> Iterator[list[Row]]:
    """All rounds by their numbers; a portion is read before it is worked on."""
    at = 0
    query = select(ROUNDS.c.seq, *columns).order_by(ROUNDS.c.seq).limit(_AT_ONCE)
    while found := connection.execute(query.where(ROUNDS.c.seq > at)).mappings().all():
        yield [dict(row) for row in found]
        at = found[-1]["seq"]
