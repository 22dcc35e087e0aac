"""The one row that says what a ledger is and where its chain ends."""

from __future__ import annotations

from sqlalchemy import Connection, select

from skillopt.adapters.ledger.schema.mapping import Row
from skillopt.adapters.ledger.schema.tables import STATE
from skillopt.errors import LedgerError

_STATE = select(STATE)
_KINDS = {"id": int, "ledger": str, "schema_version": int, "seq": int, "link": str}
_LOCKED = _STATE.with_for_update()


def state_of(connection: Connection, *, lock: bool = False) -> Row:
    """The ledger's state.

    Args:
        connection: in a transaction.
        lock: keep other writers out until the transaction ends.

    Raises:
        LedgerError: there is no such row, or there are several.
    """
    rows = connection.execute(_LOCKED if lock else _STATE).mappings().all()
    if len(rows) != 1:
        raise LedgerError(
            f"the ledger's table {STATE.name} has {len(rows)} rows instead of one: it was changed "
            "by hand; restore a backup, or import the rows of a good copy into a new ledger"
        )
    state = dict(rows[0])
    for name, kind in _KINDS.items():
        if not isinstance(state[name], kind) or (name == "id" and state[name] != 1):
            raise LedgerError(
                f"the ledger's table {STATE.name} has {state[name]!r} as its {name}: it was "
                "changed by hand; restore a backup"
            )
    return state
