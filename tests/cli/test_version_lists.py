"""`skillopt revert` without a version: the versions as a table; with one, what to type next."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from skillopt.adapters.ledger import SqlLedger
from skillopt.cli.versions import revert_command
from skillopt.errors import InputError
from tests.adapters.ledger.samples import SKILL, SKILL_ID, a_run, an_end, filled

app = Typer()
app.command()(revert_command)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    async def fill() -> None:
        async with SqlLedger.open(tmp_path / "ledger.db") as ledger:
            last = await filled(ledger)
            run = a_run("run-2", first=last.digest)
            await ledger.start_run(run, last)
            await ledger.finish_run(an_end(a_run(), last=last.digest, baseline=0.625))
            await ledger.attach(SKILL_ID, "./")
            (tmp_path / "SKILL.md").write_bytes(last.to_bytes())

    asyncio.run(fill())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SKILLOPT_LEDGER", str(tmp_path / "ledger.db"))
    return tmp_path


def ran(*arguments: str) -> Result:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return result


def test_versions_are_listed_with_date_verdict_score_and_idea(folder: Path) -> None:
    result = ran("SKILL.md")
    lines = result.stdout.splitlines()
    first = next(line for line in lines if line.startswith(SKILL.digest[:12]))
    assert "where a run started" in first
    assert "62.5 %" in first
    accepted = next(line for line in lines if line.endswith("refunds go to billing"))
    for part in ("accepted", "50.0 %", "+2.5"):
        assert part in accepted
    here = next(line for line in lines if "in the file" in line)
    assert here.endswith("the order's number, not the order")
    assert len(lines) == 4
    assert result.stderr == "next: skillopt revert SKILL.md VERSION\n"


def test_the_json_of_versions_has_idea_score_and_gain(folder: Path) -> None:
    versions = json.loads(ran("SKILL.md", "--json").stdout)["versions"]
    (made,) = (one for one in versions if one["idea"] == "refunds go to billing")
    assert (made["score"], made["gain"]) == (0.5, 0.025)


def test_going_back_says_what_to_type_next(folder: Path) -> None:
    told = ran("SKILL.md", SKILL.digest[:8]).stdout
    assert told.splitlines()[-1] == "next: skillopt diff SKILL.md"
    assert (folder / "SKILL.md").read_bytes() == SKILL.to_bytes()


def test_a_file_with_an_own_text_is_left_alone_and_compared_next(folder: Path) -> None:
    (folder / "SKILL.md").write_text(SKILL.text + "- Mine.\n", encoding="utf-8")
    told = ran("SKILL.md", SKILL.digest[:8]).stdout
    assert told.splitlines()[-1].startswith("next: diff SKILL.md ")
    assert "- Mine." in (folder / "SKILL.md").read_text(encoding="utf-8")


def test_another_ledger_than_the_default_is_named_in_what_to_type_next(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SKILLOPT_LEDGER")
    told = ran("SKILL.md", SKILL.digest[:8], "--ledger", "ledger.db").stdout
    assert told.splitlines()[-1] == "next: skillopt diff SKILL.md --ledger ledger.db"


def test_a_wrong_version_is_told_with_what_there_is(folder: Path) -> None:
    wrong = CliRunner().invoke(app, ["SKILL.md", "zzzz"])
    assert isinstance(wrong.exception, InputError)
    assert "no version 'zzzz' of ./ in the ledger; the newest is " in str(wrong.exception)
    digests = [line.split()[0] for line in ran("SKILL.md").stdout.splitlines()]
    both = CliRunner().invoke(app, ["SKILL.md", ""])
    assert isinstance(both.exception, InputError)
    assert f"could be {', '.join(sorted(digests))}; type more" in str(both.exception)
