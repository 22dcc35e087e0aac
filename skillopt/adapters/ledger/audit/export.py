"""The ledger as text: JSONL with every row of the chain, CSV with one line per proposal.

JSONL begins with a line about the ledger, then has one object per row, in the chain's order, with
`table` beside the row's columns. It holds all there is: another ledger can take it in. CSV is for
spreadsheets. Columns are only ever added.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any, Literal, TextIO

from sqlalchemy import Connection, select

from skillopt.adapters.ledger.audit.verification import in_order
from skillopt.adapters.ledger.migrations import newest
from skillopt.adapters.ledger.schema.state import state_of
from skillopt.adapters.ledger.schema.tables import ROUNDS
from skillopt.core.value import canonical_json
from skillopt.errors import InputError

Form = Literal["jsonl", "csv"]

CSV_COLUMNS = (
    "id", "run", "number", "skill_name", "created", "outcome", "stage", "code", "reason", "idea",
    "criteria", "sections", "parent", "candidate", "context", "edits_digest", "edits",
    "predicted_gain", "gain", "p_value", "tasks_seen", "origin",
)  # fmt: skip

_AT_ONCE = 500
_SAME_ROWS_SINCE = 3
"""The schema since which columns were only added."""


def export(connection: Connection, to: TextIO, *, form: Form) -> int:
    """Write the ledger; the number of rows (JSONL) or proposals (CSV) written."""
    if form == "csv":
        return _csv(connection, to)
    state = state_of(connection)
    about = {
        "ledger": state["ledger"],
        "schema": newest(),
        "rows": state["seq"],
        "head": state["link"],
    }
    to.write(canonical_json(about) + "\n")
    written = 0
    for placed in in_order(connection):
        to.write(canonical_json({"table": placed.table.name, **placed.row}) + "\n")
        written += 1
    return written


def _csv(connection: Connection, to: TextIO) -> int:
    writer = csv.writer(to, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    written = at = 0
    while True:
        columns = [ROUNDS.c[name] for name in CSV_COLUMNS]
        page = select(ROUNDS.c.seq, *columns).where(ROUNDS.c.seq > at).order_by(ROUNDS.c.seq)
        rows = connection.execute(page.limit(_AT_ONCE)).all()
        writer.writerows(tuple(map(_harmless, row[1:])) for row in rows)
        written += len(rows)
        if len(rows) < _AT_ONCE:
            return written
        at = rows[-1].seq


def _harmless(cell: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets an apostrophe, as is the custom."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell


def read_export(lines: Iterable[str], name: str) -> tuple[dict[str, Any], Iterator[dict[str, Any]]]:
    """The first line of a JSONL export, and its rows.

    Raises:
        InputError: it is no such export.
    """
    numbered = enumerate(lines, start=1)
    about = next((_parsed(line, name, number) for number, line in numbered), {})
    kinds = {"ledger": str, "head": str, "rows": int}
    if any(not isinstance(about.get(key), kind) for key, kind in kinds.items()):
        raise InputError(f"{name}:1: not a ledger export; make one with `skillopt ledger export`")
    schema = about.get("schema")
    if not isinstance(schema, int) or not _SAME_ROWS_SINCE <= schema <= newest():
        raise InputError(
            f"{name}: exported with schema {schema}, this skillopt has {newest()}; "
            "export it again with this version"
        )
    return about, (_parsed(line, name, number) for number, line in numbered if line.strip())


def _parsed(line: str, name: str, number: int) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name}:{number}: not JSON: {error}") from None
    if not isinstance(found, dict):
        raise InputError(f"{name}:{number}: not an object; is this a ledger export?")
    return found
