"""Full-text search in ideas, reasons, edits, critiques: FTS5 in SQLite, tsvector in PostgreSQL.

One small language on both: words must all occur, in any form (`refund` finds `refunds`);
`"a phrase"` occurs as it is; `-word` does not occur.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sqlalchemy import Connection, text

from skillopt.adapters.ledger.browsing import summaries
from skillopt.adapters.ledger.views import RoundSummary
from skillopt.core.value import Value
from skillopt.errors import InputError

_TERM = re.compile(r'(-?)"([^"]*)"|(-?)(\S+)')

_SQLITE = text(
    "SELECT round_search.rowid AS seq, snippet(round_search, 0, '»', '«', '…', 24) AS excerpt "
    "FROM round_search JOIN rounds ON rounds.seq = round_search.rowid "
    "WHERE round_search MATCH :query AND (:skill IS NULL OR rounds.skill_name = :skill) "
    "ORDER BY round_search.rank, round_search.rowid DESC LIMIT :limit"
)
# PostgreSQL would take `run-2` for a negative number and `a/b` for a path: as the index has it.
_POSTGRESQL = text(
    "SELECT seq, ts_headline('english', words, query, "
    "'StartSel=», StopSel=«, MaxFragments=1, MaxWords=24, MinWords=8') AS excerpt "
    "FROM (SELECT seq, words, query FROM (SELECT seq, skill_name, words, "
    "to_tsvector('english', translate(words, '-_./@+~&=', '         ')) AS vector, "
    "websearch_to_tsquery('english', :query) AS query FROM rounds) AS prepared "
    "WHERE vector @@ query AND (CAST(:skill AS TEXT) IS NULL OR skill_name = :skill) "
    "ORDER BY ts_rank(vector, query) DESC, seq DESC LIMIT :limit) AS best"
)


class Hit(Value):
    """A round that search found."""

    round: RoundSummary
    excerpt: str
    """The words around the find, which stands between » and «."""


class Term(NamedTuple):
    """A word or phrase, and whether it must not occur."""

    text: str
    excluded: bool


def search(
    connection: Connection, wanted: str, *, skill: str | None, limit: int
) -> tuple[Hit, ...]:
    """Rounds with all of the words, the best match first.

    Raises:
        InputError: there is no word to look for.
    """
    terms = terms_of(wanted)
    if all(term.excluded for term in terms):
        raise InputError(f"{wanted!r} has no word to look for; give one that must occur")
    sqlite = connection.dialect.name == "sqlite"
    statement, query = (_SQLITE, _fts5(terms)) if sqlite else (_POSTGRESQL, _web(terms))
    found = connection.execute(statement, {"query": query, "skill": skill, "limit": limit}).all()
    rounds = summaries(connection, [row.seq for row in found])
    return tuple(Hit(round=rounds[row.seq], excerpt=" ".join(row.excerpt.split())) for row in found)


def terms_of(wanted: str) -> list[Term]:
    """The words and phrases of a query; what has no letter or digit in it is passed over."""
    terms: list[Term] = []
    for match in _TERM.finditer(wanted):
        minus, said = (match[1], match[2]) if match[2] is not None else (match[3], match[4])
        plain = " ".join(re.findall(r"\w+", said))
        if plain:
            terms.append(Term(plain, excluded=bool(minus)))
    return terms


def _fts5(terms: list[Term]) -> str:
    wanted = " AND ".join(f'"{term.text}"' for term in terms if not term.excluded)
    return wanted + "".join(f' NOT "{term.text}"' for term in terms if term.excluded)


def _web(terms: list[Term]) -> str:
    return " ".join(f'{"-" if term.excluded else ""}"{term.text}"' for term in terms)
