"""Every column of every table is attacked, as the database itself names them.

A table or column that is added tomorrow is attacked tomorrow. What no attack of this kind can be
told by is listed here, each with its reason.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, MetaData, Table, create_engine
from sqlalchemy.exc import DBAPIError

from skillopt.adapters.ledger import SqlLedger
from skillopt.adapters.ledger.audit.verification import Verification, in_order, verify
from skillopt.adapters.ledger.index.filing import refill
from skillopt.adapters.ledger.schema.chain import GENESIS, next_link
from skillopt.adapters.ledger.schema.tables import CHAINED_TABLES
from skillopt.core.gate.contest import Outcome
from skillopt.core.loop_settings import LoopSettings
from skillopt.core.proposals.refusal import Stage
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile
from skillopt.errors import LedgerError
from tests.adapters.ledger import postgres
from tests.adapters.ledger.samples import (
    SKILL,
    SKILL_ID,
    a_missing,
    a_proposal,
    a_rollout,
    a_round,
    a_run,
    an_ablation,
    an_edit,
    an_end,
    an_exchange,
    an_insert,
    settled,
)

CHAINED = frozenset(table.name for table in CHAINED_TABLES)

NEUTRAL = {
    ("round_search_data", "block"): "the bytes of an index may differ where every word is found",
    **{
        ("round_search_idx", column): "it leads to pages, and an index of one page is found without"
        for column in ("segid", "term", "pgno")
    },
}
"""Columns in which a change may go unseen, for it changes no answer."""

UNREAD = {
    "round_search_data": "no word of the index leads to such a block",
    "round_search_idx": "no part of the index has such a number",
}
"""Tables to which a row may be added unseen, for nothing reads it."""

FREE = {
    **{(table, "created"): "nothing else says when" for table in CHAINED},
    **{(table, "origin"): "nothing else says where from" for table in CHAINED},
    **{
        (table, column): "what a provider charged is said once"
        for table in ("rollouts", "exchanges")
        for column in ("calls", "prompt_tokens", "completion_tokens", "cost")
    },
    ("rollouts", "task_id"): "a name beside the task's digest",
    ("rollouts", "score"): "it is weighed by criteria that are not stored",
    ("rollouts", "seconds"): "measured once",
    **{
        (table, column): "it is said in this row alone"
        for table, columns in {
            "exchanges": ("run", "key", "model", "prompt_digest"),
            "ablations": ("round", "document"),
            "head_moves": ("skill_name", "path", "parent", "new", "run"),
            "imports": ("ledger", "head", "rows"),
            "skill_moves": ("old", "new"),
            "prunings": ("before", "place"),
        }.items()
        for column in columns
    },
    ("runs", "document"): "as a whole it says more than the columns repeat",
    ("run_ends", "document"): "as a whole it says more than the columns repeat",
    ("rounds", "document"): "as a whole it says more than the columns repeat",
    ("approvals", "document"): "as a whole it says more than the columns repeat",
}
"""What somebody can change who seals the chain anew: a pinned or signed head finds it."""


ASKS = LoopSettings(approve=True)


async def fill(where: str | Path, other: Path) -> None:
    """At least one row of every table."""
    async with SqlLedger.open(other) as ledger:
        await ledger.start_run(a_run("run-0", fingerprint="other"), SKILL)
        await ledger.add_rollout("run-0", a_rollout(9))
    async with SqlLedger.open(where) as ledger:
        await ledger.take_in(other)
        await ledger.start_run(a_run(), SKILL)
        folder = Skill(text="# A\n", files=(SkillFile(path="a.md", data=b"a", executable=True),))
        await ledger.start_run(a_run("run-f", fingerprint="folder"), folder)
        await ledger.add_rollout("run-1", a_rollout(1))
        await ledger.add_exchange(an_exchange())
        assert await ledger.prune(before=time.time() + 3600) == 3
        await ledger.add_rollout("run-1", a_rollout(3))
        await ledger.add_rollout("run-1", a_missing(2))
        await ledger.add_exchange(an_exchange("2/propose"))
        accepted, candidate = a_round(1, outcome=Outcome.ACCEPTED)
        await ledger.add_round(accepted, candidate)
        assert candidate
        edits = (an_insert("- Two.\n"), an_insert("- Three.\n", anchor=""))
        proposal = a_proposal(*edits, parent=candidate)
        await ledger.add_round(*a_round(2, proposal=proposal, parent=candidate))
        await ledger.add_round(*a_round(3, stage=Stage.FIT, parent=candidate))
        await ledger.add_ablation(an_ablation())
        await ledger.move_head(
            "triage", "SKILL.md", expected_parent=SKILL.digest, new="b", run="run-1"
        )
        await ledger.start_run(a_run("run-a", fingerprint="asks", settings=ASKS), SKILL)
        waits, waiting = a_round(1, run="run-a", outcome=Outcome.ACCEPTED)
        assert waiting
        await ledger.add_waiting(waits, waiting)
        edit, own = an_edit(waits, SKILL)
        await ledger.decide(edit, own)
        await ledger.add_round(settled(waits, edit), waiting)
        await ledger.finish_run(an_end(a_run(), last=candidate.digest, baseline=0.5))
        await ledger.attach(SKILL_ID, "./moved")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def connection(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Connection]:
    """To a ledger that each test attacks in a transaction that it takes back."""
    folder = tmp_path_factory.mktemp("tampering")
    if request.param == "sqlite":
        asyncio.run(fill(folder / "ledger.db", folder / "other.db"))
        yield from connected(f"sqlite:///{folder / 'ledger.db'}")
        return
    server = request.getfixturevalue("postgres_server")
    if isinstance(server, postgres.UnavailableError):
        pytest.skip(str(server))
    with postgres.fresh_database(server) as url:
        asyncio.run(fill(url, folder / "other.db"))
        yield from connected(url.replace("postgresql://", "postgresql+psycopg://"))


def connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
            connection.commit()
        yield connection
    engine.dispose()


def tables_of(connection: Connection) -> list[Table]:
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name != "round_search")
    connection.rollback()
    return list(found.tables.values())


def attacked(connection: Connection, *statements: str) -> Verification | str | None:
    """What `verify` says; or the database's refusal, or the ledger's; None where nothing fits."""
    try:
        changed = 0
        for statement in statements:
            changed += connection.exec_driver_sql(statement).rowcount
        return verify(connection) if changed else None
    except (DBAPIError, LedgerError) as error:
        return str(error)
    finally:
        connection.rollback()


def sound(found: Verification | str | None) -> bool:
    return isinstance(found, Verification) and found.sound


def row_of(connection: Connection, table: Table, column: str) -> str:
    """A condition for the last row that has a value there, else for the last one."""
    key = table.primary_key.columns.keys() or [next(iter(table.c)).name]
    quoted = ", ".join(f'"{name}"' for name in key)
    order = ", ".join(f'"{name}" DESC' for name in key)
    query = f'SELECT {quoted} FROM {table.name} ORDER BY "{column}" IS NULL, {order} LIMIT 1'
    row = connection.exec_driver_sql(query).one()
    connection.rollback()
    return " AND ".join(f'"{name}" = {literal(part)}' for name, part in zip(key, row, strict=True))


def literal(value: object) -> str:
    if isinstance(value, bytes):
        return f"X'{value.hex()}'"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


def changes(connection: Connection, table: Table, column: str, where: str) -> list[str]:
    """Other values for a cell."""
    query = f'SELECT "{column}" FROM {table.name} WHERE {where}'
    now = connection.exec_driver_sql(query).scalar_one()
    connection.rollback()
    if isinstance(now, str):
        return [literal(now + "x"), "''"]
    if isinstance(now, bytes):
        return [literal(now[:-1] + bytes([now[-1] ^ 1])) if now else "X'01'"]
    if isinstance(now, bool):
        return [str(not now).upper()]
    sqlite = connection.dialect.name == "sqlite"
    certified = ["5"] if sqlite and now == 1 else []
    return ["'x'", "1"] if now is None else [str(now + 1), str(-now - 1), *certified]


def test_an_untouched_ledger_is_sound(connection: Connection) -> None:
    found = verify(connection)
    connection.rollback()
    assert found.bad is None
    for table in tables_of(connection):
        assert connection.exec_driver_sql(f"SELECT count(*) FROM {table.name}").scalar_one()
    connection.rollback()


def test_a_changed_or_blanked_cell_is_found(connection: Connection) -> None:
    unseen = []
    other = "IS NOT" if connection.dialect.name == "sqlite" else "IS DISTINCT FROM"
    for table in tables_of(connection):
        for column in table.columns.keys():  # noqa: SIM118
            where = row_of(connection, table, column)
            values = [*changes(connection, table, column, where), "NULL"]
            if connection.dialect.name == "postgresql":
                del values[1:]  # each costs a dozen round trips, and types are checked there
            for value in values:
                update = f'UPDATE {table.name} SET "{column}" = {value} WHERE {where}'
                found = attacked(connection, f'{update} AND "{column}" {other} {value}')
                if sound(found) and (table.name, column) not in NEUTRAL:
                    unseen.append((table.name, column, value))
                if isinstance(found, Verification) and found.bad and table.name in CHAINED:
                    assert (
                        found.bad.table == table.name or column == "seq" or table.name == "prunings"
                    )
    assert not unseen


def test_a_deleted_row_is_found(connection: Connection) -> None:
    for table in tables_of(connection):
        column = next(iter(table.c)).name
        where = row_of(connection, table, column)
        found = attacked(connection, f"DELETE FROM {table.name} WHERE {where}")
        assert not sound(found), table.name
        assert not sound(attacked(connection, f"DELETE FROM {table.name}")), table.name


PLACES = ("0", "-1", "-1000000", "1", "2", "{last} + 1", "{last} + 1000000")


def test_an_inserted_row_is_found(connection: Connection) -> None:
    """A copy of each row at places outside of the chain, at its end, and at taken ones."""
    last = verify(connection).head.seq
    connection.rollback()
    inserted = 0
    for table in tables_of(connection):
        for place in PLACES if table.name in CHAINED else ("'another'", "12345", "-1"):
            found = attacked(connection, copied(table, place.format(last=last)))
            inserted += isinstance(found, Verification)
            assert not sound(found) or table.name in UNREAD, (table.name, place)
    assert inserted > len(CHAINED)


def copied(table: Table, key: str) -> str:
    """Insert the first row again: under another key, and with other names where those are unique."""
    keys = set(table.primary_key.columns.keys())
    names = [column.name for column in table.columns]
    other = key if table.name in CHAINED else None
    values = []
    for number, name in enumerate(names):
        if name in keys or (not keys and number == 0):
            is_text = table.c[name].type.python_type is str
            values.append(key if other or not is_text else f"'forged{key.strip(chr(39))}'")
        elif name in ("id", "digest", "key", "number", "round", "run"):
            is_text = table.c[name].type.python_type is str
            values.append(f"'forged{name}'" if is_text else "4711")
        else:
            values.append(f'"{name}"')
    listed = ", ".join(f'"{name}"' for name in names)
    return (
        f"INSERT INTO {table.name} ({listed}) SELECT {', '.join(values)} FROM {table.name} LIMIT 1"
    )


def test_a_chain_that_is_sealed_anew_must_still_agree_with_itself(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        pytest.skip("what must agree is compared in Python, the same for both")
    pinned = verify(connection).head.link
    connection.rollback()
    unseen = []
    for table in tables_of(connection):
        if table.name not in CHAINED:
            continue
        for column in set(table.columns.keys()) - {"seq", "link", "payload"}:
            where = row_of(connection, table, column)
            for value in changes(connection, table, column, where):
                update = f'UPDATE {table.name} SET "{column}" = {value} WHERE {where}'
                found, held = sealed_anew(connection, update, pinned)
                if sound(found) and (table.name, column) not in FREE:
                    unseen.append((table.name, column, value))
                assert not sound(held), (table.name, column)
    assert not unseen


def sealed_anew(
    connection: Connection, update: str, pinned: str
) -> tuple[Verification | str, Verification | str]:
    """What is found, without the head from before and with it."""
    try:
        connection.exec_driver_sql(update)
        link, last = GENESIS, 0
        for placed in list(in_order(connection)):
            link, last = next_link(link, placed.table.name, placed.row), placed.seq
            name = placed.table.name
            connection.exec_driver_sql(f"UPDATE {name} SET link = '{link}' WHERE seq = {last}")
        connection.exec_driver_sql(f"UPDATE ledger_state SET seq = {last}, link = '{link}'")
        refill(connection)
        if connection.dialect.name == "sqlite":
            rebuilt = "INSERT INTO round_search (round_search) VALUES ('rebuild')"
            connection.exec_driver_sql(rebuilt)
        found = verify(connection)  # with a pin, the same is looked for, and more
        return found, verify(connection, pinned=pinned) if found.sound else found
    except (DBAPIError, LedgerError, ValueError, KeyError) as error:
        return str(error), str(error)
    finally:
        connection.rollback()


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("CREATE TABLE notes (a INTEGER)", "table notes"),
        ("CREATE VIEW notes AS SELECT 1", "view notes"),
        ("DROP INDEX rounds_run", "index rounds_run"),
        ("DROP VIEW round_written", "view round_written"),
        ("DROP TABLE round_search", "table round_search"),
        ("ALTER TABLE rounds ADD COLUMN note TEXT", "table rounds"),
        ("CREATE INDEX mine ON rounds (reason)", "index mine"),
        (
            "CREATE TRIGGER mine AFTER INSERT ON rounds BEGIN DELETE FROM rollouts; END",
            "trigger mine",
        ),
    ],
)
def test_what_is_added_to_a_file_or_missing_is_named(
    tmp_path: Path, statement: str, named: str
) -> None:
    asyncio.run(fill(tmp_path / "ledger.db", tmp_path / "other.db"))
    for connection in connected(f"sqlite:///{tmp_path / 'ledger.db'}"):
        connection.exec_driver_sql(statement)
        bad = verify(connection).bad
        connection.rollback()
    assert bad
    assert named in bad.row


FORGED_SCHEMAS = {
    "a trigger that is named like statistics": (
        (
            "INSERT INTO sqlite_master VALUES ('trigger', 'sqlite_stat1', 'rollouts', 0, 'CREATE "
            "TRIGGER sqlite_stat1 AFTER INSERT ON rollouts BEGIN DELETE FROM rollouts; END')"
        ),
        "trigger sqlite_stat1",
    ),
    "a view that is named like statistics": (
        (
            "INSERT INTO sqlite_master VALUES ('view', 'sqlite_stat4', 'sqlite_stat4', 0, "
            "'CREATE VIEW sqlite_stat4 AS SELECT 1')"
        ),
        "view sqlite_stat4",
    ),
    "a condition that became a text": (
        (
            "UPDATE sqlite_master SET sql = replace(sql, '(seq > 0)', '(seq > \"0\")') "
            "WHERE name = 'rollouts'"
        ),
        "table rollouts",
    ),
    "a column of the full-text index's own": (
        (
            "UPDATE sqlite_master SET sql = replace(sql, ', v)', ', v, w)') "
            "WHERE name = 'round_search_config'"
        ),
        "table round_search_config",
    ),
}


@pytest.mark.parametrize("forged", FORGED_SCHEMAS)
def test_a_schema_that_was_written_by_hand_is_named(tmp_path: Path, forged: str) -> None:
    statement, named = FORGED_SCHEMAS[forged]
    path = tmp_path / "ledger.db"
    asyncio.run(fill(path, tmp_path / "other.db"))
    by_hand(path, statement)
    for connection in connected(f"sqlite:///{path}"):
        bad = verify(connection).bad
        connection.rollback()
    assert bad
    assert bad.row == named


def test_an_index_that_says_what_its_table_does_not_is_found(tmp_path: Path) -> None:
    """Queries read it; the chain's rows are all as they were."""
    path = tmp_path / "ledger.db"
    asyncio.run(fill(path, tmp_path / "other.db"))
    aside = "'rollouts_spend'"
    by_hand(
        path,
        "UPDATE rollouts SET calls = calls + 999",
        f"CREATE TABLE aside AS SELECT * FROM sqlite_master WHERE name = {aside}",
        f"DELETE FROM sqlite_master WHERE name = {aside}",
    )
    by_hand(
        path,
        "UPDATE rollouts SET calls = calls - 999",
        "INSERT INTO sqlite_master SELECT * FROM aside",
        "DROP TABLE aside",
    )
    for connection in connected(f"sqlite:///{path}"):
        calls = "SELECT sum(calls) FROM rollouts"
        by_table = connection.exec_driver_sql(f"{calls} NOT INDEXED").scalar_one()
        by_index = connection.exec_driver_sql(f"{calls} INDEXED BY rollouts_spend").scalar_one()
        bad = verify(connection).bad
        connection.rollback()
    assert by_index > by_table + 900
    assert bad
    assert "rollouts_spend" in bad.problem


def by_hand(path: Path, *statements: str) -> None:
    """Carry them out with SQLite's own catalogue open for writing."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            connection.execute(statement)
    finally:
        connection.close()
