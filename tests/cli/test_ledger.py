"""`skillopt ledger ...`: what auditing prints, and how it exits."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from skillopt.adapters.ledger import SqlLedger
from skillopt.cli.ledger import app
from skillopt.errors import InputError, LedgerError
from tests.adapters.ledger.samples import a_rollout, filled


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    async def fill() -> None:
        async with SqlLedger.open(tmp_path / "ledger.db") as ledger:
            last = await filled(ledger)
            await ledger.add_rollout("run-1", a_rollout(1))
            (tmp_path / "SKILL.md").write_bytes(last.to_bytes())

    asyncio.run(fill())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SKILLOPT_LEDGER", str(tmp_path / "ledger.db"))
    return tmp_path


def said(*arguments: str, exits: int = 0) -> str:
    result = ran(*arguments)
    assert result.exit_code == exits, result.output
    return result.stdout


def ran(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_verify_says_what_was_checked(folder: Path) -> None:
    head = said("head").strip()
    assert said("verify", "--pin", head).splitlines() == [
        "verified: 16 rows, 2 accepted edits replayed",
        f"head {head}",
    ]
    assert json.loads(said("verify", "--json"))["sound"] is True


def test_verify_names_the_bad_row_and_exits_with_1(folder: Path) -> None:
    connection = sqlite3.connect(folder / "ledger.db")
    with connection:
        connection.execute("UPDATE rounds SET idea = 'rewritten' WHERE number = 2")
    connection.close()
    told = said("verify", exits=1)
    assert "verification FAILED at row 7 (rounds" in told
    assert "6 rows before it verified" in told
    assert json.loads(said("verify", "--json", exits=1))["bad"]["seq"] == 7


def test_search_finds_and_quotes(folder: Path) -> None:
    first, quoted = said("search", "apologise").splitlines()
    assert "be polite to customers" in first
    assert "»" in quoted
    assert said("search", "zebra").strip() == "no match"


def test_a_phrase_of_the_shell_is_a_phrase(folder: Path) -> None:
    assert len(json.loads(said("search", "order number", "--json"))["hits"]) == 1
    assert len(json.loads(said("search", "order", "number", "--json"))["hits"]) == 1


def test_why_traces_the_file_line_by_line(folder: Path) -> None:
    lines = said("why", "triage").splitlines()
    assert any(line.endswith("11  - Mind the refunds.") for line in lines)
    assert any("in the file when run run-1 began" in line for line in lines)
    told = said("why", "triage", "11")
    assert "written by" in told
    assert '"my refund"' in told
    assert "refused proposals for this section:" in told


def test_stats_count_the_rules(folder: Path) -> None:
    told = said("stats")
    head, counts, _, _, *rules = (line.split() for line in told.splitlines())
    assert head == ["SKILL", "RUNS", "PROPOSALS", "ACCEPTED", "REJECTED", "INCONCLUSIVE"]
    assert counts == ["triage", "1", "4", "2", "2", "0"]
    assert ["1", "refused:", "does", "not", "fit", "triage", "too_many_edits"] in rules
    assert "predicted +10.0 points and the gate measured +2.5 in the mean of 3 proposals" in told
    assert "Brier score 0.0056, skill -8.00 against predicting no gain" in told


def test_a_ledger_goes_out_and_comes_in(folder: Path) -> None:
    said("export", "--out", "out.jsonl")
    assert "15 of 16 rows" in said("import", "out.jsonl", "--ledger", "other.db")
    assert "0 of 16 rows" in said("import", "ledger.db", "--ledger", "other.db")
    assert said("verify", "--ledger", "other.db").startswith("verified")
    assert len(said("export", "--form", "csv").splitlines()) == 5


def test_prune_keeps_the_record(folder: Path) -> None:
    assert said("prune", "--older-than", "1d").startswith("deleted 0 texts")
    assert said("verify").startswith("verified")
    assert isinstance(ran("prune", "--older-than", "soon").exception, InputError)


def test_reading_makes_no_ledger(folder: Path) -> None:
    for command in (["head"], ["verify"], ["stats"], ["search", "x"], ["why", "triage"]):
        assert isinstance(ran(*command, "--ledger", "none.db").exception, LedgerError)
    assert not (folder / "none.db").exists()


@pytest.mark.parametrize(
    "command", ["list", "show", "search refund", "why triage", "stats", "verify", "head"]
)
def test_no_command_of_the_ledger_loads_what_it_does_not_need(folder: Path, command: str) -> None:
    entry = said("list", "--limit", "1").split()[0]
    arguments = [*command.split(), *([entry] if command == "show" else [])]
    script = (
        "import sys; from skillopt.cli.ledger import app\n"
        f"try: app({arguments!r})\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'scipy', 'litellm', 'langgraph', 'tenacity', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == "[]"


def test_show_tells_what_it_was_compared_with_the_spend_and_the_neighbours(folder: Path) -> None:
    (refused, *_) = json.loads(said("list", "--refused", "--stage", "gate", "--json"))["rounds"]
    told = said("show", refused["id"], "--tasks")
    for part in (
        f"incumbent {refused['parent'][:12]}, candidate ",
        "gate balanced",
        "target practice/reader, optimizer practice/mentor",
        "spent by the run so far: ",
        "previous: ",
        "next: ",
        "INCUMBENT  CANDIDATE  TASK",
    ):
        assert part in told
