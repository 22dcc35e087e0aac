"""The page of the ledger's tables, from the models."""

from __future__ import annotations

from typing import Any, NamedTuple

from pages.objects import field_docs
from pages.tables import table
from sqlalchemy import Column, Table
from sqlmodel import SQLModel

from skillopt.adapters.ledger.migrations import newest
from skillopt.adapters.ledger.schema import chained_row, derived_rows, rows
from skillopt.adapters.ledger.schema.tables import CHAINED_TABLES

OPENING = """# The ledger's tables

Schema version NEWEST. The same tables in SQLite and PostgreSQL, and the same content in them. Times
are UTC as ISO 8601 text. Digests are SHA-256 in 64 hex digits. Documents are canonical JSON:
`json_extract(document, '$.critiques[0].cause')` in SQLite,
`document::json #>> '{critiques,0,cause}'` in PostgreSQL.

Open the file with anything that reads SQLite: `sqlite3 .skillopt/ledger.db`, Datasette
(`datasette .skillopt/ledger.db`), or a notebook:

```python
import sqlite3

connection = sqlite3.connect("file:.skillopt/ledger.db?mode=ro", uri=True)
refused = "SELECT idea, reason FROM rounds WHERE outcome = 'rejected'"
for idea, reason in connection.execute(refused):
    print(f"{idea}: {reason}")
```

Read as much as you like while runs write; write nothing. A row that was changed by hand is found by
`skillopt ledger verify`. SQLite has two things more: the view `round_written`, which is
`rounds.words` without the reason that earlier schemas put first, and `round_search`, the full-text
index on it. `SELECT rowid FROM round_search WHERE round_search MATCH 'refund'` gives the `seq`
of rounds.
"""


class Query(NamedTuple):
    """A question to the ledger in plain SQL."""

    asked: str
    sql: str


QUERIES = (
    Query(
        "What is refused most, and by which rule?",
        """SELECT skill_name, stage, code, outcome, COUNT(*) AS proposals
FROM rounds
WHERE outcome <> 'accepted'
GROUP BY skill_name, stage, code, outcome
ORDER BY proposals DESC, skill_name, stage, code""",
    ),
    Query(
        "How did a skill come to be what it is?",
        """SELECT created, id, idea, gain, p_value, parent, candidate
FROM rounds
WHERE skill_name = 'triage-support-tickets' AND outcome = 'accepted'
ORDER BY seq""",
    ),
    Query(
        "What did each run cost, and what did it bring on the sealed test?",
        """SELECT runs.id, runs.skill_name, runs.target, ended.stopped_by, ended.calls, ended.cost,
       ended.sealed_first, ended.sealed_last, ended.certified
FROM runs
JOIN run_ends AS ended ON ended.run = runs.id
WHERE ended.seq = (SELECT MAX(seq) FROM run_ends WHERE run_ends.run = runs.id)
ORDER BY runs.seq DESC""",
    ),
    Query(
        "Which edits were tried under a heading, and what happened to them?",
        """SELECT rounds.outcome, rounds.code, rounds.idea, edits.kind, edits.anchor, edits.text
FROM edits
JOIN rounds ON rounds.id = edits.round
WHERE edits.section LIKE '%Rules%'
ORDER BY edits.seq DESC""",
    ),
    Query(
        "Which tasks does the target fail most, over all versions that were tried?",
        """SELECT task_id, COUNT(*) AS runs, AVG(score) AS mean_score
FROM rollouts
WHERE status = 'graded'
GROUP BY task_id
HAVING COUNT(*) > 1
ORDER BY mean_score, task_id
LIMIT 20""",
    ),
)


def page() -> str:
    """The page."""
    models = [rows.LedgerState, *rows.CHAINED]
    chained = {one.name for one in CHAINED_TABLES}
    derived = [
        model for model in _all() if model not in models and _table(model).name not in chained
    ]
    parts = [
        OPENING.replace("NEWEST", str(newest())),
        "## Five questions in SQL\n",
        *(f"{query.asked}\n\n```sql\n{query.sql};\n```\n" for query in QUERIES),
        "## The chain\n",
        "Every row of these tables has four columns more:\n",
        table(("column", "type", "meaning"), _columns(rows.RunRow, only=_shared())),
        *(_section(model) for model in rows.CHAINED),
        "## What follows from the chain\n",
        "These can be made again from the tables above. They are there for speed.\n",
        *(_section(model) for model in derived),
        "## The ledger itself\n",
        _section(rows.LedgerState),
    ]
    return "\n".join(parts)


def _section(model: type[SQLModel]) -> str:
    said = " ".join((model.__doc__ or "").split("\n\n")[0].split())
    columns = _columns(model, without=_shared())
    head = ("column", "type", "meaning")
    return f"### {_table(model).name}\n\n{said}\n\n{table(head, columns)}"


def _columns(
    model: type[SQLModel],
    *,
    only: frozenset[str] | None = None,
    without: frozenset[str] = frozenset(),
) -> list[tuple[str, str, str]]:
    docs = field_docs(model)
    return [
        (f"`{column.name}`", _type(column), docs.get(column.name, ""))
        for column in _table(model).columns
        if (only is None or column.name in only) and (only or column.name not in without)
    ]


def _type(column: Column[Any]) -> str:
    kind = column.type.python_type
    name = {int: "whole number", float: "number", bool: "true or false"}.get(kind, "text")
    return f"{name} or NULL" if column.nullable else name


def _shared() -> frozenset[str]:
    return frozenset(chained_row.ChainedRow.model_fields)


def _table(model: type[SQLModel]) -> Table:
    found = model.__table__  # type: ignore[attr-defined]
    assert isinstance(found, Table)
    return found


def _all() -> list[type[SQLModel]]:
    return [
        model
        for model in (vars(rows) | vars(derived_rows)).values()
        if isinstance(model, type) and issubclass(model, SQLModel) and hasattr(model, "__table__")
    ]
