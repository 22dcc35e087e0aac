"""What pages ask, on both databases; and that no question reads a whole table."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from skillopt.adapters.ledger import RoundFilter, SqlLedger
from skillopt.core.evaluation.rollout import Graded
from skillopt.errors import InputError
from tests.adapters.ledger.read.test_filters import fill, statements
from tests.adapters.ledger.samples import (
    SKILL,
    SKILL_ID,
    a_missing,
    a_rollout,
    a_run,
    an_exchange,
    filled,
)


async def test_skills_are_counted_without_reading_their_rounds(ledger: SqlLedger) -> None:
    assert await ledger.skill_rows() == ()
    await filled(ledger)
    await ledger.start_run(
        a_run("run-9", skill_name="other", skill_path="other.md", started=1.9e9), SKILL
    )
    other, triage = await ledger.skill_rows()
    assert (other.skill_id, other.runs, other.accepted, other.refused) == ("./other.md", 1, 0, 0)
    assert (triage.skill_id, triage.name, triage.runs) == (SKILL_ID, "triage", 1)
    assert (triage.accepted, triage.refused) == (2, 2)
    assert triage.newest
    assert triage.newest.stopped_by == "rounds"
    assert await ledger.skill_rows(start=1, limit=1) == (triage,)
    assert await ledger.skill_rows(start=2) == ()
    assert await ledger.skill_names() == {"./other.md": "other", SKILL_ID: "triage"}


async def test_runs_come_in_pages(ledger: SqlLedger) -> None:
    await fill(ledger, seed=1)
    names = [one.record.id for one in await ledger.run_rows()]
    assert names == ["run-3", "run-2", "run-1"]
    assert [one.record.id for one in await ledger.run_rows(before="run-3", limit=1)] == ["run-2"]
    assert [one.record.id for one in await ledger.run_rows(skill="other")] == ["run-3"]
    with pytest.raises(InputError, match="no run 'none'"):
        await ledger.run_rows(before="none")
    for one in await ledger.run_rows():
        listed = await ledger.list_runs()
        assert one in listed


async def test_runs_are_read_by_their_ids_as_they_stand(ledger: SqlLedger) -> None:
    await filled(ledger)
    await ledger.start_run(a_run("run-9"), SKILL)
    ended, begun = await ledger.run_records(["run-1", "run-9"])
    assert (ended.id, begun.id) == ("run-1", "run-9")
    assert ended.finished
    assert begun.finished is None
    assert await ledger.run_records([]) == ()


async def test_evidence_has_the_texts_that_were_shown(ledger: SqlLedger) -> None:
    await filled(ledger)
    (first,) = await ledger.list_rounds(RoundFilter(limit=1, outcome="accepted"))
    assert (await ledger.evidence(first.id)).rollouts == ()
    await ledger.add_rollout("run-1", a_missing(1))
    await ledger.add_rollout("run-1", a_rollout(1, score=0.5, answer="sales"))
    await ledger.add_exchange(an_exchange(f"{first.number}/propose", prompt="why?", reply="so"))
    await ledger.add_exchange(an_exchange(f"{first.number}0/propose", prompt="another round"))
    found = await ledger.evidence(first.id[:6])
    (shown,) = found.rollouts
    assert (shown.label, shown.task, shown.score) == ("r1", "task-1", 0.5)
    assert isinstance(shown.rollout, Graded)
    assert shown.rollout.answer == "sales"
    assert [(one.prompt, one.reply) for one in found.exchanges] == [("why?", "so")]
    await ledger.prune(before=4e9)
    pruned = await ledger.evidence(first.id)
    assert pruned.rollouts[0].rollout is None
    assert pruned.exchanges == ()


async def test_refusals_are_grouped_by_their_rule(ledger: SqlLedger) -> None:
    await filled(ledger)
    groups = await ledger.refused_groups(skill="triage")
    assert [(one.stage, one.code, one.outcome, one.rounds) for one in groups] == [
        ("fit", "too_many_edits", "rejected", 1),
        ("gate", "test", "rejected", 1),
    ]
    newest = await ledger.show_round(groups[0].newest)
    assert groups[0].reason == newest.summary.reason
    assert await ledger.refused_groups(skill="none") == ()


async def test_activity_is_what_a_run_is_at(ledger: SqlLedger) -> None:
    await ledger.start_run(a_run(), SKILL)
    begun = await ledger.activity("run-1")
    assert (begun.rounds, begun.rollouts, begun.step, begun.seen) == (0, 0, None, None)
    await ledger.add_rollout("run-1", a_rollout(1))
    await ledger.add_exchange(an_exchange("1/propose"))
    now = await ledger.activity("run")
    assert (now.rollouts, now.step) == (1, "1/propose")
    assert now.seen is not None
    assert now.usage.calls == 2
    with pytest.raises(InputError, match="no run"):
        await ledger.activity("none")


async def test_sqlite_reads_no_table_for_a_page(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    async with SqlLedger.open(path) as ledger:
        await fill(ledger, seed=1)
        (round_,) = await ledger.list_rounds(RoundFilter(limit=1))
        with statements() as seen:
            await ledger.skill_rows()
            await ledger.skill_names()
            await ledger.skill_lines("triage", line=3)
            await ledger.waiting_rows()
            await ledger.run_rows(limit=2)
            await ledger.run_rows(skill="triage", before="run-2")
            await ledger.run_row("run-1")
            await ledger.evidence(round_.id)
            await ledger.refused_groups()
            await ledger.refused_groups(skill="triage")
            await ledger.activity("run-1")
            await ledger.tallies(["triage"], most=5)
            await ledger.show_round(round_.id)
            await ledger.usage("run-1")
    with sqlite3.connect(path) as connection:
        scans = [step for one in seen for step in _scans(connection, *one)]
    connection.close()
    assert scans == []


def _scans(connection: sqlite3.Connection, statement: str, given: Any) -> list[str]:
    """Steps that go through a table that grows with the work; of runs there are few."""
    if not statement.startswith("SELECT"):
        return []
    plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", given).fetchall()
    large = ("SCAN rounds", "SCAN rollouts", "SCAN exchanges", "SCAN edits", "SCAN tallies")
    steps = [str(step[3]) for step in plan]
    return [f"{step}: {statement}" for step in steps if step.startswith(large)]
