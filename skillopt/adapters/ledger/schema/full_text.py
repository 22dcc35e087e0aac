"""The language of full-text search: FTS5 in SQLite, tsvector in PostgreSQL.

One small language on both: words must all occur, in any form (`refund` finds `refunds`);
`"a phrase"` occurs as it is; `-word` does not occur.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from skillopt.errors import InputError

_TERM = re.compile(r'(-?)"([^"]*)"|(-?)(\S+)')

WRITTEN = (
    "CASE WHEN substr(rounds.words, 1, length(rounds.reason) + 1) = rounds.reason || chr(10) "
    "THEN substr(rounds.words, length(rounds.reason) + 2) ELSE rounds.words END"
)
"""What people and models wrote of a round, in PostgreSQL; in SQLite it is the view `round_written`.

Up to schema 4 the reason, a sentence of ours, stood before it, and rows are never changed.
"""
# PostgreSQL would take `run-2` for a negative number and `a/b` for a path: as the index has it.
VECTOR = f"to_tsvector('english', translate({WRITTEN}, '-_./@+~&=', '         '))"
"""What PostgreSQL's index holds of a round."""


class Term(NamedTuple):
    """A word or phrase, and whether it must not occur."""

    text: str
    excluded: bool


def query_of(wanted: str, dialect: str) -> str:
    """What is looked for, as the database writes it.

    Raises:
        InputError: there is no word to look for.
    """
    terms = terms_of(wanted)
    if all(term.excluded for term in terms):
        raise InputError(f"{wanted!r} has no word to search for; give at least one")
    return _fts5(terms) if dialect == "sqlite" else _web(terms)


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
