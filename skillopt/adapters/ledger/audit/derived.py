"""What follows from the chain, made again beside it and compared: no row there may be by hand."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, create_engine, select

from skillopt.adapters.ledger.db import statements
from skillopt.adapters.ledger.index.filing import file_rows
from skillopt.adapters.ledger.index.run_skills import file_runs
from skillopt.adapters.ledger.schema.mapping import Row
from skillopt.adapters.ledger.schema.tables import (
    ABLATIONS,
    DERIVED_TABLES,
    ROUNDS,
    RUN_SKILLS,
    RUNS,
    TALLIES,
)
from skillopt.core.history.skill_ids import SkillMove

_AT_ONCE = 500
_BY_TEXT = (RUN_SKILLS, TALLIES)
"""Their primary keys are texts."""


class Derivation:
    """Makes the derived tables again, in a scratch database, from the chain's rows."""

    def __init__(self, scratch: Connection, moves: Sequence[SkillMove]) -> None:
        self._scratch = scratch
        self._moves = moves
        self._rounds: list[Row] = []

    def see(self, table: Table, row: Row) -> None:
        """Take a row of the chain, in its order."""
        if table is RUNS:
            file_runs(self._scratch, [row], self._moves)
        if table is ROUNDS:
            self._rounds.append(row)
        if len(self._rounds) >= _AT_ONCE or table is ABLATIONS:
            self._file()
        if table is ABLATIONS:
            file_rows(self._scratch, ablations=[row])

    def first_difference(self, ledger: Connection) -> tuple[str, str] | None:
        """The table and the row where the ledger's derived tables are not what they should be."""
        self._file()
        for table in DERIVED_TABLES:
            row = _difference(table, self._scratch, ledger, in_order=table not in _BY_TEXT)
            if row is not None:
                return table.name, row
        return None

    def _file(self) -> None:
        file_rows(self._scratch, rounds=self._rounds)
        self._rounds.clear()


@contextmanager
def derivation(moves: Sequence[SkillMove]) -> Iterator[Derivation]:
    """A derivation in a file of its own: a large ledger's does not fit in memory.

    Args:
        moves: all moves of skills in the chain, oldest first.
    """
    with tempfile.TemporaryDirectory(prefix="skillopt-verify-") as folder:
        engine = create_engine(
            f"sqlite:///{Path(folder) / 'derived.db'}",
            execution_options={"compiled_cache": statements.SQLITE},
        )
        try:
            with engine.connect() as scratch:
                scratch.exec_driver_sql("PRAGMA synchronous=OFF")
                for table in DERIVED_TABLES:
                    table.create(scratch)
                yield Derivation(scratch, moves)
        finally:
            engine.dispose()


def _difference(
    table: Table, scratch: Connection, ledger: Connection, *, in_order: bool
) -> str | None:
    """What names the first row that only one of them has; texts sort differently by database."""
    with _rows(table, scratch) as wanted_rows, _rows(table, ledger) as there_rows:
        if in_order:
            for wanted, there in zip_longest(wanted_rows, there_rows):
                if wanted != there:
                    return _name(table, there or wanted)
            return None
        name = tuple(table.primary_key.columns.keys())
        waiting = {tuple(row[part] for part in name): row for row in wanted_rows}
        for there in there_rows:
            if waiting.pop(tuple(there[part] for part in name), None) != there:
                return _name(table, there)
    return _name(table, next(iter(waiting.values()))) if waiting else None


@contextmanager
def _rows(table: Table, connection: Connection) -> Iterator[Iterator[Mapping[str, Any]]]:
    query = select(table).order_by(*table.primary_key.columns)
    found = connection.execute(query.execution_options(yield_per=_AT_ONCE))
    with closing(found):
        yield map(dict, found.mappings())


def _name(table: Table, row: Mapping[str, Any] | None) -> str:
    assert row is not None
    return " ".join(str(row[part]) for part in table.primary_key.columns.keys())  # noqa: SIM118
