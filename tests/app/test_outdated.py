"""A proposal that waits on an earlier text is out of date; a person can still close it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

import skillopt
from skillopt.adapters.ledger import SqlLedger
from skillopt.app.approvals import dated_approvals, show_approval
from skillopt.app.outdated import outdated, outdated_runs
from skillopt.core.events import Event, RunWarned
from skillopt.core.gate.contest import Outcome
from skillopt.errors import ApprovalNeeded, InputError
from tests.adapters.ledger.samples import SKILL as SAMPLE
from tests.adapters.ledger.samples import a_round, a_run
from tests.app.one_approval import options
from tests.scripted import SKILL


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the sample run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "skillopt.toml").touch()
    path = tmp_path / "skills" / "triage" / "SKILL.md"
    path.parent.mkdir(parents=True)
    path.write_bytes(SAMPLE.to_bytes())
    return path


@pytest.fixture
def by_hand(file: Path) -> None:
    """Somebody has edited it."""
    file.write_text("# Another\n")


def test_a_run_is_out_of_date_while_its_file_holds_another_text(file: Path) -> None:
    run = a_run()
    assert asyncio.run(outdated(run)) == ""
    file.write_bytes(SAMPLE.to_bytes() + b"By hand.\n")
    assert str(Path("skills/triage/SKILL.md has changed")) in asyncio.run(outdated(run))
    assert asyncio.run(outdated(a_run(skill_path=None))) == ""
    file.unlink()
    assert asyncio.run(outdated(run)) == "", "another machine's file: nobody here can know"


@pytest.mark.usefixtures("by_hand")
async def test_what_was_decided_is_not_looked_up(tmp_path: Path) -> None:
    async with SqlLedger.open(tmp_path / "ledger.db") as ledger:
        await ledger.start_run(a_run(), SAMPLE)
        round_, candidate = a_round(1, outcome=Outcome.ACCEPTED)
        assert candidate
        await ledger.add_waiting(round_, candidate)
        assert list(await outdated_runs(ledger, [round_.run])) == [round_.run]
        assert [why for _, why in await dated_approvals(ledger=ledger)] != [""]
        done = await skillopt.arefuse(round_.id, "too old", by="Ana", ledger=ledger)
        assert "has changed" in done.outdated
        ((waited, why),) = await dated_approvals(decided=True, ledger=ledger)
        assert (waited.id, why) == (round_.id, "")
        assert (await show_approval(round_.id, ledger=ledger)).outdated == ""


async def test_a_file_that_is_changed_by_hand_gets_a_new_run_and_the_old_one_can_be_closed(
    tmp_path: Path,
) -> None:
    heard: list[Event] = []
    path, ledger = tmp_path / "SKILL.md", tmp_path / "ledger.db"

    async def waits() -> str:
        given: dict[str, Any] = options(tmp_path, ledger) | {"on_event": heard.append}
        with pytest.raises(ApprovalNeeded) as needed:
            await skillopt.atune(**given)
        return needed.value.entry

    path.write_bytes(SKILL.to_bytes())
    old = await waits()
    text = SKILL.text + "- rolls: bakery\n"
    path.write_text(text)
    new = await waits()
    assert new != old
    (said,) = [event.says for event in heard if isinstance(event, RunWarned)]
    assert f"skillopt refuse {old} --reason" in said
    async with SqlLedger.open(ledger) as opened:
        found = await dated_approvals(ledger=opened)
        assert [(one.id, bool(why)) for one, why in found] == [(new, False), (old, True)]
        await skillopt.arefuse(old, "the text is another one", by="Ana", ledger=opened)
        assert [one.id for one in await skillopt.aapprovals(ledger=opened)] == [new]
        await skillopt.aapprove(new, by="Ana", ledger=opened)
    heard.clear()
    run = await skillopt.atune(**options(tmp_path, ledger), on_event=heard.append)
    assert run.rounds[0].id == new
    assert path.read_text().startswith(text)
    assert not any(isinstance(event, RunWarned) for event in heard)
    async with SqlLedger.open(ledger) as opened:
        assert (await opened.verify()).bad is None


async def test_a_shortening_is_not_edited(tmp_path: Path) -> None:
    async with SqlLedger.open(tmp_path / "ledger.db") as ledger:
        await ledger.start_run(a_run(), SAMPLE)
        round_, candidate = a_round(1, outcome=Outcome.ACCEPTED)
        assert candidate
        round_ = round_.model_copy(update={"against": SAMPLE.digest})
        await ledger.add_waiting(round_, candidate)
        with pytest.raises(InputError, match=r"only shortens the skill.* say in the reason what"):
            await skillopt.aapprove(round_.id, edit="# Mine\n", by="Ana", ledger=ledger)
