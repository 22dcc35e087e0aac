"""The plan for a fleet's ledgers, in small: what docs/fleet.md says of PostgreSQL is so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.benchmarks import fleet
from tests.benchmarks.fleet import MONTHS, SKILLS, TENANTS
from tests.benchmarks.ledger_sizes import Step, predicted, table_sizes

ROUNDS = 5
NORTH, SOUTH = TENANTS
EACH = len(SKILLS) * len(MONTHS) * ROUNDS


@pytest.fixture
def connection(postgres_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(fleet._plain(postgres_url), autocommit=True) as opened:
        fleet.create(opened)
        assert fleet.fill(opened, rounds=ROUNDS) == 2 * EACH
        yield opened


def test_partitions_keep_retention_and_tenants_apart(
    connection: psycopg.Connection[Any],
) -> None:
    (read,) = fleet.partitions_read(connection, SKILLS[0], MONTHS[-1])
    assert read.startswith(f"rounds_{NORTH}_")
    assert read.endswith(MONTHS[-1].replace("-", "_"))

    fleet.drop_month(connection, NORTH, MONTHS[0])
    assert fleet.visible(connection) == {NORTH: EACH * 2 // 3, SOUTH: EACH}
    for skill in SKILLS:
        assert fleet.verify(connection, NORTH, skill) == (ROUNDS + 1, 2 * ROUNDS, None)
        assert fleet.verify(connection, SOUTH, skill) == (1, 3 * ROUNDS, None)

    with fleet.tenant_role(connection, SOUTH):
        assert fleet.visible(connection) == {SOUTH: EACH}
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SELECT * FROM rounds_{NORTH}")


@pytest.mark.parametrize(
    ("statement", "bad"),
    [
        ("UPDATE rounds SET document = 'x' WHERE seq = 7", 7),
        ("DELETE FROM rounds WHERE seq = 8", 9),
        (f"DELETE FROM rounds WHERE seq = {3 * ROUNDS}", 3 * ROUNDS),
        (f"UPDATE heads SET before = 'x' WHERE first = {ROUNDS + 1}", ROUNDS + 1),
    ],
)
def test_what_is_left_of_a_chain_does_not_verify_once_it_is_changed(
    connection: psycopg.Connection[Any], statement: str, bad: int
) -> None:
    fleet.drop_month(connection, NORTH, MONTHS[0])
    connection.execute(statement)
    assert fleet.verify(connection, NORTH, SKILLS[3]).bad == bad


def test_a_role_without_a_tenant_sees_nothing(connection: psycopg.Connection[Any]) -> None:
    with fleet.tenant_role(connection, ""):
        assert fleet.visible(connection) == {}


def test_sizes_are_those_of_tables_with_rows(
    connection: psycopg.Connection[Any], postgres_url: str
) -> None:
    sizes = {one.name: one for one in table_sizes(fleet._plain(postgres_url))}
    assert sizes["heads"].rows == 2 * len(SKILLS) * len(MONTHS)
    assert sum(one.rows for name, one in sizes.items() if name != "heads") == 2 * EACH
    assert all(one.heap > 0 and one.indexes > 0 for one in sizes.values())


def test_the_prediction_leaves_out_what_an_empty_ledger_takes() -> None:
    steps = [Step(1_000, 1_500), Step(2_000, 2_000)]
    assert predicted(steps, 10_000) == 2_000 + 0.5 * 8_000
    assert predicted(steps[-1:], 10_000) == 10_000
