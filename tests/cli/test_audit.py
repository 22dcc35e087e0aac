"""The commands of `skillopt ledger` that search, trace, count, export, import and prune."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.errors import InputError, LedgerError
from tests.adapters.ledger.samples import SKILL_ID, a_rollout, filled
from tests.cli.commands import ran, said, said_json


@pytest.fixture(autouse=True)
def _ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A filled ledger, and the skill it ends with, in the working directory."""

    async def fill() -> None:
        async with SqlLedger.open(tmp_path / "ledger.db") as ledger:
            last = await filled(ledger)
            await ledger.add_rollout("run-1", a_rollout(1))
            await ledger.attach(SKILL_ID, "./")
            (tmp_path / "SKILL.md").write_bytes(last.to_bytes())

    asyncio.run(fill())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SKILLOPT_LEDGER", str(tmp_path / "ledger.db"))


def test_a_search_in_one_skill_and_of_some_results() -> None:
    assert said("ledger", "search", "order", "--skill", "another") == "no match\n"
    assert len(said_json("ledger", "search", "order")["hits"]) > 1
    assert len(said_json("ledger", "search", "order", "--limit", "1")["hits"]) == 1
    assert isinstance(ran("ledger", "search", "--", "-order").exception, InputError)


def test_why_of_a_line_that_is_not_there_is_an_error() -> None:
    assert isinstance(ran("ledger", "why", "SKILL.md", "999").exception, InputError)
    assert ran("ledger", "why", "SKILL.md", "0").exit_code == 2


def test_why_in_json() -> None:
    lines = said_json("ledger", "why", "SKILL.md")["lines"]
    texts = (Path("SKILL.md").read_text()).splitlines()
    assert [line["text"] for line in lines] == texts
    assert [line["number"] for line in lines] == list(range(1, len(texts) + 1))


def test_stats_of_one_skill() -> None:
    assert [one["skill"] for one in said_json("ledger", "stats")["skills"]] == ["triage"]
    (other,) = said_json("ledger", "stats", "--skill", "another")["skills"]
    assert (other["skill"], other["runs"]) == ("another", 0)
    assert "1 rollout (0 missing)" in said("ledger", "stats")


@pytest.mark.parametrize(
    ("form", "noun", "count"), [("jsonl", "rows", 17), ("csv", "proposals", 4)]
)
def test_an_export_goes_to_stdout_or_into_a_file(form: str, noun: str, count: int) -> None:
    result = ran("ledger", "export", "--form", form)
    assert result.stderr == f"{count} {noun} written\n"
    said("ledger", "export", "--form", form, "--out", "export")
    assert Path("export").read_text().splitlines() == result.stdout.splitlines()
    if form == "csv":
        assert len(list(csv.DictReader(io.StringIO(result.stdout)))) == count
    else:
        assert all(json.loads(line) for line in result.stdout.splitlines())


def test_an_import_says_what_was_new() -> None:
    found = said_json("ledger", "import", "ledger.db", "--ledger", "other.db")
    assert (found["new"], found["rows"]) == (16, 17)
    assert said("ledger", "import", "ledger.db", "--ledger", "other.db").startswith(
        "imported 0 of 17 rows from ledger "
    )
    assert isinstance(ran("ledger", "import", "gone.db").exception, LedgerError)


@pytest.mark.parametrize("age", ["90d", "12w", "36h", " 1d "])
def test_an_age_is_a_number_of_hours_days_or_weeks(age: str) -> None:
    assert said("ledger", "prune", "--older-than", age).startswith("deleted 0 texts stored before ")


@pytest.mark.parametrize("age", ["soon", "90", "d", "1.5d", "-1d", "90 d", "90dx", ""])
def test_another_age_is_named_with_the_rule(age: str) -> None:
    result = ran("ledger", "prune", f"--older-than={age}")
    assert isinstance(result.exception, InputError)
    assert f"--older-than {age!r}: expected a number and d, w or h" in str(result.exception)


def test_what_is_pruned_is_counted_and_the_ledger_still_verifies() -> None:
    found = said_json("ledger", "prune", "--older-than", "0h", "--yes")
    assert found["payloads"] > 0
    assert f", {found['payloads']} payloads pruned" in said("ledger", "verify")
