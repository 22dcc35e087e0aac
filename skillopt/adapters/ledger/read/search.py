"""Full-text search in ideas, edits and critiques, the best match first."""

from __future__ import annotations

from sqlalchemy import Connection, text

from skillopt.adapters.ledger.read.listings import summaries
from skillopt.adapters.ledger.schema.full_text import VECTOR, WRITTEN, query_of
from skillopt.core.history.views import Hit

_SQLITE = text(
    "SELECT round_search.rowid AS seq, snippet(round_search, 0, '»', '«', '…', 24) AS excerpt "
    "FROM round_search JOIN rounds ON rounds.seq = round_search.rowid "
    "WHERE round_search MATCH :query AND (:skill IS NULL OR rounds.skill_name = :skill) "
    "ORDER BY round_search.rank, round_search.rowid DESC LIMIT :limit"
)
_POSTGRESQL = text(
    "SELECT seq, ts_headline('english', words, query, "
    "'StartSel=», StopSel=«, MaxFragments=1, MaxWords=24, MinWords=8') AS excerpt "
    "FROM (SELECT seq, words, query FROM (SELECT seq, skill_name, WRITTEN AS words, "
    "VECTOR AS vector, "
    "websearch_to_tsquery('english', :query) AS query FROM rounds) AS prepared "
    "WHERE vector @@ query AND (CAST(:skill AS TEXT) IS NULL OR skill_name = :skill) "
    "ORDER BY ts_rank(vector, query) DESC, seq DESC LIMIT :limit) AS best".replace(
        "VECTOR", VECTOR
    ).replace("WRITTEN", WRITTEN)
)


def search(
    connection: Connection, wanted: str, *, skill: str | None, limit: int
) -> tuple[Hit, ...]:
    """Rounds with all of the words, the best match first.

    Raises:
        InputError: there is no word to look for.
    """
    dialect = connection.dialect.name
    query = query_of(wanted, dialect)
    statement = _SQLITE if dialect == "sqlite" else _POSTGRESQL
    found = connection.execute(statement, {"query": query, "skill": skill, "limit": limit}).all()
    rounds = summaries(connection, [row.seq for row in found])
    return tuple(Hit(round=rounds[row.seq], excerpt=" ".join(row.excerpt.split())) for row in found)
