"""The plan of docs/fleet.md in small: partitions by tenant, skill and month, on PostgreSQL.

    python -m tests.benchmarks.fleet [--rounds 50]

Nothing of it is in the package. A copy of what a ledger's rows are chained by is entered into
partitioned tables, one chain a skill; then a month is dropped, what is left is verified from the
head before it, and one tenant's role asks for another's rows.
"""

from __future__ import annotations

import argparse
import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

from skillopt.adapters.ledger.schema.chain import GENESIS, next_link
from tests.adapters.ledger.postgres import fresh_database, server

TENANTS = ("north", "south")
SKILLS = tuple(f"./skills/s{number}" for number in range(8))
MONTHS = ("2026-01", "2026-02", "2026-03")
BUCKETS = 4
"""Partitions that the skills of a tenant are spread over by their hash."""
TABLES = """
CREATE TABLE rounds (
    tenant TEXT NOT NULL, skill TEXT NOT NULL, created TEXT NOT NULL, seq BIGINT NOT NULL,
    id TEXT NOT NULL, document TEXT NOT NULL, link TEXT NOT NULL,
    PRIMARY KEY (tenant, skill, created, seq)
) PARTITION BY LIST (tenant);
CREATE TABLE heads (
    tenant TEXT NOT NULL, skill TEXT NOT NULL, month TEXT NOT NULL,
    first BIGINT NOT NULL, last BIGINT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
    PRIMARY KEY (tenant, skill, month)
);
"""
POLICY = """
ALTER TABLE rounds ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON rounds USING (tenant = current_setting('skillopt.tenant', true));
"""


class Verified(NamedTuple):
    """What was recomputed of a skill's chain."""

    first: int
    """Its first row that is still there."""
    rows: int
    bad: int | None
    """The first row that is not what was entered."""


def create(connection: psycopg.Connection[Any]) -> int:
    """Make the tables; returns how many partitions hold rows."""
    connection.execute(TABLES)
    for tenant in TENANTS:
        connection.execute(
            sql.SQL(
                "CREATE TABLE {} PARTITION OF rounds FOR VALUES IN ({}) PARTITION BY HASH (skill)"
            ).format(sql.Identifier(f"rounds_{tenant}"), sql.Literal(tenant))
        )
        for bucket in range(BUCKETS):
            _bucket(connection, tenant, bucket)
    connection.execute(POLICY)
    return len(TENANTS) * BUCKETS * len(MONTHS)


def _bucket(connection: psycopg.Connection[Any], tenant: str, bucket: int) -> None:
    name = f"rounds_{tenant}_{bucket}"
    spread = "CREATE TABLE {} PARTITION OF {} FOR VALUES WITH (MODULUS {}, REMAINDER {})"
    connection.execute(
        sql.SQL(f"{spread} PARTITION BY RANGE (created)").format(
            sql.Identifier(name),
            sql.Identifier(f"rounds_{tenant}"),
            sql.Literal(BUCKETS),
            sql.Literal(bucket),
        )
    )
    for month in MONTHS:
        connection.execute(
            sql.SQL("CREATE TABLE {} PARTITION OF {} FOR VALUES FROM ({}) TO ({})").format(
                sql.Identifier(leaf(tenant, bucket, month)),
                sql.Identifier(name),
                sql.Literal(month),
                sql.Literal(f"{month}-99"),  # the times are texts that sort
            )
        )


def leaf(tenant: str, bucket: int, month: str) -> str:
    return f"rounds_{tenant}_{bucket}_{month.replace('-', '_')}"


def fill(connection: psycopg.Connection[Any], *, rounds: int) -> int:
    """Enter so many rounds a skill and month, each skill in a chain of its own."""
    entered = 0
    with connection.cursor() as cursor:
        for tenant in TENANTS:
            for skill in SKILLS:
                link, seq = GENESIS, 0
                for month in MONTHS:
                    before, first = link, seq + 1
                    rows = []
                    for _ in range(rounds):
                        seq += 1
                        row = _row(tenant, skill, month, seq)
                        link = next_link(link, "rounds", row)
                        rows.append((*row.values(), link))
                    cursor.executemany(
                        "INSERT INTO rounds (tenant, skill, created, seq, id, document, link) "
                        "VALUES (%s, %s, %s, %s, %s, %s, %s)",
                        rows,
                    )
                    cursor.execute(
                        "INSERT INTO heads VALUES (%s, %s, %s, %s, %s, %s, %s)",
                        (tenant, skill, month, first, seq, before, link),
                    )
                    entered += len(rows)
    return entered


def _row(tenant: str, skill: str, month: str, seq: int) -> dict[str, Any]:
    moment = f"{month}-{seq % 28 + 1:02}T12:00:00.000000+00:00"
    document = '{"idea": "' + "route it to billing first " * 40 + f'{seq}"}}'
    return {
        "tenant": tenant,
        "skill": skill,
        "created": moment,
        "seq": seq,
        "id": f"{seq:012x}",
        "document": document,
    }


def partitions_read(connection: psycopg.Connection[Any], skill: str, since: str) -> list[str]:
    """The partitions that a list of a skill's newest rounds reads."""
    query = (
        "EXPLAIN SELECT seq FROM rounds WHERE tenant = %s AND skill = %s AND created >= %s "
        "ORDER BY created DESC, seq DESC LIMIT 20"
    )
    plan = connection.execute(query, (TENANTS[0], skill, since)).fetchall()
    words = (word for (line,) in plan for word in line.split())
    return sorted({word for word in words if word.startswith("rounds_") and "pkey" not in word})


def drop_month(connection: psycopg.Connection[Any], tenant: str, month: str) -> None:
    """Delete a tenant's rows of a month, whole tables at once; the heads stay."""
    for bucket in range(BUCKETS):
        parent, child = f"rounds_{tenant}_{bucket}", leaf(tenant, bucket, month)
        connection.execute(
            sql.SQL("ALTER TABLE {} DETACH PARTITION {}").format(
                sql.Identifier(parent), sql.Identifier(child)
            )
        )
        connection.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(child)))


def verify(connection: psycopg.Connection[Any], tenant: str, skill: str) -> Verified:
    """Recompute what is left of a skill's chain, from the head before its first row."""
    rows = connection.execute(
        "SELECT tenant, skill, created, seq, id, document, link FROM rounds "
        "WHERE tenant = %s AND skill = %s ORDER BY seq",
        (tenant, skill),
    ).fetchall()
    heads = connection.execute(
        "SELECT first, last, before, after FROM heads WHERE tenant = %s AND skill = %s "
        "ORDER BY first",
        (tenant, skill),
    ).fetchall()
    start = rows[0][3]
    befores, afters = {row[0]: row[2] for row in heads}, {row[1]: row[3] for row in heads}
    link, expected = befores.get(start, ""), start
    names = ("tenant", "skill", "created", "seq", "id", "document")
    for *content, stored in rows:
        link = next_link(link, "rounds", dict(zip(names, content, strict=True)))
        seq = content[3]
        if (seq, stored) != (expected, link) or afters.get(seq, link) != link:
            return Verified(start, len(rows), seq)
        expected += 1
    last = heads[-1][1]
    return Verified(start, len(rows), None if expected == last + 1 else expected)


@contextmanager
def tenant_role(connection: psycopg.Connection[Any], tenant: str) -> Iterator[None]:
    """Ask as one tenant's role meanwhile."""
    role = sql.Identifier(f"skillopt_{tenant}_{secrets.token_hex(4)}")
    connection.execute(sql.SQL("CREATE ROLE {}").format(role))
    connection.execute(sql.SQL("GRANT SELECT ON rounds TO {}").format(role))
    try:
        connection.execute(sql.SQL("SET ROLE {}").format(role))
        connection.execute("SELECT set_config('skillopt.tenant', %s, false)", (tenant,))
        yield
    finally:
        connection.execute("RESET ROLE")
        connection.execute(sql.SQL("REVOKE ALL ON rounds FROM {}").format(role))
        connection.execute(sql.SQL("DROP ROLE {}").format(role))


def visible(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """Rows by tenant, as far as the role sees them."""
    counted = connection.execute("SELECT tenant, count(*) FROM rounds GROUP BY tenant")
    return dict(counted.fetchall())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50, help="rounds a skill and month")
    given = parser.parse_args()
    with ExitStack() as stack:
        url = stack.enter_context(fresh_database(stack.enter_context(server())))
        connection = stack.enter_context(psycopg.connect(_plain(url), autocommit=True))
        print(f"{create(connection)} partitions")
        started = time.perf_counter()
        print(f"{fill(connection, rounds=given.rounds):,} rows", end=", ")
        print(f"entered in {time.perf_counter() - started:.2f} s")
        print(f"a list reads {partitions_read(connection, SKILLS[0], MONTHS[-1])}")
        started = time.perf_counter()
        drop_month(connection, TENANTS[0], MONTHS[0])
        print(f"a month dropped in {1000 * (time.perf_counter() - started):.0f} ms")
        print(f"what is left: {verify(connection, TENANTS[0], SKILLS[0])}")
        with tenant_role(connection, TENANTS[0]):
            print(f"one tenant sees {visible(connection)}")


def _plain(url: str) -> str:
    """The URL as psycopg takes it."""
    return url.replace("postgresql+psycopg://", "postgresql://")


if __name__ == "__main__":
    main()
