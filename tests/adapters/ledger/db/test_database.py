"""Opening: new files, earlier and later versions, and what is no ledger at all."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import CheckConstraint, MetaData, Table, create_engine
from sqlmodel import SQLModel

from skillopt.adapters.ledger import RoundFilter, SqlLedger, migrations
from skillopt.adapters.ledger.schema.tables import CHAINED_TABLES, DERIVED_TABLES, STATE
from skillopt.errors import LedgerError, LedgerTooNew, SettingsError
from tests.adapters.ledger.samples import SKILL, a_rollout, a_round, a_run

EARLIER = sorted((Path(__file__).parents[1] / "earlier").glob("*.gz"))


def unpacked(stored: Path, folder: Path) -> Path:
    path = folder / "ledger.db"
    path.write_bytes(gzip.decompress(stored.read_bytes()))
    return path


def backups(folder: Path) -> list[Path]:
    return list(folder.glob("*.bak"))


async def test_the_migrations_make_what_the_models_say(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    async with SqlLedger.open(path):
        pass
    engine = create_engine(f"sqlite:///{path}")
    made = MetaData()
    made.reflect(engine, only=lambda name, _: not name.startswith("round_search"))
    engine.dispose()
    assert (
        set(made.tables)
        == set(SQLModel.metadata.tables)
        == {STATE.name, *(t.name for t in (*CHAINED_TABLES, *DERIVED_TABLES))}
    )
    for name, table in SQLModel.metadata.tables.items():
        assert {(c.name, c.nullable, c.primary_key) for c in made.tables[name].columns} == {
            (c.name, c.nullable, c.primary_key) for c in table.columns
        }
        assert {tuple(index.columns.keys()) for index in made.tables[name].indexes} == {
            tuple(index.columns.keys()) for index in table.indexes
        }
        assert _checks(made.tables[name]) == _checks(table)


def test_a_new_ledger_is_what_the_migrations_make() -> None:
    numbers = range(1, migrations.newest() + 1)
    migrated = [one for number in numbers for one in migrations.statements(number, "sqlite")]
    assert _made_by(migrations.new_ledger("sqlite")) == _made_by(migrated)


def _made_by(statements: Iterable[str]) -> list[tuple[str, ...]]:
    """Each object and its text; SQLite puts the name of a table that was renamed in quotes."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
        found = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    return sorted(
        (kind, name, table, (made or "").replace(f'TABLE "{name}"', f"TABLE {name}"))
        for kind, name, table, made in found
    )


def _checks(table: Table) -> set[tuple[str, str]]:
    return {
        (str(one.name), str(one.sqltext))
        for one in table.constraints
        if isinstance(one, CheckConstraint)
    }


def test_every_earlier_schema_has_a_stored_ledger() -> None:
    assert [path.name for path in EARLIER] == [
        f"schema-{n}.db.gz" for n in range(1, migrations.newest())
    ]


@pytest.mark.parametrize("stored", EARLIER, ids=lambda path: path.name)
async def test_an_earlier_ledger_is_migrated_and_kept(stored: Path, tmp_path: Path) -> None:
    path = unpacked(stored, tmp_path)
    before = path.read_bytes()
    async with SqlLedger.open(path, create=False) as ledger:
        assert (await ledger.verify()).sound
        assert len(await ledger.rounds("run-1")) == 3
        assert len(await ledger.refusals("triage")) == 2
        assert await ledger.list_rounds(RoundFilter(text="refund"))
        await ledger.start_run(a_run("run-2"), SKILL)
        await ledger.add_round(*a_round(1, run="run-2"))
        assert (await ledger.verify()).sound
    (backup,) = backups(tmp_path)
    connection = sqlite3.connect(backup)
    assert connection.execute("SELECT schema_version FROM ledger_state").fetchone() == (
        int(stored.name[7]),
    )
    connection.close()
    assert len(backup.read_bytes()) == len(before)


async def test_a_migration_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = unpacked(EARLIER[0], tmp_path)
    honest = migrations.statements

    def broken(number: int, dialect: str) -> tuple[str, ...]:
        return (*honest(number, dialect), "CREATE TABLE runs (no)")

    monkeypatch.setattr(migrations, "statements", broken)
    with pytest.raises(LedgerError):
        async with SqlLedger.open(path):
            pass
    monkeypatch.undo()
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT schema_version FROM ledger_state").fetchone() == (1,)
    connection.close()
    async with SqlLedger.open(path) as ledger:
        assert (await ledger.verify()).sound


async def test_a_later_ledger_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    async with SqlLedger.open(path):
        pass
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE ledger_state SET schema_version = 999")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(LedgerTooNew, match=r"999.*upgrade"):
        async with SqlLedger.open(path):
            pass
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"not a database at all, " * 100, b"SQLite format 3\0" + b"\xff" * 5000]
)
async def test_another_kind_of_file_is_refused_and_left_alone(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "notes.db"
    path.write_bytes(content)
    with pytest.raises(LedgerError, match=r"notes\.db"):
        async with SqlLedger.open(path):
            pass
    assert path.read_bytes() == content


async def test_somebody_elses_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE orders (id)")
    connection.close()
    with pytest.raises(LedgerError, match="not a skillopt ledger"):
        async with SqlLedger.open(path):
            pass


async def test_a_damaged_ledger_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    async with SqlLedger.open(path) as ledger:
        for number in range(300):
            await ledger.add_rollout("run-1", a_rollout(number))
    content = bytearray(path.read_bytes())
    content[8192:-4096] = b"\xa5" * (len(content) - 12288)
    path.write_bytes(bytes(content))
    with pytest.raises(LedgerError, match=r"damaged|not a SQLite"):
        async with SqlLedger.open(path) as ledger:
            await ledger.verify()


async def test_a_file_cut_short_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    async with SqlLedger.open(path) as ledger:
        for number in range(300):
            await ledger.add_rollout("run-1", a_rollout(number))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(LedgerError):
        async with SqlLedger.open(path) as ledger:
            await ledger.verify()


async def test_reading_makes_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="no ledger at"):
        SqlLedger.open(tmp_path / "ledger.db", create=False)
    assert not (tmp_path / "ledger.db").exists()


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LedgerError, match="no folder"):
        async with SqlLedger.open(tmp_path / "file" / "ledger.db"):
            pass


@pytest.mark.parametrize(
    "url", ["mysql://root:hunter2@host/db", "sqlite://", "sqlite:///:memory:", "://"]
)
def test_other_urls_are_refused_and_passwords_not_repeated(url: str) -> None:
    with pytest.raises(SettingsError) as told:
        SqlLedger.open(url)
    assert "hunter2" not in str(told.value)


async def test_a_sqlite_url_is_a_path(tmp_path: Path) -> None:
    async with SqlLedger.open(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        await ledger.add_rollout("run-1", a_rollout(1))
    async with SqlLedger.open(tmp_path / "ledger.db", create=False) as ledger:
        assert await ledger.rollouts([a_rollout(1).key])


async def test_a_closed_ledger_says_so(tmp_path: Path) -> None:
    async with SqlLedger.open(tmp_path / "ledger.db") as ledger:
        pass
    with pytest.raises(LedgerError, match="closed"):
        await ledger.add_rollout("run-1", a_rollout(1))
    with pytest.raises(LedgerError, match="closed"):
        await ledger.usage("run-1")
