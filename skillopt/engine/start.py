"""How a run starts: it is locked, entered in the ledger or found there, and measured.

Each phase is done once and remembered, so that a start that failed goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from skillopt.core.estimate import sealed_reserve
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.events import RunStarted, RunWarned
from skillopt.core.gate.contest import GateMemory
from skillopt.core.history.run import Round, RunRecord
from skillopt.core.history.search import resumed
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import Setup, TuningContext
from skillopt.engine.loop import Loop, Position
from skillopt.engine.steps.check_health import check_health
from skillopt.engine.steps.measure_baseline import measure_baseline
from skillopt.ports import Meter, Model


@dataclass(frozen=True)
class Opening:
    """What is known before a run has started."""

    setup: Setup
    optimizer: Model
    first: Skill
    """The version the run starts from, as it was read."""
    record: RunRecord
    """The run to start where none of its fingerprint is unfinished."""
    meter: Meter
    now: Callable[[], float]
    """Seconds since the epoch."""


@dataclass(frozen=True)
class Entered:
    """A run that is in the ledger."""

    context: TuningContext
    record: RunRecord
    rounds: tuple[Round, ...]


class Start:
    """A run that starts when its loop is first asked for."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._locked = False
        self._entered: Entered | None = None
        self._loop: Loop | None = None
        self.measured = Usage()
        """What measuring the first version has used, once that was done."""

    @property
    def record(self) -> RunRecord:
        """The run that starts where there is none to resume."""
        return self._opening.record

    def join(self, library: str) -> None:
        """Make the run part of the tuning of a library; called before it starts."""
        record = self._opening.record.model_copy(update={"library": library})
        self._opening = replace(self._opening, record=record)

    async def loop(self) -> Loop:
        """The run, started or resumed; where that failed, the next call goes on from there.

        Raises:
            RunHeld: another process is working on it.
            SkilloptError: the first version could not be measured.
        """
        if self._loop is None:
            self._entered = self._entered or await self._enter()
            self._loop = await self._measure(self._entered)
        return self._loop

    async def finish(self, stopped_by: str) -> RunRecord:
        """End the run; it is released at once unless its file is still to be written."""
        record = await (await self.loop()).finish(stopped_by)
        if not record.pending:
            await self.release()
        return record

    async def release(self) -> None:
        """Let other processes work on the run."""
        if self._locked:
            await self._opening.setup.ledger.release(self._opening.record.fingerprint)
            self._locked = False

    async def unfinished(self) -> RunRecord | None:
        """The run to resume."""
        opening = self._opening
        return self._resumable(
            await opening.setup.ledger.unfinished_run(opening.record.fingerprint)
        )

    async def _enter(self) -> Entered:
        opening, ledger = self._opening, self._opening.setup.ledger
        if not self._locked:
            await ledger.hold(opening.record.fingerprint)
            self._locked = True
        found = await ledger.unfinished_run(opening.record.fingerprint)
        unfinished = self._resumable(found)
        if unfinished is None:
            await ledger.start_run(opening.record, opening.first)
            entered = Entered(self._context(opening.record, opening.first), opening.record, ())
        else:
            entered = await self._resumed(unfinished)
        opening.setup.emit(
            RunStarted(
                run=entered.record.id,
                skill=opening.setup.skill_name,
                resumed=unfinished is not None,
                rounds_done=len(entered.rounds),
                record=entered.record,
            )
        )
        if found is not None and unfinished is None:
            await self._say_left(found)
        return entered

    def _resumable(self, found: RunRecord | None) -> RunRecord | None:
        """The unfinished run of the same command, if it is the one to resume.

        The skill file holds the version it started from, or the one it ended with where the process
        died between writing the file and recording that. Any other text is the user's: a new run.
        """
        return found if found and self._opening.first.digest in (found.first, found.last) else None

    async def _say_left(self, found: RunRecord) -> None:
        """Say what waits in a run of an earlier text."""
        setup = self._opening.setup
        if not setup.settings.approve:
            return
        decided = len(await setup.ledger.rounds(found.id))
        waiting = await setup.ledger.waiting(found.id, decided + 1)
        if waiting is not None and waiting.decision is None:
            says = (
                f"{setup.skill_name} has changed since run {found.id}, so this is a new run; what "
                f"waits there is out of date. Close it: skillopt refuse {waiting.id} --reason ..."
            )
            setup.emit(RunWarned(says=says))

    async def _resumed(self, unfinished: RunRecord) -> Entered:
        opening, ledger = self._opening, self._opening.setup.ledger
        reopen = opening.record.reopen_sealed or unfinished.reopen_sealed
        library = opening.record.library or unfinished.library
        renewed = {"reopen_sealed": reopen, "limits": opening.record.limits, "library": library}
        record = unfinished.model_copy(update=renewed)
        if library != unfinished.library:
            await ledger.finish_run(record)
        rounds = await ledger.rounds(record.id)
        opening.meter.resume(await self._spent_before(record.id))
        first = await self._context(record, opening.first).version(record.first)
        return Entered(self._context(record, first), record, rounds)

    async def _spent_before(self, run: str) -> Usage:
        """What an interrupted run is charged: what it recorded, and calls that were in flight.

        A call in flight when the process died may have been made; counting it keeps the limit hard.
        """
        setup = self._opening.setup
        in_flight = setup.concurrency if self._opening.meter.limited else 0
        return await setup.ledger.usage(run) + Usage(calls=in_flight)

    async def _measure(self, entered: Entered) -> Loop:
        context, opening = entered.context, self._opening
        await check_health(context)
        measured = await measure_baseline(context)
        self.measured = measured.usage
        record = entered.record.model_copy(update={"baseline": measured.score})
        known = GateMemory(noise=record.noise)
        first = measured.search.model_copy(update={"memory": known})
        opening.meter.set_aside(sealed_reserve(measured.usage, context.validation_set))
        return Loop(
            context,
            Position(record, entered.rounds, resumed(first, entered.rounds)),
            meter=opening.meter,
            now=opening.now,
        )

    def _context(self, record: RunRecord, first: Skill) -> TuningContext:
        optimizer = self._opening.optimizer
        return self._opening.setup.for_tuning(record.id, first=first, optimizer=optimizer)
