"""Full-text search in ideas, edits and critiques, the best match first."""

from __future__ import annotations

from sqlalchemy import Connection, String, bindparam, text

from skillopt.adapters.ledger.index.run_skills import skills_named
from skillopt.adapters.ledger.read.listings import summaries
from skillopt.adapters.ledger.schema.full_text import VECTOR, WRITTEN, query_of
from skillopt.core.history.views import Hit

_MINE = "SELECT run FROM run_skills WHERE skill IN :skills"
_SQLITE = text(
    "SELECT round_search.rowid AS seq, snippet(round_search, 0, '»', '«', '…', 24) AS excerpt "
    "FROM round_search JOIN rounds ON rounds.seq = round_search.rowid "
    "WHERE round_search MATCH :query AND (:every OR rounds.run IN (MINE)) "
    "ORDER BY round_search.rank, round_search.rowid DESC LIMIT :limit".replace("MINE", _MINE)
).bindparams(bindparam("skills", expanding=True, type_=String))
_POSTGRESQL = text(
    "SELECT seq, ts_headline('english', words, query, "
    "'StartSel=», StopSel=«, MaxFragments=1, MaxWords=24, MinWords=8') AS excerpt "
    "FROM (SELECT seq, words, query FROM (SELECT seq, run, WRITTEN AS words, "
    "VECTOR AS vector, "
    "websearch_to_tsquery('english', :query) AS query FROM rounds) AS prepared "
    "WHERE vector @@ query AND (:every OR run IN (MINE)) "
    "ORDER BY ts_rank(vector, query) DESC, seq DESC LIMIT :limit) AS best".replace("VECTOR", VECTOR)
    .replace("WRITTEN", WRITTEN)
    .replace("MINE", _MINE)
).bindparams(bindparam("skills", expanding=True, type_=String))


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
    skills = [] if skill is None else skills_named(connection, [skill])
    asked = {"query": query, "every": skill is None, "skills": list(skills), "limit": limit}
    found = connection.execute(statement, asked).all()
    rounds = summaries(connection, [row.seq for row in found])
    return tuple(Hit(round=rounds[row.seq], excerpt=" ".join(row.excerpt.split())) for row in found)
