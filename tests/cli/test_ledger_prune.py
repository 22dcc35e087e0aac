"""`skillopt ledger prune`: what it would delete is said first, and nothing goes unasked."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import sqlite3
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from skillopt.adapters.ledger import SqlLedger
from skillopt.cli.ledger import app
from skillopt.errors import InputError
from tests.adapters.ledger.samples import SKILL, a_rollout, a_run
from tests.scripted import command, environment

OLD = "0h"
"""An age that everything has reached."""


@pytest.fixture
def ledger(tmp_path: Path) -> str:
    async def fill() -> None:
        async with SqlLedger.open(tmp_path / "ledger.db") as opened:
            await opened.start_run(a_run(), SKILL)
            for number in range(3):
                await opened.add_rollout("run-1", a_rollout(number))

    asyncio.run(fill())
    return str(tmp_path / "ledger.db")


def ran(*arguments: str, ledger: str) -> Result:
    return CliRunner().invoke(app, ["prune", "--older-than", OLD, *arguments, "--ledger", ledger])


def left(ledger: str) -> int:
    connection = sqlite3.connect(ledger)
    try:
        query = "SELECT COUNT(payload) FROM rollouts"
        return int(connection.execute(query).fetchone()[0])
    finally:
        connection.close()


def test_a_dry_run_counts_and_deletes_nothing(ledger: str) -> None:
    told = ran("--dry-run", ledger=ledger).stdout.splitlines()
    assert told[0].startswith("would delete 3 texts stored before ")
    assert told[-1] == f"next: skillopt ledger prune --older-than {OLD} --ledger {ledger}"
    found = json.loads(ran("--dry-run", "--json", ledger=ledger).stdout)
    assert (found["payloads"], found["dry_run"]) == (3, True)
    assert left(ledger) == 3


def test_with_yes_it_deletes_and_says_what_to_type_next(ledger: str) -> None:
    told = ran("--yes", ledger=ledger).stdout.splitlines()
    assert told[0].startswith("deleted 3 texts stored before ")
    assert told[-1] == f"next: skillopt ledger verify --ledger {ledger}"
    assert left(ledger) == 0


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_where_nobody_can_answer_it_refuses_and_says_what_to_pass(
    ledger: str, form: list[str]
) -> None:
    refused = ran(*form, ledger=ledger)
    assert isinstance(refused.exception, InputError)
    assert "--yes" in str(refused.exception)
    assert "--dry-run" in str(refused.exception)
    assert left(ledger) == 3


@pytest.mark.parametrize(("answer", "rest"), [("y", 0), ("n", 3), ("", 3)])
def test_on_a_terminal_it_asks(ledger: str, answer: str, rest: int) -> None:
    ours, its = pty.openpty()

    arguments = ("ledger", "prune", "--older-than", OLD, "--ledger", ledger)
    process = subprocess.Popen(
        command(*arguments),
        env=environment(),
        stdin=its,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.write(ours, f"{answer}\n".encode())
    out, err = process.communicate()
    os.close(ours)
    os.close(its)
    assert process.returncode == 0, err
    assert "delete 3 texts" in err
    assert ("deleted 3 texts" in out) is (rest == 0)
    assert ("nothing was deleted" in err) is (rest == 3)
    assert left(ledger) == rest


def test_an_age_before_all_calendars_is_no_error(ledger: str) -> None:
    done = CliRunner().invoke(
        app, ["prune", "--older-than", "99999999d", "--yes", "--ledger", ledger]
    )
    assert done.exit_code == 0
    assert done.stdout.startswith("deleted 0 texts")
