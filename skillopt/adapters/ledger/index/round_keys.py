"""Rounds are filed under their skill, criteria and sections: a list of them reads one index."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection, insert

from skillopt.adapters.ledger.index.keys import Kind, round_key
from skillopt.adapters.ledger.schema.mapping import Row
from skillopt.adapters.ledger.schema.tables import ROUND_KEYS

_LISTS: tuple[tuple[Kind, str], ...] = (("criterion", "criteria"), ("section", "sections"))


def file_keys(connection: Connection, rounds: Sequence[Row]) -> None:
    """File rows of `rounds`; each knows the id of its skill as `skill_id`."""
    keys = [{"key": key, "seq": row["seq"]} for row in rounds for key in _keys(row)]
    if keys:
        connection.execute(insert(ROUND_KEYS), keys)


def _keys(row: Row) -> set[int]:
    listed = {round_key(kind, name) for kind, column in _LISTS for name in json.loads(row[column])}
    return {round_key("skill", row["skill_id"]), *listed}
