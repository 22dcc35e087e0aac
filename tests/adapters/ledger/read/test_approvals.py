"""Lists of what waits for a person, and of what was decided, on both databases."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.core.approval.decision import Decision
from skillopt.core.gate.contest import Outcome
from skillopt.core.history.run import Round
from skillopt.errors import InputError, LedgerError
from tests.adapters.ledger.samples import SKILL, a_proposal, a_round, a_run, an_insert


async def wait(ledger: SqlLedger, run: str) -> Round:
    """A run whose first proposal waits."""
    await ledger.start_run(a_run(run, fingerprint=run), SKILL)
    proposal = a_proposal(an_insert(f"- {run}.\n"), idea=f"say {run}")
    round_, candidate = a_round(run=run, proposal=proposal, outcome=Outcome.ACCEPTED)
    assert candidate
    await ledger.add_waiting(round_, candidate)
    return round_


async def approve(ledger: SqlLedger, entry: str) -> None:
    await ledger.decide(Decision(entry=entry, kind="approved", person="Ana", known_by="given"))


async def test_what_waits_and_what_was_decided_come_in_pages(ledger: SqlLedger) -> None:
    ids = {run: (await wait(ledger, run)).id for run in ("run-1", "run-2", "run-3", "run-4")}
    await approve(ledger, ids["run-1"])
    await approve(ledger, ids["run-3"])
    first, second = await ledger.waiting_rows()
    assert (first.run, second.run) == ("run-4", "run-2")
    assert await ledger.waiting_rows(limit=1) == (first,)
    assert await ledger.waiting_rows(before=first.id) == (second,)
    assert await ledger.waiting_rows(before=second.id) == ()
    assert [one.run for one in await ledger.waiting_rows(decided=True)] == ["run-3", "run-1"]
    (last,) = await ledger.waiting_rows(decided=True, before=ids["run-3"])
    assert (last.decision, last.person) == ("approved", "Ana")
    with pytest.raises(InputError, match="no proposal 'none'"):
        await ledger.waiting_rows(before="none")


async def test_a_row_says_what_the_whole_proposal_does(ledger: SqlLedger) -> None:
    await wait(ledger, "run-1")
    (row,), (whole,) = await ledger.waiting_rows(), await ledger.list_waiting()
    assert (row.id, row.run, row.skill) == (whole.id, whole.round.run, whole.skill)
    assert (row.idea, row.gain, row.since) == (whole.idea, whole.verdict.gain, whole.since)
    assert (row.decision, row.person) == (None, None)


async def test_a_document_that_was_changed_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    async with SqlLedger.open(path) as ledger:
        await wait(ledger, "run-1")
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE approvals SET document = '{}'")
        connection.close()
        with pytest.raises(LedgerError, match="a round in the ledger cannot be read"):
            await ledger.waiting_rows()
