"""A session: a job with its ledger open and its adapters built."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from skillopt.adapters.meter import SpendMeter
from skillopt.app.job import Job
from skillopt.app.records import run_record
from skillopt.app.wiring import Wiring, ledger_of
from skillopt.core.events import IdentityUnknown
from skillopt.core.history.run import RunKind, RunRecord
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
    unidentified: tuple[IdentityUnknown, ...]
    """The roles whose work no other run can reuse."""

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
async def open_session(job: Job, *, create: bool = True) -> AsyncIterator[Session]:
    """Build what ``job`` asks for and open the ledger; everything is closed at the end.

    Args:
        job: what the command was given.
        create: make a ledger where there is none.

    Raises:
        SettingsError: before anything is called or written.
        LedgerError: the ledger cannot be opened.
    """
    async with AsyncExitStack() as stack:
        wiring = Wiring(job, stack)
        ledger, opening = ledger_of(job, create=create)
        setup = wiring.setup(ledger)
        await stack.enter_async_context(opening)
        session = Session(job, setup, wiring.meter, _told(job, wiring))
        yield session


@asynccontextmanager
async def open_tuning(job: Job, *, create: bool = True) -> AsyncIterator[TuningSession]:
    """:func:`open_session` with an optimizer."""
    async with AsyncExitStack() as stack:
        wiring = Wiring(job, stack)
        ledger, opening = ledger_of(job, create=create)
        setup, optimizer = wiring.setup(ledger), wiring.optimizer()
        await stack.enter_async_context(opening)
        yield TuningSession(job, setup, wiring.meter, _told(job, wiring), optimizer)


def _told(job: Job, wiring: Wiring) -> tuple[IdentityUnknown, ...]:
    for unknown in wiring.unidentified:
        job.emit(unknown)
    return tuple(wiring.unidentified)
