"""A run under way: where its search stands, and the round in progress.

All of it is derived from the ledger, so a process that was killed finds its place again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from skillopt.core.events import ProposalWaits, RoundStarted, Stopped
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.history.front import preferred_version
from skillopt.core.history.preferred import Preferred
from skillopt.core.history.run import AcceptedRound, Round, RunRecord
from skillopt.core.history.sealed_openings import opened_before, opened_by
from skillopt.core.history.search import Search, after, stop_reason
from skillopt.core.history.waiting import Waiting
from skillopt.core.history.way_back import set_out
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import TuningContext
from skillopt.engine.round_work import RoundWork
from skillopt.engine.steps.approve import end_waiting
from skillopt.engine.steps.probe_corrections import probe_corrections
from skillopt.engine.steps.run_contest import gate_tasks
from skillopt.engine.steps.shrink import shortening
from skillopt.engine.steps.unseal import open_sealed_test
from skillopt.errors import HeadMoved, SpendExhausted
from skillopt.ports import Meter


@dataclass(frozen=True)
class Position:
    """Where a run stands: its record, its decided rounds, and the search they make."""

    record: RunRecord
    rounds: tuple[Round, ...]
    search: Search


class Loop:
    """One run whose first version is measured, up to its end."""

    def __init__(
        self,
        context: TuningContext,
        position: Position,
        *,
        meter: Meter,
        now: Callable[[], float],
    ) -> None:
        self.context = context
        self._record = position.record
        self._rounds = position.rounds
        self._search = position.search
        self._meter = meter
        self._now = now
        self._work: RoundWork | None = None
        self._spent = ""

    @property
    def record(self) -> RunRecord:
        """The run as it stands."""
        return self._record

    @property
    def rounds(self) -> tuple[Round, ...]:
        """The decided rounds."""
        return self._rounds

    async def work(self) -> RoundWork:
        """The round in progress."""
        if self._work is None:
            self._work = await self._next_round()
            self.context.emit(RoundStarted(number=self._work.number))
        return self._work

    async def waiting(self) -> Waiting | None:
        """What waits for a person in the round in progress, or was decided on by one."""
        if not self.context.settings.approve:
            return None
        return await self.context.ledger.waiting(self.context.run, len(self._rounds) + 1)

    async def still_waiting(self) -> Waiting | None:
        """What waits, or was decided on, since an earlier process began the round."""
        waiting = await self.waiting()
        if waiting is not None:
            self.context.emit(RoundStarted(number=waiting.round.number))
            self._say_waits(waiting)
        return waiting

    async def ask(self) -> Waiting | None:
        """Let what the gate has accepted wait for a person; None where nothing is to wait."""
        if not self.context.settings.approve:
            return None
        waits = await (await self.work()).waits()
        if waits is None:
            return None
        await self.context.ledger.add_waiting(*waits)
        waiting = await self.waiting()
        if waiting is not None:
            self._say_waits(waiting)
        return waiting

    def _say_waits(self, waiting: Waiting) -> None:
        if waiting.decision is None:
            self.context.emit(
                ProposalWaits(
                    number=waiting.round.number,
                    entry=waiting.id,
                    idea=waiting.idea,
                    reason=waiting.verdict.reason,
                )
            )

    async def commit(self) -> Round:
        """Write the round in progress to the ledger; :meth:`work` then starts the next one."""
        waiting = await self.waiting()
        if waiting is None:
            round_ = await (await self.work()).commit()
        else:
            assert waiting.decision is not None, "a person decides on what waits"
            round_ = await end_waiting(self.context, self._search, waiting, waiting.decision)
        self._rounds = (*self._rounds, round_)
        self._search = after(self._search, round_)
        self._work = None
        return round_

    async def _next_round(self) -> RoundWork:
        if not self._search.edited:
            return await next_round(self.context, self._search)
        last = self._rounds[-1].number
        own = await self.context.ledger.waiting(self.context.run, last)
        incumbent = await self.context.version(self._search.incumbent)
        return RoundWork(self.context, self._search, incumbent, own=own)

    def reason_to_stop(self) -> str | None:
        """Why no further round is run, or None."""
        return stop_reason(self._search, self.context.settings)

    def out_of_spend(self, error: SpendExhausted) -> str:
        """Remember which limit ended the rounds; returns the reason to stop."""
        self._spent = str(error)
        return "spend"

    async def finish(self, stopped_by: str) -> RunRecord:
        """Open the sealed test where an edit was accepted, and write the run's end."""
        ended, preferred = self._ending()
        last = await self.context.version(ended)
        self.context.emit(Stopped(reason=stopped_by, detail=self._spent))
        self._meter.release()
        sealed = await self._sealed_test(last)
        corrected = await probe_corrections(self.context, last)
        return await self._update(
            last=last.digest,
            finished=self._now(),
            stopped_by=stopped_by,
            preferred=preferred,
            sealed=sealed,
            second_attempts=corrected,
            usage=await self.context.ledger.usage(self.context.run),
        )

    async def last_version(self) -> Skill:
        """The version the run ended with, or has reached."""
        return await self.context.version(self._record.last or self._search.best)

    def _ending(self) -> tuple[str, Preferred | None]:
        """The version to end with, and why it is not the best by score where it is not."""
        context = self.context
        return preferred_version(
            self._rounds,
            first=context.first.digest,
            best=self._search.best,
            tasks=gate_tasks(context.validation_set.split("validation"), self._search.book),
            prefer=context.settings.prefer,
        )

    async def take_head(self, path: str, new: Skill) -> str | None:
        """Make ``new`` the head of a skill file; the reason where another run was first."""
        try:
            await self.context.ledger.move_head(
                self._record.skill_name,
                path,
                expected_parent=self._record.first,
                new=new.digest,
                run=self._record.id,
            )
        except HeadMoved as moved:
            return str(moved)
        return None

    async def mark_written(self) -> RunRecord:
        """Record that the result is in the user's file: the run is over."""
        return await self._update(written=True)

    async def _sealed_test(self, last: Skill) -> SealedTest | None:
        """None where nothing was accepted, or no limit leaves room: then nothing is claimed."""
        if last.digest == self.context.first.digest:
            return None
        before = await self._earlier_openings(last)
        reopen = self._record.reopen_sealed
        try:
            return await open_sealed_test(self.context, last, before=before, insisted=reopen)
        except SpendExhausted:
            return None

    async def _earlier_openings(self, last: Skill) -> tuple[str, ...]:
        """Earlier runs that have seen the test tasks; this opening is recorded first."""
        tasks = self.context.validation_set.split("test")
        await self._update(opened=opened_by(tasks))
        return opened_before(
            await self.context.ledger.openings(self.context.skill_id),
            run=self._record.id,
            tasks=tasks,
            versions=(self._record.first, last.digest),
        )

    async def _update(self, **fields: object) -> RunRecord:
        self._record = self._record.model_copy(update=fields)
        await self.context.ledger.finish_run(self._record)
        return self._record


async def next_round(context: TuningContext, search: Search) -> RoundWork:
    """The round that follows, on the version it sets out from."""
    incumbent = await context.version(search.incumbent)
    work = await _learning_round(context, search, incumbent)
    shorter = await shortening(context, search, incumbent, is_idle=work.nothing_to_fix)
    return RoundWork(*shorter, incumbent, shortens=True) if shorter else work


async def _learning_round(context: TuningContext, search: Search, incumbent: Skill) -> RoundWork:
    if not context.settings.collapse_monitor:
        return RoundWork(context, search, incumbent)
    search, leave = set_out(search, incumbent)
    return RoundWork(context, search, await context.version(search.incumbent), leave=leave)


def accepted(round_: Round) -> bool:
    """Whether the round's candidate became the incumbent."""
    return isinstance(round_.decision, AcceptedRound)
