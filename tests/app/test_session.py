"""A session: what is built is closed, and runs are entered and ended."""

from __future__ import annotations

from pathlib import Path

import pytest

import skillopt
from skillopt.app.session import open_session, open_tuning
from skillopt.core.events import CodeRuns, Event, RunWarned
from skillopt.engine.steps.roll_out import roll_out
from skillopt.errors import LedgerError, SettingsError
from tests.app.jobs import BETTER, job
from tests.scripted import SKILL, tasks
from tests.standins import ScriptedModel
from tests.standins_ledger import MemoryLedger
from tests.targets import ScriptedTarget


async def test_a_session_has_its_job_and_the_ledger_that_is_open() -> None:
    made = job(ledger=MemoryLedger(), max_calls=9)
    async with open_session(made) as session:
        assert session.job is made
        assert session.ledger is made.ledger
        assert session.meter.limits.max_calls == 9


async def test_a_run_starts_from_the_jobs_skill_or_from_another_version() -> None:
    async with open_session(job()) as session:
        record, context = await session.start_run("gate", retries="r1")
        assert (record.kind, record.first, record.retries) == ("gate", SKILL.digest, "r1")
        assert (context.run, context.first) == (record.id, SKILL)
        other, context = await session.start_run("gate", first=BETTER)
        assert (other.first, context.first) == (BETTER.digest, BETTER)
        assert await session.ledger.skill(BETTER.digest) == BETTER
        assert other.id != record.id


async def test_a_run_ends_with_what_it_has_paid() -> None:
    ledger = MemoryLedger()
    async with open_session(job(ledger=ledger)) as session:
        record, context = await session.start_run("eval")
        assert record.finished is None
        await roll_out(context, SKILL, [(task, 0) for task in tasks().tasks[:3]])
        ended = await session.end_run(record, stopped_by="evaluated", last=SKILL.digest)
    assert (ended.usage.calls, ended.usage.cost) == (3, pytest.approx(0.003))
    assert (ended.stopped_by, ended.last) == ("evaluated", SKILL.digest)
    assert ended.finished is not None
    assert ended.finished >= record.started
    assert ledger.ends[record.id] == ended


async def test_a_tuning_session_has_an_optimizer() -> None:
    optimizer = ScriptedModel("x")
    async with open_tuning(job(optimizer=optimizer)) as session:
        assert session.optimizer.identity == optimizer.identity


async def test_a_ledger_is_made_unless_it_is_only_read(tmp_path: Path) -> None:
    where = tmp_path / "ledger.db"
    made = job(ledger=where, optimizer=ScriptedModel("x"))
    with pytest.raises(LedgerError, match="no ledger at"):
        async with open_tuning(made, create=False):
            pass
    assert not where.exists()
    async with open_session(made) as session:
        record, _ = await session.start_run("eval")
    async with skillopt.SqlLedger.open(where, create=False) as ledger:
        assert [run.record.id for run in await ledger.list_runs()] == [record.id]


async def test_no_ledger_is_written_where_a_role_cannot_be_filled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    made = job(ledger=tmp_path / "ledger.db", target="openai/gpt-4o-mini")
    with pytest.raises(SettingsError):
        async with open_session(made):
            pass
    assert not (tmp_path / "ledger.db").exists()


async def test_limits_that_cannot_be_kept_are_told_to_a_listener_and_in_the_result() -> None:
    heard: list[Event] = []
    options = {"optimizer": ScriptedModel("x"), "on_event": heard.append, "max_skill_chars": 9}
    async with open_tuning(job(**options)) as session:
        (told,) = session.warnings
        assert "raise it with --max-skill-chars" in told
        assert [one for one in heard if not isinstance(one, CodeRuns)] == [RunWarned(says=told)]
    heard.clear()
    async with open_session(job(**options)) as session:
        assert session.warnings == ()
        assert all(isinstance(one, CodeRuns) for one in heard)  # the budget is for proposals alone


def test_a_run_has_its_warnings_and_says_them_first() -> None:
    heard: list[Event] = []
    run = skillopt.tune(
        SKILL,
        validation_set=tasks(),
        target=ScriptedTarget(),
        optimizer=ScriptedModel("x"),
        ledger=MemoryLedger(),
        rounds=0,
        max_skill_chars=9,
        on_event=heard.append,
    )
    assert isinstance(heard[0], RunWarned)
    assert run.warnings == (heard[0].says,)
