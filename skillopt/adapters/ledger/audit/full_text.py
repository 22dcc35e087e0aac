"""SQLite's full-text index, made again beside it and compared word by word.

PostgreSQL keeps its index itself: there is nothing of it that a statement could change.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

_MAKE = (
    """CREATE VIRTUAL TABLE temp.fresh_round_search USING fts5(
        words, content='', tokenize='porter unicode61')""",
    """INSERT INTO temp.fresh_round_search (rowid, words)
        SELECT seq, words FROM main.round_written""",
    "CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, round_search, instance)",
    """CREATE VIRTUAL TABLE temp.fresh_vocabulary USING fts5vocab(
        temp, fresh_round_search, instance)""",
    "CREATE VIRTUAL TABLE temp.fresh_terms USING fts5vocab(temp, fresh_round_search, row)",
)
_DROP = tuple(
    f"DROP TABLE IF EXISTS temp.{name}"
    for name in ("vocabulary", "fresh_vocabulary", "fresh_terms", "fresh_round_search")
)
_WORDS = "SELECT doc, term, col, offset FROM temp.{}vocabulary"
_LOOKED_UP = (
    "SELECT found.doc, found.term, found.col, found.offset FROM temp.fresh_terms AS wanted "
    "CROSS JOIN temp.{}vocabulary AS found WHERE found.term = wanted.term"
)
"""A word is found by way of the index's own index, which a walk over all words does not use."""
_LENGTHS = "SELECT id, sz FROM {}docsize ORDER BY id"
_TOTALS = (
    "SELECT 'totals', CASE block WHEN X'' THEN X'0000' ELSE block END FROM {}data WHERE id = 1"
)
"""How many rows and words there are, by which matches are ranked; none in either way."""
_SETTINGS = "SELECT k, v FROM {}config ORDER BY k"
_AT_ONCE = 500


def index_difference(connection: Connection) -> str | None:
    """What names the first entry that the index has otherwise than the ledger; None for none.

    Args:
        connection: to the ledger, in a transaction; what is made goes into SQLite's temp schema.
    """
    if connection.dialect.name != "sqlite":
        return None
    try:
        for statement in _MAKE:
            connection.exec_driver_sql(statement)
        return _difference(connection)
    except DBAPIError as error:
        return f"round_search, which cannot be read: {error.orig}"
    finally:
        for statement in _DROP:
            connection.exec_driver_sql(statement)


def _difference(connection: Connection) -> str | None:
    there, fresh = "main.round_search_", "temp.fresh_round_search_"
    for query, one, other in (
        (_WORDS, "", "fresh_"),
        (_LOOKED_UP, "", "fresh_"),
        (_LENGTHS, there, fresh),
        (_TOTALS, there, fresh),
        (_SETTINGS, there, fresh),
    ):
        with (
            _rows(connection, query.format(one)) as first,
            _rows(connection, query.format(other)) as second,
        ):
            for found, wanted in zip_longest(first, second):
                if found != wanted:
                    return f"{(wanted or found)[0]}"
    return None


@contextmanager
def _rows(connection: Connection, query: str) -> Iterator[Iterator[tuple[Any, ...]]]:
    found = connection.execute(text(query).execution_options(yield_per=_AT_ONCE))
    with closing(found):
        yield map(tuple, found)
