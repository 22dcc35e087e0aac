"""Recall: refusals filed under keys, and how often what was refused. Made from the chain's rows.

Each question is a few reads of one index with a limit, so its time does not grow with the ledger.
Nothing here is a part of the chain (:mod:`skillopt.adapters.ledger.index.filing` makes it again).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, insert, literal, select, text, union_all, update

from skillopt.adapters.ledger.schema import mapping
from skillopt.adapters.ledger.schema.mapping import Row
from skillopt.adapters.ledger.schema.tables import RECALL_KEYS, RECALLED, TALLIES
from skillopt.core.history.recall import (
    Recall,
    Tally,
    counted_idea,
    entry_keys,
    losers_refused,
    parts_refused,
    refusals_of,
)
from skillopt.core.proposals.refusal import Part, Refusal
from skillopt.core.skill.similarity import idea_of

SLOTS = 64
"""Entries that one row of the chain may make: a whole, its parts, of which there are 50, losers."""
_LOSERS = 52
"""The slot of the first proposal that the row's own was chosen over."""

_ADD_COUNT = text(
    "INSERT INTO tallies (skill_id, stage, outcome, idea, example, count) "
    "VALUES (:skill_id, :stage, :outcome, :idea, :example, :count) "
    "ON CONFLICT (skill_id, stage, outcome, idea) "
    "DO UPDATE SET count = tallies.count + excluded.count"
)


def file_refusals(connection: Connection, rows: Iterable[Row]) -> None:
    """File what rows of `rounds` tell of refusals, and count them; each knows its `skill_id`."""
    entries: dict[int, Refusal] = {}
    counts: dict[tuple[str, ...], Row] = {}
    for row in rows:
        named = {"skill_id": row["skill_id"], "skill_name": row["skill_name"]}
        round_ = mapping.round_of(row["document"])
        losers = losers_refused(round_, **named)
        for loser in losers:
            place = {"stage": loser.stage.value, "outcome": loser.outcome}
            _count(counts, {**row, **place}, loser.proposal.draft.idea)
        entries |= _numbered(row["seq"], losers, first=_LOSERS)
        if row["outcome"] == "accepted":
            continue
        _count(counts, row, counted_idea(round_))
        entries |= _numbered(row["seq"], refusals_of(round_, **named))
    _file(connection, entries)
    if counts:
        connection.execute(_ADD_COUNT, list(counts.values()))


def file_ablations(connection: Connection, rows: Iterable[Row]) -> None:
    """File what rows of `ablations` tell: the whole knows its parts, the bad ones stand alone."""
    for row in rows:
        query = select(RECALLED.c.entry, RECALLED.c.document).where(
            (RECALLED.c.round == row["round"]) & (RECALLED.c.entry % SLOTS == 0)
        )
        found = connection.execute(query).first()
        if found is None:
            continue
        parts = parts_of(row["document"])
        whole = _refusal(found.document).model_copy(update={"parts": parts})
        known = RECALLED.c.entry == found.entry
        connection.execute(update(RECALLED).where(known).values(document=_document(whole)))
        _file(connection, _numbered(row["seq"], parts_refused(whole, parts)))


def parts_of(stored: str) -> tuple[Part, ...]:
    """The edits of an ablation's document, and how each fared alone."""
    return tuple(Part.model_validate(part) for part in json.loads(stored))


def recalled(connection: Connection, asked: Recall) -> tuple[Refusal, ...]:
    """The entries that are filed under most of the keys, each once, oldest first."""
    if not asked.keys:
        return ()
    lookups = [
        select(
            select(RECALL_KEYS.c.entry)
            .where(RECALL_KEYS.c.key == literal(key))
            .order_by(RECALL_KEYS.c.entry.desc())
            .limit(asked.newest)
            .subquery()
        )
        for key in dict.fromkeys(asked.keys)
    ]
    shared = Counter(connection.execute(union_all(*lookups)).scalars())
    best = sorted(shared, key=lambda entry: (shared[entry], entry))[-asked.most :]
    query = select(RECALLED.c.document).where(RECALLED.c.entry.in_(best))
    found = connection.execute(query.order_by(RECALLED.c.entry)).scalars()
    return tuple(_refusal(document) for document in found)


def tallies(connection: Connection, skill_ids: Sequence[str], most: int) -> tuple[Tally, ...]:
    """The totals of each skill, and its most frequent ideas."""
    found: list[Row] = []
    for skill in dict.fromkeys(skill_ids):
        mine = select(TALLIES).where(TALLIES.c.skill_id == skill)
        totals = mine.where(TALLIES.c.idea == "").order_by(TALLIES.c.stage, TALLIES.c.outcome)
        ideas = mine.order_by(TALLIES.c.count.desc(), TALLIES.c.idea).limit(most)
        found += [dict(row) for row in connection.execute(totals).mappings()]
        found += [dict(row) for row in connection.execute(ideas).mappings() if row["idea"]]
    return tuple(Tally.model_validate(row) for row in found)


def _numbered(seq: int, refusals: Sequence[Refusal], *, first: int = 0) -> dict[int, Refusal]:
    return {seq * SLOTS + slot: refusal for slot, refusal in enumerate(refusals, start=first)}


def _file(connection: Connection, entries: dict[int, Refusal]) -> None:
    documents = [
        {"entry": entry, "round": refusal.id, "document": _document(refusal)}
        for entry, refusal in entries.items()
    ]
    keys = [
        {"key": key, "entry": entry}
        for entry, refusal in entries.items()
        for key in entry_keys(refusal)
    ]
    for table, rows in ((RECALLED, documents), (RECALL_KEYS, keys)):
        if rows:
            connection.execute(insert(table), rows)


def _count(counts: dict[tuple[str, ...], Row], row: Row, told: str) -> None:
    """Add a refusal to its idea, and to the total of its skill, stage and outcome."""
    for idea in dict.fromkeys(("", idea_of(told) if told else "")):
        name = (row["skill_id"], row["stage"], row["outcome"], idea)
        if name in counts:
            counts[name]["count"] += 1
            continue
        example = told if idea else ""
        columns = ("skill_id", "stage", "outcome", "idea")
        counts[name] = {**dict(zip(columns, name, strict=True)), "example": example, "count": 1}


def _document(refusal: Refusal) -> str:
    return mapping.stored_json(refusal.model_dump(mode="json"))


def _refusal(document: str) -> Refusal:
    return Refusal.model_validate_json(document, extra="ignore")
