"""A session: a job with its ledger open and its adapters built."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from skillopt.adapters.meter import SpendMeter
from skillopt.app.code_levels import code_runs
from skillopt.app.inputs import Inputs
from skillopt.app.job import Job
from skillopt.app.records import run_record
from skillopt.app.skill_ids import moved_hint
from skillopt.app.wiring import Wiring, ledger_of
from skillopt.core.events import IdentityUnknown, RunStarted, RunWarned
from skillopt.core.history.run import RunKind, RunRecord
from skillopt.core.limits import limit_warnings
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import RunContext, Setup
from skillopt.engine.steps.check_health import check_health
from skillopt.ports import Ledger, Model


@dataclass(frozen=True)
class Session:
    """What a use case works with."""

    job: Job
    setup: Setup
    meter: SpendMeter
    told: tuple[str, ...]
    """What a person should know, said before anything was spent."""
    unidentified: tuple[IdentityUnknown, ...]
    """The roles that another run cannot recognize."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know by now, listeners that have failed included."""
        return (*self.told, *self.job.listeners.failures)

    @property
    def ledger(self) -> Ledger:
        """The open ledger."""
        return self.setup.ledger

    async def start_run(
        self, kind: RunKind, *, first: Skill | None = None, **more: Any
    ) -> tuple[RunRecord, RunContext]:
        """Enter a run in the ledger, and check that its models answer.

        Args:
            kind: which command it is.
            first: the version it starts from; by default the job's skill.
            more: further fields of :class:`RunRecord`.
        """
        skill = first or self.job.inputs.skill
        record = run_record(self.job, self.setup, kind=kind, first=skill.digest, **more)
        await self.ledger.start_run(record, skill)
        context = self.setup.for_run(record.id, first=skill)
        context.emit(
            RunStarted(
                run=record.id,
                kind=kind,
                skill=self.setup.skill_name,
                resumed=False,
                rounds_done=0,
                record=record,
            )
        )
        await check_health(context)
        return record, context

    async def end_run(self, record: RunRecord, *, stopped_by: str, **more: Any) -> RunRecord:
        """Enter a run's end, with what it has paid."""
        fields = {"finished": time.time(), "usage": await self.ledger.usage(record.id), **more}
        ended = record.model_copy(update={"stopped_by": stopped_by, **fields})
        await self.ledger.finish_run(ended)
        return ended


@dataclass(frozen=True)
class TuningSession(Session):
    """A session in which edits are proposed."""

    optimizer: Model


@asynccontextmanager
async def open_session(
    job: Job, *, create: bool = True, told: Sequence[str] = ()
) -> AsyncIterator[Session]:
    """Build what ``job`` asks for and open the ledger; everything is closed at the end.

    Args:
        job: what the command was given.
        create: make a ledger where there is none.
        told: what a person should know of what was given.

    Raises:
        SettingsError: before anything is called or written.
        LedgerError: the ledger cannot be opened.
    """
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(job.listeners)
        wiring = Wiring(job, stack)
        ledger, opening = ledger_of(job, create=create)
        setup = wiring.setup(ledger)
        await wiring.prepare()
        await stack.enter_async_context(opening)
        said = await _told(job, wiring, ledger, *told)
        yield Session(job, setup, wiring.meter, said, tuple(wiring.unidentified))


@asynccontextmanager
async def open_tuning(job: Job, *, create: bool = True) -> AsyncIterator[TuningSession]:
    """:func:`open_session` with an optimizer."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(job.listeners)
        wiring = Wiring(job, stack)
        ledger, opening = ledger_of(job, create=create)
        setup, optimizer = wiring.setup(ledger, tunes=True), wiring.optimizer()
        await wiring.prepare()
        await stack.enter_async_context(opening)
        limits = limit_warnings(job.inputs.skill, job.inputs.validation_set, job.inputs.settings)
        told = await _told(job, wiring, ledger, *limits)
        unidentified = tuple(wiring.unidentified)
        yield TuningSession(job, setup, wiring.meter, told, unidentified, optimizer)


async def _told(job: Job, wiring: Wiring, ledger: Ledger, *more: str) -> tuple[str, ...]:
    """Report what a person should know before the run spends anything."""
    moved = await _moved(job.inputs, ledger)
    warnings = (*more, *([moved] if moved else []))
    for says in warnings:
        job.emit(RunWarned(says=says))
    for unknown in wiring.unidentified:
        job.emit(unknown)
    held = code_runs(job)
    if held is not None:
        job.emit(held)
    return (*warnings, *(unknown.told for unknown in wiring.unidentified))


async def _moved(inputs: Inputs, ledger: Ledger) -> str:
    """How to attach a file that may have been moved; a ledger of the caller's own is not asked."""
    from skillopt.adapters.ledger import SqlLedger

    if inputs.path is None or not isinstance(ledger, SqlLedger):
        return ""
    tests = inputs.validation_set.split("test")
    return await moved_hint(ledger, inputs.path, name=inputs.name, tests=tests)
