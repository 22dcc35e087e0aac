"""Rows outside of the chain: `verify` names them, and nothing reads from a ledger that has any."""

from __future__ import annotations

import gzip
import sqlite3
import time
from pathlib import Path

import pytest

from skillopt.adapters.ledger import RoundFilter, SqlLedger, Verification
from skillopt.errors import LedgerError
from tests.adapters.ledger.samples import (
    SKILL,
    SKILL_ID,
    a_missing,
    a_rollout,
    a_round,
    a_run,
    an_exchange,
)

EARLIER = Path(__file__).parents[1] / "earlier" / "schema-6.db.gz"
TAKEN = 8
"""The number of an edit in the ledger of these tests."""
UNCHECKED = "PRAGMA ignore_check_constraints = ON"


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.db"
    async with SqlLedger.open(path) as ledger:
        await ledger.start_run(a_run(), SKILL)
        await ledger.add_rollout("run-1", a_rollout(1, score=0.0))
        await ledger.add_rollout("run-1", a_missing(2))
        await ledger.add_exchange(an_exchange())
        await ledger.add_round(*a_round(1))
    return path


def by_hand(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def forged(table: str, **changed: str) -> str:
    """Copy a table's first row, with some columns changed."""
    with sqlite3.connect(":memory:") as empty:
        from skillopt.adapters.ledger.migrations import new_ledger

        for statement in new_ledger("sqlite"):
            empty.execute(statement)
        names = [row[1] for row in empty.execute(f"PRAGMA table_info({table})")]
    empty.close()
    values = ", ".join(changed.get(name, f'"{name}"') for name in names)
    return f"INSERT INTO {table} SELECT {values} FROM {table} ORDER BY seq LIMIT 1"


ROLLOUT = {"key": "'another'", "attempt": "'another'", "score": "1.0", "status": "'graded'"}
ROUND = {"id": "'another'", "number": "99"}
PRUNING = (
    "INSERT INTO prunings (seq, created, link, before, place, payloads) "
    "VALUES ({}, '', '', '9', 1000, 1000)"
)


async def verified(path: Path) -> Verification:
    async with SqlLedger.open(path, create=False) as ledger:
        return await ledger.verify(pinned=(await ledger.chain_head()).link)


@pytest.mark.parametrize("seq", ["0", "-1", "-5000"])
@pytest.mark.parametrize(
    "statement",
    [forged("rollouts", **ROLLOUT, seq="{}"), forged("rounds", **ROUND, seq="{}"), PRUNING],
)
async def test_the_schema_refuses_rows_before_the_chain(
    path: Path, seq: str, statement: str
) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="CHECK constraint failed"):
        by_hand(path, statement.format(seq))


@pytest.mark.parametrize("seq", [0, -1, -5000, TAKEN, 900])
@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("rollouts", forged("rollouts", **ROLLOUT, seq="{}")),
        ("rounds", forged("rounds", **ROUND, seq="{}")),
        ("prunings", PRUNING),
    ],
)
async def test_a_row_that_got_in_all_the_same_is_named_and_nothing_rests_on_it(
    path: Path, table: str, statement: str, seq: int
) -> None:
    by_hand(path, UNCHECKED, statement.format(seq))
    bad = (await verified(path)).bad
    assert bad
    assert (bad.table, bad.seq) == (table, seq)
    async with SqlLedger.open(path) as ledger:
        told = f"row {seq} of the table {table}" if seq != TAKEN else "tables have 10 rows"
        with pytest.raises(LedgerError, match=told):
            await ledger.rollouts([a_rollout(1).key])
        with pytest.raises(LedgerError, match="verify"):
            await ledger.list_rounds(RoundFilter())
        with pytest.raises(LedgerError, match="verify"):
            await ledger.usage("run-1")


async def test_payloads_deleted_under_a_forged_pruning_are_missed(path: Path) -> None:
    blank = [f"UPDATE {table} SET payload = NULL" for table in ("rollouts", "exchanges")]
    by_hand(path, *blank, UNCHECKED, PRUNING.format(-1))
    bad = (await verified(path)).bad
    assert bad
    assert (bad.table, bad.seq) == ("prunings", -1)
    by_hand(path, "DELETE FROM prunings")
    bad = (await verified(path)).bad
    assert bad
    assert "was not pruned" in bad.problem


async def test_payloads_deleted_beside_a_recorded_pruning_are_counted(path: Path) -> None:
    async with SqlLedger.open(path) as ledger:
        assert await ledger.prune(before=time.time() + 3600) == 3
        await ledger.add_rollout("run-1", a_rollout(7))
        assert (await ledger.verify()).pruned == 3
    async with SqlLedger.open(path) as ledger:
        # What is imported keeps its date, which may be before that of the pruning.
        await ledger.add_rollout("run-1", a_rollout(8))
    by_hand(path, "UPDATE prunings SET place = 10000")
    assert (await verified(path)).bad


async def test_a_forged_row_of_an_earlier_schema_is_taken_along_and_named(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(gzip.decompress(EARLIER.read_bytes()))
    by_hand(path, forged("rounds", **ROUND, seq="-3"))
    bad = (await verified(path)).bad
    assert bad
    assert (bad.table, bad.seq) == ("rounds", -3)
    async with SqlLedger.open(path) as ledger:
        with pytest.raises(LedgerError, match="row -3 of the table rounds"):
            await ledger.newest_rounds(SKILL_ID, most=5)
    by_hand(path, "DELETE FROM rounds WHERE seq = -3")
    assert (await verified(path)).sound


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM ledger_state", "0 rows instead of one"),
        (
            "INSERT INTO ledger_state SELECT 2, ledger, schema_version, seq, link FROM ledger_state",
            "2 rows instead of one",
        ),
        ("UPDATE ledger_state SET seq = 'many'", "'many' as its seq"),
        ("UPDATE ledger_state SET schema_version = 5", "says schema 5, the chain 9"),
    ],
)
async def test_a_state_that_is_missing_or_doubled_is_told(
    path: Path, statement: str, said: str
) -> None:
    by_hand(path, UNCHECKED, statement)
    with pytest.raises(LedgerError, match=said):
        await verified(path)


async def test_another_name_of_the_ledger_is_found(path: Path) -> None:
    by_hand(path, "UPDATE ledger_state SET ledger = 'another'")
    bad = (await verified(path)).bad
    assert bad
    assert "ledger another" in bad.problem
