"""What people ask of the ledger: each verb loads what it needs, on both databases."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.errors import LedgerError
from tests.adapters.ledger.samples import SKILL, a_run, filled


async def test_the_head_moves_with_every_row_and_an_earlier_one_can_be_pinned(
    ledger: SqlLedger,
) -> None:
    empty = await ledger.chain_head()
    await filled(ledger)
    head = await ledger.chain_head()
    assert head.link != empty.link
    found = await ledger.verify(pinned=head.link)
    assert (found.sound, found.head) == (True, head)
    await ledger.start_run(a_run("run-2"), SKILL)
    assert (await ledger.verify(pinned=head.link)).sound
    assert not (await ledger.verify(pinned="f" * 64)).sound


async def test_every_question_is_answered_on_an_empty_ledger(ledger: SqlLedger) -> None:
    assert await ledger.list_rounds() == ()
    assert await ledger.list_runs() == ()
    assert await ledger.search("anything") == ()
    assert await ledger.skill_versions("triage") == ()
    assert (await ledger.stats()).skills == ()
    assert await ledger.prune(before=4e9) == 0
    assert (await ledger.verify()).sound


async def test_what_goes_out_comes_in_and_verifies(ledger: SqlLedger, tmp_path: Path) -> None:
    await filled(ledger)
    out = io.StringIO()
    rows = await ledger.export(out)
    (tmp_path / "out.jsonl").write_text(out.getvalue(), encoding="utf-8")
    async with SqlLedger.open(tmp_path / "other.db") as other:
        taken = await other.take_in(tmp_path / "out.jsonl")
        assert taken.new == rows - 1, "all but what the other ledger says of itself"
        assert (await other.verify()).sound
        assert [one.number for one in await other.list_rounds()] == [4, 3, 2, 1]


async def test_a_ledger_that_is_not_there_is_not_taken_in(ledger: SqlLedger) -> None:
    with pytest.raises(LedgerError):
        await ledger.take_in("nowhere.db")
