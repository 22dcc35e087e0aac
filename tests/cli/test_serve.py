"""The command: what it refuses, what it prints, and how it ends."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.errors import InputError, LedgerError
from tests.adapters.ledger.samples import SKILL, a_run
from tests.cli.commands import ran, said


async def _fill(where: Path) -> None:
    async with SqlLedger.open(where) as ledger:
        await ledger.start_run(a_run(), SKILL)


def test_other_machines_need_a_password(tickets: Path) -> None:
    result = ran("serve", "--host", "0.0.0.0")
    assert isinstance(result.exception, InputError)
    assert "--password-file" in str(result.exception)
    (tickets / "password").write_text("a long password")
    (tickets / "password").chmod(0o644)
    result = ran("serve", "--host", "0.0.0.0", "--password-file", "password")
    assert "chmod 600" in str(result.exception)


def test_a_host_that_is_not_ours_is_named(tickets: Path) -> None:
    asyncio.run(_fill(tickets / ".skillopt" / "ledger.db"))
    (tickets / "password").write_text("a long password")
    (tickets / "password").chmod(0o600)
    result = ran("serve", "--host", "203.0.113.7", "--password-file", "password")
    assert isinstance(result.exception, InputError)
    assert "203.0.113.7" in str(result.exception)


def test_without_a_ledger_nothing_is_served(tickets: Path) -> None:
    result = ran("serve", "--port", "0")
    assert isinstance(result.exception, LedgerError)
    assert "no ledger at" in str(result.exception)
    assert not (tickets / ".skillopt").exists()


def test_the_extra_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skillopt.cli.serve.find_spec", lambda _name: None)
    result = ran("serve")
    assert "pip install 'skillopt-ledger[serve]'" in str(result.exception)


def test_help_says_what_it_is_for() -> None:
    assert "--read-only" in said("serve", "--help")


def test_it_serves_until_it_is_interrupted(tmp_path: Path) -> None:
    """A real server, once: its link leads in, and a page that is kept up to date does not keep it."""
    asyncio.run(_fill(tmp_path / "ledger.db"))
    server = subprocess.Popen(
        [sys.executable, "-m", "skillopt", "serve", "--port", "0", "--ledger", "ledger.db"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    try:
        assert server.stdout
        link = next(line.strip() for line in server.stdout if "http" in line)
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/sign-in\?token=[\w-]{43}", link)
        with httpx.Client(base_url=link.partition("/sign-in")[0], timeout=None) as client:
            assert client.get(link).status_code == 303
            with client.stream("GET", "/runs/run-1/events") as watched:
                lines = watched.iter_lines()
                assert next(lines) == "event: state"
                server.send_signal(signal.SIGINT)
                assert "event: over" not in "".join(lines)
    finally:
        server.send_signal(signal.SIGINT)
        _, told = server.communicate()
    assert server.returncode == 0
    assert "stopped" in told
    assert "Traceback" not in told
