"""Both ways to a list are one: by the `sqlite3` module alone, and by SQLAlchemy."""

from __future__ import annotations

import gzip
import random
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.adapters.ledger.db.plain_sql import PlainSql
from skillopt.adapters.ledger.read import filters
from skillopt.adapters.ledger.read.direct import read_directly
from skillopt.adapters.ledger.read.round_lists import count_rounds, list_rounds
from skillopt.adapters.ledger.schema import names
from skillopt.adapters.ledger.schema.tables import CHAINED_TABLES, STATE
from skillopt.core.history.listed_round import ListedRound, WantedRounds
from skillopt.core.history.views import RoundFilter, RoundSummary
from skillopt.errors import InputError, LedgerError
from tests.adapters.ledger.db.test_read_only import folder, read_only
from tests.adapters.ledger.db.test_read_only import names as names_in
from tests.adapters.ledger.read.test_filters import a_filter, fill

EARLIER = Path(__file__).parents[1] / "earlier"

__all__ = ["folder"]


async def a_ledger(path: Path, *, rounds: int = 40) -> Path:
    async with SqlLedger.open(path) as ledger:
        await fill(ledger, seed=3, rounds=rounds)
    return path


def everything(sql: PlainSql) -> tuple[ListedRound, ...]:
    return list_rounds(sql, WantedRounds(limit=1000))


@pytest.mark.parametrize("dense", [0, filters.DENSE])
async def test_any_filter_gives_the_same_by_either_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dense: int
) -> None:
    monkeypatch.setattr(filters, "DENSE", dense)
    path = await a_ledger(tmp_path / "ledger.db")
    rounds = read_directly(path, everything)
    assert rounds is not None
    assert len(rounds) == 40
    moments = [one.created + timedelta(microseconds=step) for one in rounds for step in (0, 1)]
    chance, found = random.Random(dense), 0
    async with SqlLedger.open(path) as ledger:
        for _ in range(60):
            wanted: RoundFilter = a_filter(chance, moments)
            asked = wanted.wanted()
            listed = read_directly(path, lambda sql: list_rounds(sql, asked))  # noqa: B023
            counted = read_directly(path, lambda sql: count_rounds(sql, asked))  # noqa: B023
            assert listed is not None
            assert tuple(map(RoundSummary.of, listed)) == await ledger.list_rounds(wanted)
            assert counted == await ledger.count_rounds(wanted)
            found += bool(listed)
    assert found > 20


async def test_a_wrong_id_or_text_gets_the_same_message(tmp_path: Path) -> None:
    path = await a_ledger(tmp_path / "ledger.db", rounds=3)
    async with SqlLedger.open(path) as ledger:
        for wrong in (RoundFilter(run="run-"), RoundFilter(run="no"), RoundFilter(text="%")):
            with pytest.raises(InputError) as told:
                await ledger.list_rounds(wrong)
            with pytest.raises(InputError) as direct:
                read_directly(path, lambda sql: list_rounds(sql, wrong.wanted()))  # noqa: B023
            assert str(direct.value) == str(told.value)


async def test_a_row_outside_of_the_chain_gets_the_same_message(tmp_path: Path) -> None:
    path = await a_ledger(tmp_path / "ledger.db", rounds=3)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE ledger_state SET seq = seq - 1")
    connection.commit()
    connection.close()
    with pytest.raises(LedgerError, match="is not in the ledger's chain") as direct:
        read_directly(path, everything)
    async with SqlLedger.open(path) as ledger:
        with pytest.raises(LedgerError) as told:
            await ledger.list_rounds()
    assert str(direct.value) == str(told.value)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_state SET schema_version = schema_version - 1",
        "UPDATE ledger_state SET schema_version = schema_version + 1",
        "UPDATE ledger_state SET seq = 'many'",
        "DELETE FROM ledger_state",
        "DROP TABLE ledger_state",
        "DROP TABLE rounds",
    ],
)
async def test_what_is_not_in_order_is_left_to_the_other_way(
    tmp_path: Path, statement: str
) -> None:
    path = await a_ledger(tmp_path / "ledger.db", rounds=1)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA ignore_check_constraints = ON")
    connection.execute(statement)
    connection.commit()
    connection.close()
    assert read_directly(path, everything) is None


def test_what_is_no_ledger_is_left_to_the_other_way(tmp_path: Path) -> None:
    earlier, text = tmp_path / "schema-6.db", tmp_path / "notes.txt"
    earlier.write_bytes(gzip.decompress((EARLIER / "schema-6.db.gz").read_bytes()))
    text.write_text("no database\n" * 99)
    sqlite3.connect(tmp_path / "empty.db").close()
    places = (earlier, text, tmp_path / "empty.db", tmp_path)
    assert [read_directly(place, everything) for place in places] == [None] * len(places)
    assert read_directly("postgresql://nobody@localhost/none", everything) is None


def test_a_file_that_is_not_there_gets_the_same_message(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    with pytest.raises(LedgerError) as told:
        SqlLedger.open(path, create=False)
    with pytest.raises(LedgerError) as direct:
        read_directly(path, everything)
    assert str(direct.value) == str(told.value)
    assert not path.exists()


async def test_a_ledger_that_may_only_be_read_is_read(folder: Path) -> None:
    path = await a_ledger(folder / "a ledger?.db", rounds=2)
    path.chmod(0o444)
    before = names_in(folder)
    with read_only(folder):
        assert len(read_directly(path, everything) or ()) == 2
    assert names_in(folder) == before


def test_the_names_are_those_of_the_models() -> None:
    assert tuple(table.name for table in CHAINED_TABLES) == names.CHAINED
    assert STATE.name == names.STATE
