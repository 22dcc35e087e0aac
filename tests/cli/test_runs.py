"""`skillopt runs`: alone it lists, and `show` without an id shows the newest."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from skillopt.adapters.ledger import SqlLedger
from skillopt.cli.ledger import app as ledger_app
from skillopt.cli.runs import app
from skillopt.core.gate import Measure, Outcome, PairedTask
from skillopt.core.loop_settings import LoopSettings
from skillopt.core.value import content_hash
from skillopt.errors import InputError
from tests.adapters.ledger.samples import SKILL, a_round, a_run, a_verdict


@pytest.fixture
def ledger_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "skillopt.toml").touch()
    (tmp_path / ".skillopt").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path / ".skillopt" / "ledger.db"


def fill(path: Path, *runs: str, **changes: object) -> None:
    async def filled() -> None:
        async with SqlLedger.open(path) as ledger:
            for name in runs:
                await ledger.start_run(a_run(name, **changes), SKILL)
                await ledger.add_round(*a_round(run=name))

    asyncio.run(filled())


def said(*arguments: str) -> str:
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False).stdout


def ledger_says(*arguments: str) -> str:
    return CliRunner().invoke(ledger_app, list(arguments), catch_exceptions=False).stdout


def test_runs_alone_lists(ledger_file: Path) -> None:
    fill(ledger_file, "run-1", "run-2")
    assert [line.split()[0] for line in said().splitlines()] == ["run-2", "run-1"]
    assert said() == said("list")


def test_show_without_an_id_shows_the_newest(ledger_file: Path) -> None:
    fill(ledger_file, "run-1", "run-2")
    assert "run-2" in said("show")
    assert said("show") == said("show", "run-2")


def test_show_in_an_empty_ledger_says_how_to_start(ledger_file: Path) -> None:
    fill(ledger_file)
    with pytest.raises(InputError, match="skillopt tune"):
        said("show")


def test_a_target_of_an_earlier_version_is_marked_as_of_an_unknown_identity(
    ledger_file: Path,
) -> None:
    target = content_hash(["callable", "desk:agent"])
    fill(ledger_file, "old", target=target)
    mark = f"{target[:12]} (identity unknown)"
    entry = json.loads(ledger_says("list", "--json"))["rounds"][0]
    for shown in (said(), said("show"), ledger_says("list"), ledger_says("show", entry["id"])):
        assert mark in shown
    runs = json.loads(said("list", "--json"))["runs"]
    of_entry = json.loads(ledger_says("show", entry["id"], "--json"))["summary"]
    for told in (entry, of_entry, json.loads(said("show", "--json")), *runs):
        assert (told["target"], told["identity_unknown"]) == (mark, True)


def test_a_model_is_not_marked(ledger_file: Path) -> None:
    fill(ledger_file, "new")
    assert "unknown" not in said() + said("show") + ledger_says("list")
    assert json.loads(ledger_says("list", "--json"))["rounds"][0]["target"] == "practice/reader"


def test_the_versions_by_score_cost_and_length(ledger_file: Path) -> None:
    record, first = a_run("run-1"), SKILL
    measures = (Measure(name="skill_chars", first=100, candidate=90),)
    pairs = tuple(
        PairedTask(task=f"t{at}", incumbent=0.5, candidate=1.0, candidate_runs=1, incumbent_runs=1)
        for at in range(4)
    )
    verdict = a_verdict(Outcome.ACCEPTED).model_copy(update={"measures": measures, "pairs": pairs})
    round_, candidate = a_round(1, outcome=Outcome.ACCEPTED)
    decision = round_.decision.model_copy(update={"verdict": verdict})
    made = round_.model_copy(update={"decision": decision, "parent": first.digest})

    async def filled() -> None:
        async with SqlLedger.open(ledger_file) as ledger:
            await ledger.start_run(record, first)
            await ledger.add_round(made, candidate)

    asyncio.run(filled())
    lines = said("show").splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("versions by score"))
    assert "50.0 % on 4 tasks, price unknown, 100 characters" in lines[at + 1]
    assert lines[at + 2].startswith("  * ")
    assert "round 1: 100.0 % on 4 tasks, price unknown, 90 characters" in lines[at + 2]
    front = json.loads(said("show", "--json"))["front"]
    assert [point["on_front"] for point in front] == [False, True]


def test_show_says_why_a_run_stopped_and_which_settings_it_had(ledger_file: Path) -> None:
    fill(ledger_file, "run-1", stopped_by="rounds", settings=LoopSettings(drift_every=2))
    lines = said("show").splitlines()
    assert "stopped: all rounds done" in lines
    assert "settings: drift_every 2" in lines
