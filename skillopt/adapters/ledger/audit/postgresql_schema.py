"""What PostgreSQL says of a ledger's tables: compared with a new ledger's, made for a moment.

The new one is made in the session's own schema of temporary tables, and taken back. Other tables
beside the ledger's are other people's business: a database may be shared.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from skillopt.adapters.ledger.migrations import new_ledger
from skillopt.adapters.ledger.schema.tables import CHAINED_TABLES, DERIVED_TABLES, STATE
from skillopt.errors import LedgerError

_TABLES = sorted(table.name for table in (STATE, *CHAINED_TABLES, *DERIVED_TABLES))
_OURS = "c.relname = ANY(:tables) AND c.relnamespace = CAST(:space AS oid)"
_QUERIES = {
    "table": """SELECT c.relname, c.relname, c.relkind::text || c.relrowsecurity::text
        FROM pg_class c WHERE OURS""",
    "column": """SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
        || a.attnotnull::text || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attnum > 0 AND NOT a.attisdropped AND OURS""",
    "constraint": """SELECT c.relname, o.conname,
        replace(pg_get_constraintdef(o.oid), ' NOT VALID', '')
        FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
        WHERE o.contype <> 'n' AND OURS""",
    "index": """SELECT c.relname, x.relname, pg_get_indexdef(i.indexrelid) || i.indisvalid::text
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        JOIN pg_class x ON x.oid = i.indexrelid WHERE OURS""",
    "trigger": """SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE NOT t.tgisinternal AND OURS""",
    "rule": """SELECT c.relname, r.rulename, pg_get_ruledef(r.oid)
        FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class WHERE OURS""",
    "policy": """SELECT c.relname, p.polname, ''
        FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE OURS""",
    "child table": """SELECT c.relname, k.relname, ''
        FROM pg_inherits h JOIN pg_class c ON c.oid = h.inhparent
        JOIN pg_class k ON k.oid = h.inhrelid WHERE OURS""",
}
_SPACE = "SELECT relnamespace FROM pg_class WHERE oid = 'ledger_state'::regclass"
_QUALIFIED = re.compile(r'\b(?:ON|TABLE) (?:ONLY )?(?:"[^"]+"|\w+)\.')

Objects = dict[tuple[str, str, str], str]
"""Kind, table and name of what there is, and how it was made."""

_NEW: dict[Any, Objects] = {}
"""A new ledger's, by the version of the server: each writes definitions in its own way."""


def postgresql_difference(connection: Connection) -> tuple[str, str] | None:
    """The first thing that is missing, changed or not the ledger's own: what it is, and how.

    Raises:
        LedgerError: the account may not make temporary tables.
    """
    server = connection.dialect.server_version_info
    if server not in _NEW:
        _NEW[server] = _new_ledger(connection)
    there, wanted = _objects(connection), _NEW[server]
    for kind, table, name in sorted(wanted.keys() | there.keys()):
        thing = (kind, table, name)
        if thing not in there:
            return f"{kind} {name}", f"it is missing from {table}"
        if thing not in wanted:
            return f"{kind} {name}", f"it is not a part of a ledger, and was added to {table}"
        if there[thing] != wanted[thing]:
            return f"{kind} {name}", f"in {table}, it is not made as skillopt makes it"
    return None


def _new_ledger(connection: Connection) -> Objects:
    with connection.begin_nested() as moment:
        try:
            connection.execute(text("SET LOCAL search_path TO pg_temp"))
            for statement in new_ledger("postgresql"):
                connection.exec_driver_sql(statement)
        except DBAPIError as error:
            raise LedgerError(
                f"the schema cannot be verified: {str(error.orig).strip()}; verify as an account "
                "that may make temporary tables: GRANT TEMPORARY ON DATABASE ... TO ..."
            ) from None
        made = _objects(connection)
        moment.rollback()
    return made


def _objects(connection: Connection) -> Objects:
    space = connection.execute(text(_SPACE)).scalar_one()
    asked: dict[str, Any] = {"tables": _TABLES, "space": space}
    return {
        (kind, table, name): _QUALIFIED.sub("ON ", how)
        for kind, query in _QUERIES.items()
        for table, name, how in connection.execute(text(query.replace("OURS", _OURS)), asked)
    }
