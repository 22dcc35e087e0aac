"""The tests' own PostgreSQL server: it needs no program but its own, and says once why it is not there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.adapters.ledger import postgres
from tests.scripted import ROOT

NEEDS_ONE = "tests/adapters/ledger/db/test_postgres.py"


def test_it_starts_without_any_other_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg

    monkeypatch.delenv(postgres.GIVEN, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with postgres.server() as url, psycopg.connect(url) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
        assert row
        folder = Path(row[0]).parent
        assert folder.stat().st_uid == (os.geteuid() or postgres.unprivileged().pw_uid)  # type: ignore[union-attr]
    assert not folder.exists()


def test_a_server_that_cannot_be_reached_is_one_failure() -> None:
    environment = os.environ | {postgres.GIVEN: "postgresql://me@127.0.0.1:1/none"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", NEEDS_ONE, "-k", "tampering or shared"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    last = done.stdout.strip().splitlines()[-1]
    assert "1 error" in last
    assert "skipped" in last
    assert "passed" not in last
    assert done.stdout.count("SKIPPED") == 1
    assert f"{postgres.GIVEN} names one that cannot be reached" in done.stdout


def test_a_program_that_fails_is_named_with_its_last_words() -> None:
    said = r"sh ended with 3 and said 'no space left'; .* set SKILLOPT_TEST_POSTGRES to the URL"
    with pytest.raises(postgres.UnavailableError, match=said):
        postgres._run("/bin/sh", "-c", "echo no space left >&2; exit 3", account=None)


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(postgres.UnavailableError, match="initdb cannot be run: No such file"):
        postgres._run(tmp_path / "initdb", account=None)


def test_a_package_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(postgres.GIVEN, raising=False)
    monkeypatch.setattr(postgres, "PACKAGE", "pixeltable_nothing")
    with (
        pytest.raises(postgres.UnavailableError, match=r"pip install -e '\.\[dev\]'"),
        postgres.server(),
    ):
        pass
