"""Lists of the ledger: what is left out is said, and every terminal and pipe can read them."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from skillopt.adapters.ledger import SqlLedger
from skillopt.cli import ledger, runs
from skillopt.cli.output import local_time
from tests.adapters.ledger.samples import SKILL, a_proposal, a_round, a_run, an_insert
from tests.scripted import command, environment

ROUNDS = 23
IDEA = "send every message that names an order to billing, whatever else it says of the parcel"


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ledger") / "ledger.db"

    async def fill() -> None:
        async with SqlLedger.open(path) as opened:
            for number in range(1, 4):
                await opened.start_run(a_run(f"run-{number}"), SKILL)
            for number in range(1, ROUNDS + 1):
                proposal = a_proposal(an_insert(f"- Rule {number}.\n"), idea=f"{number}: {IDEA}")
                await opened.add_round(*a_round(number, proposal=proposal))

    asyncio.run(fill())
    return path


@pytest.fixture
def in_tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def ran(*arguments: str, where: Path) -> Result:
    group = runs.app if arguments[0] == "runs" else ledger.app
    result = CliRunner().invoke(group, [*arguments[1:], "--ledger", str(where)])
    assert result.exit_code == 0, result.output
    return result


def test_a_list_says_how_many_it_leaves_out_and_how_to_see_them(where: Path) -> None:
    some = ran("ledger", "list", where=where)
    assert len(some.stdout.splitlines()) == 20
    assert some.stderr == f"20 of {ROUNDS} shown; --limit {ROUNDS} for all\n"
    told = ran("ledger", "list", "--limit", str(ROUNDS), where=where)
    assert len(told.stdout.splitlines()) == ROUNDS
    assert told.stderr == ""
    assert json.loads(ran("ledger", "list", "--json", where=where).stdout)["total"] == ROUNDS
    one = ran("ledger", "list", "--limit", "1", "--text", '"Rule 1"', where=where)
    assert one.stderr == ""


def test_a_list_of_runs_says_so_too(where: Path) -> None:
    some = ran("runs", "list", "--limit", "2", where=where)
    assert len(some.stdout.splitlines()) == 2
    assert some.stderr == "2 of 3 shown; --limit 3 for all\n"
    assert json.loads(ran("runs", "list", "--json", where=where).stdout)["total"] == 3


def on_a_terminal(*arguments: str, columns: int, env: dict[str, str] | None = None) -> str:
    """What a command prints on a terminal of that width."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    settings = {**environment(env), "TERM": "xterm"}
    settings.pop("COLUMNS")
    process = subprocess.Popen(command(*arguments), env=settings, stdout=its, stderr=its)
    os.close(its)
    told = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        if not part:
            break
        told += part
    os.close(ours)
    assert process.wait() == 0
    return told.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [60, 80, 160])
def test_lists_fit_the_terminal(where: Path, columns: int) -> None:
    arguments = ("ledger", "list", "--limit", "2", "--ledger", str(where))
    told = on_a_terminal(*arguments, columns=columns, env={"NO_COLOR": "1"})
    assert "\x1b" not in told
    assert max(map(len, told.splitlines())) <= columns
    assert set(IDEA.split()) <= set(told.split())
    assert f"2 of {ROUNDS} shown" in told


def test_a_pipe_gets_one_whole_line_per_entry_without_codes(where: Path) -> None:
    told = ran("ledger", "list", "--limit", "2", where=where).stdout
    assert all(line.endswith(IDEA) for line in told.splitlines())
    assert "\x1b" not in told
    arguments = ("ledger", "list", "--limit", "2", "--ledger", str(where))
    assert "\x1b[1m" in on_a_terminal(*arguments, columns=160)


def test_times_are_local_and_filters_take_local_times(where: Path, in_tokyo: None) -> None:
    assert local_time(datetime(2026, 1, 2, 20, 3, tzinfo=UTC)) == "2026-01-03 05:03 (UTC+09:00)"
    newest = ran("ledger", "list", "--limit", "1", where=where).stdout
    day, minute = re.search(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d)", newest).groups()  # type: ignore[union-attr]
    since = json.loads(
        ran("ledger", "list", "--since", f"{day}T{minute}:00", "--json", where=where).stdout
    )
    assert since["total"] > 0
    now = datetime.now(UTC).replace(tzinfo=None)
    until = ("--until", f"{now:%Y-%m-%dT%H:%M:%S}", "--json")
    assert json.loads(ran("ledger", "list", *until, where=where).stdout)["total"] == 0
