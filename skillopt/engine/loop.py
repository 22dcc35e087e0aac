"""The loop's memory while it runs: which run, where the search stands, the round in progress.

All of it follows from the ledger, so that a process that was killed finds its place again.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.events import RunStarted, Stopped
from skillopt.core.gate.contest import GateMemory
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.history.run import AcceptedRound, Round, RunRecord
from skillopt.core.history.sealed_openings import opened_before, opened_by
from skillopt.core.history.search import Search, after, resumed, stop_reason
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import RunContext
from skillopt.engine.round_work import RoundWork
from skillopt.engine.steps.measure_baseline import baseline
from skillopt.engine.steps.unseal import open_sealed_test
from skillopt.errors import HeadMoved, SpendExhausted
from skillopt.ports import Meter

_LONGER = 1.25


@dataclass(frozen=True)
class Opening:
    """What is known before a run has an id."""

    context: RunContext
    """With the run's id still empty."""
    record: RunRecord
    """The run to start where none of its fingerprint is unfinished."""
    meter: Meter
    now: Callable[[], float]
    """Seconds since the epoch."""


class Loop:
    """One run, from its start to its end."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._context: RunContext | None = None
        self._record = opening.record
        self._search: Search | None = None
        self._rounds: tuple[Round, ...] = ()
        self._work: RoundWork | None = None
        self._spent = ""
        self._holds = False

    @property
    def record(self) -> RunRecord:
        """The run as it stands."""
        return self._record

    @property
    def first(self) -> Skill:
        """The version the run started from."""
        return (self._context or self._opening.context).first

    @property
    def rounds(self) -> tuple[Round, ...]:
        """The decided rounds."""
        return self._rounds

    async def begin(self) -> RunRecord:
        """Start the run, or go on with the unfinished one of the same fingerprint.

        Where it fails, the next call goes on from there.

        Raises:
            RunHeld: another process is at work on it.
            SkilloptError: the first version could not be measured.
        """
        if self._search is not None:
            return self._record
        context = self._context or await self._entered()
        measured = await baseline(context)
        self._record = self._record.model_copy(update={"baseline": measured.score})
        known = GateMemory(noise=self._record.noise)
        first = measured.search.model_copy(update={"memory": known})
        self._search = resumed(first, self._rounds)
        self._set_aside_for_the_sealed_test(measured.usage)
        return self._record

    async def _entered(self) -> RunContext:
        """Enter the run in the ledger, or find it there."""
        ledger = self._opening.context.ledger
        if not self._holds:
            await ledger.hold(self._record.fingerprint)
            self._holds = True
        unfinished = await self._unfinished()
        if unfinished:
            insisted = self._record.reopen_sealed or unfinished.reopen_sealed
            self._record = unfinished.model_copy(update={"reopen_sealed": insisted})
            self._rounds = await ledger.rounds(unfinished.id)
            self._opening.meter.resume(await self._spent_before())
        else:
            await ledger.start_run(self._record, self.first)
        first_version = await self._version(self._record.first)
        context = replace(self._opening.context, run=self._record.id, first=first_version)
        self._context = context
        started = RunStarted(
            run=self._record.id,
            skill=context.skill_name,
            resumed=unfinished is not None,
            rounds_done=len(self._rounds),
        )
        context.emit(started)
        return context

    async def work(self) -> RoundWork:
        """The round in progress."""
        await self.begin()
        assert self._context is not None
        assert self._search is not None
        if self._work is None:
            incumbent = await self._version(self._search.incumbent)
            self._work = RoundWork(self._context, self._search, incumbent)
        return self._work

    async def commit(self) -> Round:
        """Enter the round in progress in the ledger; the next one begins with the next work."""
        round_ = await (await self.work()).committed()
        assert self._search is not None
        self._rounds = (*self._rounds, round_)
        self._search = after(self._search, round_)
        self._work = None
        return round_

    async def reason_to_stop(self) -> str | None:
        """Why no further round is run, or None."""
        await self.begin()
        assert self._context is not None
        assert self._search is not None
        return stop_reason(self._search, self._context.settings)

    def spent(self, error: SpendExhausted) -> str:
        """Remember which limit ended the rounds; the reason to stop."""
        self._spent = str(error)
        return "spend"

    async def finish(self, stopped_by: str) -> RunRecord:
        """Open the sealed test where a new version came out, and enter the run's end."""
        await self.begin()
        assert self._context is not None
        assert self._search is not None
        context, last = self._context, await self._version(self._search.incumbent)
        context.emit(Stopped(reason=stopped_by, detail=self._spent))
        self._opening.meter.release()
        sealed = await self._sealed(last)
        self._record = self._record.model_copy(
            update={
                "last": last.digest,
                "finished": self._opening.now(),
                "stopped_by": stopped_by,
                "sealed": sealed,
                "usage": await context.ledger.usage(context.run),
            }
        )
        return await self._ended()

    async def last_version(self) -> Skill:
        """The version the search has come to."""
        await self.begin()
        assert self._search is not None
        return await self._version(self._search.incumbent)

    async def _sealed(self, last: Skill) -> SealedTest | None:
        """None where nothing was accepted, or no limit leaves room: then nothing is claimed."""
        assert self._context is not None
        if last.digest == self._context.first.digest:
            return None
        before = await self._opened_before(last)
        insisted = self._record.reopen_sealed
        try:
            return await open_sealed_test(self._context, last, before=before, insisted=insisted)
        except SpendExhausted:
            return None

    async def _opened_before(self, last: Skill) -> tuple[str, ...]:
        """Earlier runs that have looked at the sealed tasks; this look is entered first."""
        context = self._opening.context
        tasks = context.validation_set.split("test")
        self._record = self._record.model_copy(update={"opened": opened_by(tasks)})
        await context.ledger.finish_run(self._record)
        return opened_before(
            await context.ledger.openings(context.skill_name),
            run=self._record.id,
            tasks=tasks,
            versions=(self._record.first, last.digest),
        )

    async def take_head(self, path: str, new: Skill) -> str | None:
        """Make ``new`` the head of a skill's file; where another run was first, what says so."""
        try:
            await self._opening.context.ledger.move_head(
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
        """Enter that the end is in the user's file: the run is over for good."""
        self._record = self._record.model_copy(update={"written": True})
        return await self._ended()

    async def _ended(self) -> RunRecord:
        """Enter the end; a run that is over is left at once, whoever still looks at its result."""
        await self._opening.context.ledger.finish_run(self._record)
        if not self._record.pending:
            await self.leave()
        return self._record

    async def leave(self) -> None:
        """Let others go on with the run."""
        if self._holds:
            await self._opening.context.ledger.release(self._record.fingerprint)
            self._holds = False

    async def _unfinished(self) -> RunRecord | None:
        """The run to go on with.

        The skill file holds the version it started from, or the one it ended with where the kill
        came between writing the file and saying so. Any other text is the user's, and a new run.
        """
        found = await self._opening.context.ledger.unfinished_run(self._record.fingerprint)
        at_hand = self._opening.context.first.digest
        return found if found and at_hand in (found.first, found.last) else None

    async def _version(self, digest: str) -> Skill:
        return await (self._context or self._opening.context).version(digest)

    async def _spent_before(self) -> Usage:
        """What an interrupted run is charged: what it kept, and calls that may have been under way.

        A call that was under way when the process died may have been made; counting it keeps the
        limit hard.
        """
        spent = await self._opening.context.ledger.usage(self._record.id)
        under_way = self._opening.context.concurrency if self._opening.meter.limited else 0
        return spent + Usage(calls=under_way)

    def _set_aside_for_the_sealed_test(self, used: Usage) -> None:
        """Keep room under the limits for two runs of each test task.

        ``used`` is what one run of each validation task took, judge and retries included. The last
        version may have a longer skill to read, and its tasks may be longer ones.
        """
        assert self._context is not None
        sets = self._context.validation_set
        runs = 2 * len(sets.split("test"))
        ratio = runs / max(1, len(sets.split("validation")))
        self._opening.meter.set_aside(
            Usage(
                calls=max(runs, math.ceil(used.calls * ratio)),
                prompt_tokens=math.ceil(used.prompt_tokens * ratio * _LONGER),
                completion_tokens=math.ceil(used.completion_tokens * ratio * _LONGER),
                cost=None if used.cost is None else used.cost * ratio * _LONGER,
            )
        )


def accepted(round_: Round) -> bool:
    """Whether the round's candidate became the incumbent."""
    return isinstance(round_.decision, AcceptedRound)
