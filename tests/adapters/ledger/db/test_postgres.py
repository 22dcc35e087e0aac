"""The same contract on PostgreSQL, and what is told apart there."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Engine, MetaData, create_engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from skillopt.adapters.ledger import RoundFilter, SqlLedger
from skillopt.adapters.ledger.audit.postgresql_schema import postgresql_difference
from skillopt.adapters.ledger.migrations import newest
from skillopt.adapters.ledger.migrations import statements as statements_of
from skillopt.adapters.ledger.schema.chain import GENESIS
from skillopt.errors import LedgerError, LedgerTooNew
from skillopt.ports import Ledger
from tests.adapters.ledger.append.test_processes import entered_by_eight, writing
from tests.adapters.ledger.contract import LedgerContract
from tests.adapters.ledger.samples import SKILL, a_rollout, a_round, a_run


class TestPostgres(LedgerContract):
    @pytest.fixture
    async def ledger(self, postgres_url: str) -> AsyncIterator[Ledger]:
        async with SqlLedger.open(postgres_url) as ledger:
            yield ledger
            assert (await ledger.verify()).bad is None


async def test_eight_processes_on_one_server(postgres_url: str) -> None:
    names = [f"run-{number}" for number in range(8)]
    process = writing(postgres_url, *names, rounds=12, rollouts=10)
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    async with SqlLedger.open(postgres_url) as ledger:
        await entered_by_eight(ledger, names)


async def test_tampering_is_found_there_too(postgres_url: str) -> None:
    async with SqlLedger.open(postgres_url) as ledger:
        await ledger.start_run(a_run(), SKILL)
        await ledger.add_rollout("run-1", a_rollout(1, score=0.25))
        await ledger.add_round(*a_round())
        by_hand(postgres_url, "UPDATE rollouts SET score = 1.0")
        found = (await ledger.verify()).bad
    assert found
    assert found.table == "rollouts"


async def test_the_migrations_make_what_the_models_say(postgres_url: str) -> None:
    async with SqlLedger.open(postgres_url):
        pass
    engine = create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    made = MetaData()
    made.reflect(engine)
    engine.dispose()
    for name, table in SQLModel.metadata.tables.items():
        assert {(c.name, c.nullable, c.primary_key) for c in made.tables[name].columns} == {
            (c.name, c.nullable, c.primary_key) for c in table.columns
        }
        for column in table.columns:
            there = made.tables[name].columns[column.name].type.python_type
            meant = column.type.python_type
            assert there is (str if meant is object else meant), (name, column.name)


async def test_a_new_ledger_is_what_the_migrations_make(postgres_url: str) -> None:
    for number in range(1, newest() + 1):
        for statement in statements_of(number, "postgresql"):
            by_hand(postgres_url, statement)
    engine = create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        assert postgresql_difference(connection) is None
    migrated = _columns(engine)
    by_hand(postgres_url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    async with SqlLedger.open(postgres_url):
        assert _columns(engine) == migrated
    engine.dispose()


def _columns(engine: Engine) -> dict[str, list[str]]:
    """The columns of each table, in order."""
    made = MetaData()
    made.reflect(engine)
    return {name: list(table.columns.keys()) for name, table in made.tables.items()}


async def test_a_later_ledger_is_refused(postgres_url: str) -> None:
    async with SqlLedger.open(postgres_url):
        pass
    by_hand(postgres_url, "UPDATE ledger_state SET schema_version = 999")
    with pytest.raises(LedgerTooNew):
        async with SqlLedger.open(postgres_url):
            pass


async def test_a_shared_database_keeps_its_other_tables(postgres_url: str) -> None:
    by_hand(postgres_url, "CREATE TABLE orders (id INT)")
    async with SqlLedger.open(postgres_url) as ledger:
        await ledger.start_run(a_run(), SKILL)
    by_hand(postgres_url, "DROP TABLE orders")


async def test_somebody_elses_tables_of_our_names_are_left_alone(postgres_url: str) -> None:
    by_hand(postgres_url, "CREATE TABLE runs (id INT)")
    with pytest.raises(LedgerError, match="not a skillopt ledger"):
        async with SqlLedger.open(postgres_url):
            pass


async def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    with pytest.raises(LedgerError) as told:
        async with SqlLedger.open("postgresql://me:hunter2@127.0.0.1:1/x"):
            pass
    assert "hunter2" not in str(told.value)
    assert "127.0.0.1" in str(told.value)


async def test_the_filter_by_text(postgres_url: str) -> None:
    async with SqlLedger.open(postgres_url) as ledger:
        await ledger.start_run(a_run(), SKILL)
        await ledger.add_round(*a_round())
        assert len(await ledger.list_rounds(RoundFilter(text="REFUNDS", criterion="queue"))) == 1
        assert await ledger.list_rounds(RoundFilter(text="100%")) == ()


def by_hand(url: str, statement: str) -> None:
    address = url.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(address, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)


FORGED = (
    "INSERT INTO skill_moves (seq, created, link, old, new) VALUES (-1, '2026', '', 'one', 'other')"
)


async def test_the_schema_refuses_rows_before_the_chain(postgres_url: str) -> None:
    async with SqlLedger.open(postgres_url) as ledger:
        with pytest.raises(IntegrityError, match="skill_moves_in_chain"):
            by_hand(postgres_url, FORGED)
        by_hand(postgres_url, "ALTER TABLE skill_moves DROP CONSTRAINT skill_moves_in_chain")
        by_hand(postgres_url, FORGED)
        with pytest.raises(LedgerError, match="row -1 of the table skill_moves"):
            await ledger.list_rounds()
        found = (await ledger.verify()).bad
    assert found
    assert "skill_moves_in_chain" in found.row


async def test_a_forged_row_of_an_earlier_schema_is_taken_along_and_named(
    postgres_url: str,
) -> None:
    for number in range(1, 7):
        for statement in statements_of(number, "postgresql"):
            by_hand(postgres_url, statement)
    by_hand(postgres_url, f"INSERT INTO ledger_state VALUES (1, 'abc', 6, 0, '{GENESIS}')")
    by_hand(postgres_url, FORGED)
    async with SqlLedger.open(postgres_url) as ledger:
        found = (await ledger.verify()).bad
        assert found
        assert (found.table, found.seq) == ("skill_moves", -1)
        by_hand(postgres_url, "DELETE FROM skill_moves")
        assert (await ledger.verify()).sound
        await ledger.start_run(a_run(), SKILL)
        assert (await ledger.verify()).sound


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        (["DROP INDEX rounds_run"], "index rounds_run"),
        (["DROP INDEX round_search"], "index round_search"),
        (["ALTER TABLE rounds ADD COLUMN note TEXT"], "column note"),
        (["CREATE TABLE more () INHERITS (rollouts)"], "child table more"),
        (["CREATE RULE mine AS ON DELETE TO rounds DO INSTEAD NOTHING"], "rule mine"),
        (["ALTER TABLE rounds ENABLE ROW LEVEL SECURITY"], "table rounds"),
        (
            [
                "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
                "CREATE TRIGGER mine BEFORE INSERT ON rounds FOR EACH ROW EXECUTE FUNCTION f()",
            ],
            "trigger mine",
        ),
    ],
)
async def test_what_is_added_to_the_ledgers_tables_or_missing_is_named(
    postgres_url: str, statements: list[str], named: str
) -> None:
    async with SqlLedger.open(postgres_url) as ledger:
        assert (await ledger.verify()).sound
        for statement in statements:
            by_hand(postgres_url, statement)
        found = (await ledger.verify()).bad
    assert found
    assert (found.table, found.row) == ("schema", named)
