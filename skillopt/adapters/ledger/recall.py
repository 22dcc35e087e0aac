"""Recall: refusals filed under keys, and how often what was refused. Made from the chain's rows.

Each question is a few reads of one index with a limit, so its time does not grow with the ledger.
Nothing here is a part of the chain: :func:`refill` makes all of it again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, insert, literal, select, union_all, update

from skillopt.adapters.ledger import mapping
from skillopt.adapters.ledger.mapping import Row
from skillopt.adapters.ledger.tables import (
    ABLATIONS,
    DERIVED_TABLES,
    RECALL_KEYS,
    RECALLED,
    ROUNDS,
    TALLIES,
)
from skillopt.core.likeness import idea_of
from skillopt.core.recall import Tally, entry_keys, parts_refused, refusals_of
from skillopt.core.refusal import Part, Refusal

SLOTS = 64
"""Entries that one row of the chain may make: a whole and its parts, of which there are 50."""

_AT_ONCE = 500


def file_rounds(connection: Connection, rows: Iterable[Row]) -> None:
    """File what rows of `rounds` tell of refusals, and count them."""
    for row in rows:
        if row["outcome"] == "accepted":
            continue
        _count(connection, row)
        round_ = mapping.round_of(row["document"])
        whole_and_parts = refusals_of(round_, skill_name=row["skill_name"])
        _file(connection, row["seq"], whole_and_parts)


def file_ablations(connection: Connection, rows: Iterable[Row]) -> None:
    """File what rows of `ablations` tell: the whole knows its parts, the bad ones stand alone."""
    for row in rows:
        query = select(RECALLED.c.entry, RECALLED.c.document).where(
            (RECALLED.c.round == row["round"]) & (RECALLED.c.entry % SLOTS == 0)
        )
        found = connection.execute(query).first()
        if found is None:
            continue
        parts = tuple(Part.model_validate(part) for part in json.loads(row["document"]))
        whole = _refusal(found.document).model_copy(update={"parts": parts})
        known = RECALLED.c.entry == found.entry
        connection.execute(update(RECALLED).where(known).values(document=_document(whole)))
        _file(connection, row["seq"], parts_refused(whole, parts))


def recalled(connection: Connection, keys: Sequence[int], newest: int) -> tuple[Refusal, ...]:
    """The newest entries under each key, each once, oldest first."""
    wanted = list(dict.fromkeys(keys))
    if not wanted:
        return ()
    lookups = [
        select(
            select(RECALL_KEYS.c.entry)
            .where(RECALL_KEYS.c.key == literal(key))
            .order_by(RECALL_KEYS.c.entry.desc())
            .limit(newest)
            .subquery()
        )
        for key in wanted
    ]
    entries = sorted(set(connection.execute(union_all(*lookups)).scalars()))
    found: list[Refusal] = []
    for start in range(0, len(entries), _AT_ONCE):
        known = RECALLED.c.entry.in_(entries[start : start + _AT_ONCE])
        query = select(RECALLED.c.document).where(known).order_by(RECALLED.c.entry)
        found += [_refusal(document) for document in connection.execute(query).scalars()]
    return tuple(found)


def tallies(connection: Connection, skill_names: Sequence[str], most: int) -> tuple[Tally, ...]:
    """The totals of each skill, and its most frequent ideas."""
    found: list[Row] = []
    for name in dict.fromkeys(skill_names):
        mine = select(TALLIES).where(TALLIES.c.skill_name == name)
        totals = mine.where(TALLIES.c.idea == "").order_by(TALLIES.c.stage, TALLIES.c.outcome)
        ideas = mine.order_by(TALLIES.c.count.desc(), TALLIES.c.idea).limit(most)
        found += [dict(row) for row in connection.execute(totals).mappings()]
        found += [dict(row) for row in connection.execute(ideas).mappings() if row["idea"]]
    return tuple(Tally.model_validate(row) for row in found)


def refill(connection: Connection) -> None:
    """Make everything here again from the chain."""
    for table in DERIVED_TABLES:
        connection.execute(table.delete())
    columns = (ROUNDS.c.seq, ROUNDS.c.skill_name, ROUNDS.c.outcome, ROUNDS.c.stage, ROUNDS.c.idea)
    rounds = select(*columns, ROUNDS.c.document).order_by(ROUNDS.c.seq)
    file_rounds(connection, map(dict, connection.execute(rounds).mappings().all()))
    ablations = select(ABLATIONS).order_by(ABLATIONS.c.seq)
    file_ablations(connection, map(dict, connection.execute(ablations).mappings().all()))


def _file(connection: Connection, seq: int, refusals: Sequence[Refusal]) -> None:
    entries = {seq * SLOTS + slot: refusal for slot, refusal in enumerate(refusals)}
    if not entries:
        return
    documents = [
        {"entry": entry, "round": refusal.id, "document": _document(refusal)}
        for entry, refusal in entries.items()
    ]
    connection.execute(insert(RECALLED), documents)
    keys = [
        {"key": key, "entry": entry}
        for entry, refusal in entries.items()
        for key in entry_keys(refusal)
    ]
    connection.execute(insert(RECALL_KEYS), keys)


def _count(connection: Connection, row: Row) -> None:
    for idea in dict.fromkeys(("", idea_of(row["idea"]) if row["idea"] else "")):
        name = {column: row[column] for column in ("skill_name", "stage", "outcome")}
        same = [TALLIES.c[column] == value for column, value in {**name, "idea": idea}.items()]
        more = update(TALLIES).where(*same).values(count=TALLIES.c.count + 1)
        if connection.execute(more).rowcount == 0:
            example = row["idea"] if idea else ""
            first = {**name, "idea": idea, "example": example, "count": 1}
            connection.execute(insert(TALLIES), [first])


def _document(refusal: Refusal) -> str:
    return mapping.stored_json(refusal.model_dump(mode="json"))


def _refusal(document: str) -> Refusal:
    return Refusal.model_validate_json(document, extra="ignore")
