"""Can anyone have changed the record? Every row is read again and everything recomputed.

A row that was changed, deleted, inserted or swapped breaks the chain at its place. No chain can
show from within that a ledger was rewritten from some row to its end, links and all: pin a head
(:func:`end_of_chain`) in version control for that, and verify against it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, select

from skillopt.adapters.ledger.audit.derived import derivation
from skillopt.adapters.ledger.index.run_skills import moves_of
from skillopt.adapters.ledger.read import run_queries
from skillopt.adapters.ledger.schema import mapping
from skillopt.adapters.ledger.schema.chain import GENESIS, next_link
from skillopt.adapters.ledger.schema.mapping import Row
from skillopt.adapters.ledger.schema.tables import (
    CHAINED_TABLES,
    EDITS,
    EXCHANGES,
    PRUNINGS,
    ROLLOUTS,
    ROUNDS,
    RUNS,
    STATE,
    VERSIONS,
)
from skillopt.core.evaluation.rollout import RolloutKey
from skillopt.core.history.run import AcceptedRound, Round
from skillopt.core.skill.edit import Misfit, apply
from skillopt.core.value import Value, text_hash
from skillopt.errors import LedgerError

_AT_ONCE = 500


class Head(Value):
    """Where a chain ends."""

    seq: int
    """Number of the last row; 0 for an empty ledger."""
    link: str
    """64 hex digits that seal every row up to it."""


class BadRow(Value):
    """The first row that disagrees."""

    table: str
    seq: int
    row: str
    """What names it within its table."""
    problem: str
    """One sentence."""


class Verification(Value):
    """What :func:`verify` found."""

    rows: int
    """Rows that agree, from the first on."""
    replayed: int
    """Accepted proposals that make their candidate from their parent again."""
    pruned: int
    """Payloads that a recorded pruning took away."""
    head: Head
    bad: BadRow | None = None

    @property
    def sound(self) -> bool:
        """Nothing disagrees."""
        return self.bad is None


class Placed(NamedTuple):
    """A row and where it stands."""

    seq: int
    table: Table
    row: Row


def end_of_chain(connection: Connection) -> Head:
    """The head: pin its link where the ledger's writers cannot change it."""
    seq, link = connection.execute(select(STATE.c.seq, STATE.c.link)).one()
    return Head(seq=seq, link=link)


def verify(connection: Connection, *, pinned: str | None = None) -> Verification:
    """Read the whole ledger and recompute it.

    Args:
        connection: in one transaction, so that a writer at work does not disturb.
        pinned: a head's link from earlier; it must still be one of the chain's links.
    """
    head = end_of_chain(connection)
    prunings = connection.execute(select(PRUNINGS.c.place, PRUNINGS.c.before)).all()
    check = _Check(connection, dict(prunings))
    link, pin_seen = GENESIS, pinned in (None, GENESIS)
    with derivation(moves_of(connection)) as derived:
        for placed in in_order(connection):
            problem = check.place(placed, link) or check.content(placed)
            if problem:
                return check.report(head, bad=_bad(placed, problem))
            link = placed.row["link"]
            pin_seen = pin_seen or link == pinned
            check.rows += 1
            derived.see(placed.table, placed.row)
        problem = check.ends(head, link)
        if problem is None and not pin_seen:
            problem = f"the pinned head {pinned} is not in the chain: rows were rewritten since"
        if problem:
            bad = BadRow(table=STATE.name, seq=head.seq, row="1", problem=problem)
            return check.report(head, bad=bad)
        difference = derived.first_difference(connection)
    return check.report(head, bad=_not_derived(head, difference) if difference else None)


def _not_derived(head: Head, difference: tuple[str, str]) -> BadRow:
    table, row = difference
    problem = "it does not follow from the chain, or is missing; the chain itself is sound"
    return BadRow(table=table, seq=head.seq, row=row, problem=problem)


class _Check:
    """What is known while the rows go by."""

    def __init__(self, connection: Connection, prunings: dict[int, str]) -> None:
        self.rows = 0
        self._connection = connection
        self._prunings = prunings
        self._replayed = 0
        self._pruned = 0
        self._edits: dict[str, list[Row]] = {}

    def report(self, head: Head, *, bad: BadRow | None) -> Verification:
        """The result so far."""
        return Verification(
            rows=self.rows, replayed=self._replayed, pruned=self._pruned, head=head, bad=bad
        )

    def place(self, placed: Placed, previous: str) -> str | None:
        """Its number follows, and its link seals it and what was before."""
        if placed.seq != self.rows + 1:
            if placed.seq <= self.rows:
                return f"there are two rows with the number {placed.seq}"
            return f"row {self.rows + 1} is missing; the next one is {placed.seq}"
        if placed.row["link"] != next_link(previous, placed.table.name, placed.row):
            return "its content or position was changed"
        return None

    def content(self, placed: Placed) -> str | None:
        """Its digests are those of its texts, and an accepted proposal still makes its version."""
        row, table = placed.row, placed.table
        if table is VERSIONS and text_hash(row["text"]) != row["digest"]:
            return "the text does not have this digest"
        if table is ROLLOUTS and _key(row) != row["key"]:
            return "the key is not the digest of skill, task, target and trial"
        if table in (ROLLOUTS, EXCHANGES):
            return self._payload(row)
        if table is ROUNDS:
            return self._round(row)
        if table is EDITS:
            return self._edit(row)
        return None

    def ends(self, head: Head, link: str) -> str | None:
        """The chain ends where the ledger says it does."""
        missing = sum(len(rows) for rows in self._edits.values())
        if head.seq != self.rows or head.link != link:
            return f"the ledger's last row is {head.seq}, the chain ends at {self.rows}"
        return f"{missing} edits of rounds are missing" if missing else None

    def _payload(self, row: Row) -> str | None:
        if row["payload"] is not None:
            whole = text_hash(row["payload"]) == row["payload_digest"]
            return None if whole else "the payload does not have this digest"
        for place, before in self._prunings.items():
            if row["seq"] <= place and row["created"] < before:
                self._pruned += 1
                return None
        return "the payload is missing and was not pruned"

    def _round(self, row: Row) -> str | None:
        try:
            round_ = mapping.round_of(row["document"])
        except LedgerError as error:
            return str(error)
        self._edits[round_.id] = mapping.edit_rows(round_)
        told = (round_.id, round_.run, round_.number, mapping.outcome_of(round_))
        if told != (row["id"], row["run"], row["number"], row["outcome"]):
            return "the columns do not match the document"
        return self._replay(round_) if isinstance(round_.decision, AcceptedRound) else None

    def _replay(self, round_: Round) -> str | None:
        parent = run_queries.skill(self._connection, round_.parent)
        if parent is None:
            return f"its parent {round_.parent[:12]} is not in the ledger"
        if round_.proposal is None:
            return self._by_hand(round_)
        made = apply(parent, round_.proposal.edits)
        if isinstance(made, Misfit):
            return f"its edits do not fit its parent: {made.detail}"
        if made.digest != round_.decision.candidate:
            return f"its edits make {made.digest[:12]} of its parent, not its candidate"
        self._replayed += 1
        return None

    def _by_hand(self, round_: Round) -> str | None:
        """A hand-written edit has no proposal to replay; its run says so, and its text is here."""
        query = select(RUNS.c.document).where(RUNS.c.id == round_.run)
        record = mapping.run_of(self._connection.execute(query).scalar_one())
        if record.kind != "gate":
            return "it was accepted without a proposal"
        candidate = round_.decision.candidate or ""
        there = run_queries.skill(self._connection, candidate) is not None
        return None if there else f"its candidate {candidate[:12]} is not in the ledger"

    def _edit(self, row: Row) -> str | None:
        waiting = self._edits.get(row["round"], [])
        told = waiting.pop(0) if waiting else {}
        if not waiting:
            self._edits.pop(row["round"], None)
        same = bool(told) and all(row[name] == value for name, value in told.items())
        return None if same else "it is not the edit that its round has here"


def in_order(connection: Connection) -> Iterator[Placed]:
    """All rows of the chain, by number."""
    return heapq.merge(
        *(_rows(connection, table) for table in CHAINED_TABLES), key=lambda placed: placed.seq
    )


def _rows(connection: Connection, table: Table) -> Iterator[Placed]:
    """A table's rows by number, fetched piece by piece: the whole ledger need not fit in memory."""
    at = 0
    while True:
        query = select(table).where(table.c.seq > at).order_by(table.c.seq).limit(_AT_ONCE)
        rows: list[Any] = list(connection.execute(query).mappings())
        for row in rows:
            yield Placed(row["seq"], table, dict(row))
        if len(rows) < _AT_ONCE:
            return
        at = rows[-1]["seq"]


def _key(row: Row) -> str:
    key = RolloutKey(skill=row["skill"], task=row["task"], target=row["target"], trial=row["trial"])
    return key.digest


def _bad(placed: Placed, problem: str) -> BadRow:
    names = ("id", "digest", "run", "round", "ledger", "seq")
    name = next(str(placed.row[name]) for name in names if name in placed.row)
    return BadRow(table=placed.table.name, seq=placed.seq, row=name, problem=problem)
