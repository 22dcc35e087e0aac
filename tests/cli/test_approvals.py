"""`skillopt approvals`, `approve` and `refuse` on a proposal that waits."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.core.gate.contest import Outcome
from skillopt.core.loop_settings import LoopSettings
from skillopt.errors import AlreadyDecided
from tests.adapters.ledger.samples import SKILL, a_round, a_run
from tests.cli.commands import ran, said, said_json, skillopt_here

OWN = SKILL.text + "- Ask for the order.\n"


@pytest.fixture
def entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Waits in this folder's ledger."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SKILLOPT_LEDGER", raising=False)
    (tmp_path / "skillopt.toml").touch()

    async def make() -> str:
        async with SqlLedger.open(tmp_path / ".skillopt" / "ledger.db") as ledger:
            await ledger.start_run(a_run(settings=LoopSettings(approve=True)), SKILL)
            round_, candidate = a_round(1, outcome=Outcome.ACCEPTED)
            assert candidate
            await ledger.add_waiting(round_, candidate)
            return round_.id

    return asyncio.run(make())


def test_what_waits_is_listed_shown_and_approved(entry: str) -> None:
    assert f"{entry}  " in said("approvals")
    assert "waits for approval  say more of refunds" in said("approvals", "list")
    shown = said("approvals", "show", entry[:5])
    for line in ("accepted by the gate: ", "+- Mind the refunds.", f"skillopt approve {entry}"):
        assert line in shown
    found = said_json("approvals", "show", entry)
    assert found["round"]["id"] == entry
    assert "+- Mind the refunds." in found["diff"]
    assert f"approved proposal {entry} as Ana" in said("approve", entry[:4], "--as", "Ana")
    assert said("approvals") == "nothing waits for approval\n"
    assert "approved by Ana" in said("approvals", "list", "--all")
    assert "skillopt approve" not in said("approvals", "show", entry)


def test_a_refusal_needs_a_reason_and_the_next_person_hears_it(entry: str, tmp_path: Path) -> None:
    assert ran("refuse", entry).exit_code == 2
    done = said_json("refuse", entry, "--reason", "too long", "--as", "Bo")
    assert (done["kind"], done["person"], done["reason"]) == ("refused", "Bo", "too long")
    assert isinstance(ran("approve", entry, "--as", "Ana").exception, AlreadyDecided)
    late = skillopt_here("approve", entry, "--as", "Ana", cwd=tmp_path)
    assert late.returncode == 2
    assert "was decided before: Bo refused it on" in late.stderr


def test_an_edited_file_is_approved_in_its_place(entry: str, tmp_path: Path) -> None:
    missing = ran("approve", entry, "--edit", "none.md", "--as", "Ana")
    assert "no such file: none.md" in str(missing.exception)
    (tmp_path / "mine.md").write_text(OWN)
    told = said("approve", entry, "--edit", "mine.md", "--as", "Ana")
    assert "tests your version" in told
    assert "edited by Ana" in said("approvals", "list", "--all")


def test_the_wrong_id_says_where_to_look(entry: str) -> None:
    assert "`skillopt approvals` lists" in str(ran("approve", "ffff", "--as", "A").exception)


def test_what_is_out_of_date_is_marked_and_can_be_closed(entry: str, tmp_path: Path) -> None:
    file = tmp_path / "skills" / "triage" / "SKILL.md"
    file.parent.mkdir(parents=True)
    file.write_text("# By hand\n")
    assert "out of date  say more of refunds" in said("approvals")
    assert "has changed since the run started" in said("approvals", "show", entry)
    assert "has changed" in said_json("approvals", "list")["approvals"][0]["outdated"]
    told = said("refuse", entry, "--reason", "an old text", "--as", "Ana")
    assert "the run does not go on: " in told
    assert said("approvals") == "nothing waits for approval\n"


def test_other_commands_show_what_waits_as_waiting(entry: str) -> None:
    assert "waits for approval, since" in said("ledger", "show", entry[:6])
    assert said_json("ledger", "show", entry)["decision"] is None
    assert "1 proposal waits for approval: skillopt approvals" in said("ledger", "list")
    assert said_json("ledger", "list")["waiting"] == 1
    assert f"proposal {entry} waits for approval" in said("runs", "show")
    assert said_json("runs", "show")["waits"] == entry
    report = said("report", "--format", "md", "-o", "-")
    assert f"the gate has accepted proposal {entry}, which waits for" in report
    said("refuse", entry, "--reason", "no", "--as", "Ana")
    assert said_json("ledger", "list")["waiting"] == 0
    assert "refused by Ana" in said("ledger", "show", entry)
    assert said_json("runs", "show")["waits"] is None
    assert "no proposals" in said("ledger", "list", "--stage", "approval"), "the run writes it"
