"""Queries as text, for both ways to a ledger: the `sqlite3` module alone, and SQLAlchemy.

SQLAlchemy takes longer to import than a list takes to print. What lists need is written in SQL
that both databases understand, once, and run by either.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Clause(NamedTuple):
    """A part of a query: its text, and a value for each `?` in it, in order."""

    text: str
    values: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return self.text


class PlainSql(Protocol):
    """A connection in a transaction."""

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""

    def rows(self, query: Clause) -> list[tuple[Any, ...]]:
        """All rows of a query."""


class DirectSql:
    """By the `sqlite3` module."""

    dialect = "sqlite"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, query: Clause) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self._connection.execute(query.text, query.values).fetchall()


class EngineSql:
    """By SQLAlchemy, to either database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.dialect = connection.dialect.name

    def rows(self, query: Clause) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        text = query.text if self.dialect == "sqlite" else query.text.replace("?", "%s")
        return [tuple(row) for row in self._connection.exec_driver_sql(text, query.values)]


def joined(parts: Iterable[Clause | str], by: str = " ") -> Clause:
    """Several parts as one; a plain text has no values."""
    clauses = [Clause(part) if isinstance(part, str) else part for part in parts]
    values = tuple(value for clause in clauses for value in clause.values)
    return Clause(by.join(clause.text for clause in clauses), values)


def all_of(clauses: Iterable[Clause]) -> Clause:
    """All of these conditions."""
    return joined(clauses, " AND ")


def one_of(column: str, values: Iterable[Any]) -> Clause:
    """Whether a column has one of these values; there is at least one."""
    given = tuple(values)
    return Clause(f"{column} IN ({', '.join('?' * len(given))})", given)
