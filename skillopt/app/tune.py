"""Tune a skill: propose edits from the target's failures, keep those that pass the gate."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from skillopt.adapters.files.skill_file import check_place, write_skill
from skillopt.app.answer_tally import AnswerTally
from skillopt.app.event_stream import EventStream
from skillopt.app.inputs import Inputs
from skillopt.app.job import Job, read_job
from skillopt.app.options import Options
from skillopt.app.records import (
    noise_fingerprint,
    run_record,
    tuning_fingerprint,
    unidentified_fingerprint,
)
from skillopt.app.result import Run, Written, shipped_of
from skillopt.app.result_place import Place, check_outside, file_of, place_of, resolved
from skillopt.app.session import TuningSession, open_tuning
from skillopt.app.sync import wait_for
from skillopt.app.unfinished import check_none_unfinished
from skillopt.core.content.screening import content_added
from skillopt.core.evaluation.answer_faults import AnswerFaults
from skillopt.core.events import Event, RunWarned, VersionChosen
from skillopt.core.gate.contest import Noise
from skillopt.core.history.outcome import overfit
from skillopt.core.history.run import RunRecord
from skillopt.core.history.used_rollouts import used_rollouts
from skillopt.core.proposals.proposer import asks_optimizer
from skillopt.core.settings import Settings
from skillopt.core.skill.skill import Skill
from skillopt.engine.loop import Loop
from skillopt.engine.paced import PacedRun
from skillopt.engine.start import Opening, Start
from skillopt.engine.steps.watch_agreement import watch_agreement
from skillopt.errors import ApprovalNeeded
from skillopt.ports import Model

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph

    from skillopt.engine.graph import Ask


def tune(
    skill: Skill | str | Path,
    *,
    out: str | Path | None = None,
    write: bool = True,
    on_waiting: Ask | None = None,
    **options: Unpack[Options],
) -> Run:
    """:func:`atune`, waited for.

    Raises:
        RuntimeError: an event loop is running already.
    """
    running = atune(skill, out=out, write=write, on_waiting=on_waiting, **options)
    return wait_for(running, instead="atune")


async def atune(
    skill: Skill | str | Path,
    *,
    out: str | Path | None = None,
    write: bool = True,
    on_waiting: Ask | None = None,
    **options: Unpack[Options],
) -> Run:
    """Tune a skill: propose edits from the target's failures, keep those that pass the gate.

    Args:
        skill: path of a SKILL.md (or its folder, or any Markdown file), or a skill as a value.
        out: where the result goes instead of the skill's own file.
        write: False writes no file at all.
        on_waiting: with ``approve``, awaited with the run's id and the entry's where a proposal
            waits for a person; it returns once there is a decision. By default nobody is waited
            for: ApprovalNeeded is raised.
        options: roles, tasks, ledger and listener (:class:`skillopt.app.options.Options`), and any
            field of :class:`skillopt.core.settings.Settings`.

    Returns:
        The finished run: both versions, every round with its verdict, the sealed test, the spend.

    Raises:
        InputError: the skill, the tasks or the settings cannot be used, or a run of them has not
            finished and cannot be resumed, because a role has no identity; nothing was called yet.
        ApprovalNeeded: a proposal waits for a person. The same call goes on after the decision.
        RunStopped: the provider refuses every call. The same call again resumes the run.
        LedgerError: the store failed, or the same run is in progress elsewhere (`RunHeld`).
    """
    job = read_job(skill, proposes=True, **options)
    return await tune_skill(job, out=out, write=write, on_waiting=on_waiting)


async def tune_skill(
    job: Job,
    *,
    out: str | Path | None = None,
    write: bool = True,
    on_waiting: Ask | None = None,
) -> Run:
    """:func:`atune` for a job that is read."""
    writes_to = file_of(job.inputs, out) if write else None
    async with opened_run(job, writes_to=writes_to) as opened:
        return await opened.run(on_waiting=on_waiting)


@asynccontextmanager
async def tuning(
    skill: Skill | str | Path, *, writes_to: Path | None = None, **options: Unpack[Options]
) -> AsyncIterator[Tuning]:
    """A run that is set up and not started, for embedding its graph.

    Args:
        skill: as for :func:`atune`.
        writes_to: the file that :meth:`Tuning.run` writes; None for no file.
        options: as for :func:`atune`.
    """
    job = read_job(skill, proposes=True, **options)
    async with opened_run(job, writes_to=writes_to) as opened:
        yield opened


_NO_TEXT = "another run's"
"""A digest that no text has: what the file holds is not to be replaced."""


class Tuning:
    """A run that is set up and not started: run it, or put its graph into one of your own."""

    def __init__(
        self,
        inputs: Inputs,
        start: Start,
        *,
        place: Place | None,
        tally: AnswerTally,
        session: TuningSession,
    ) -> None:
        self._tally = tally
        self._inputs = inputs
        self._start = start
        self._place = place
        self._session = session
        self._parted: str | None = None
        self._run: Run | None = None
        self._running: asyncio.Task[Run] | None = None
        self._stream: EventStream | None = None

    def graph(self, **compile_options: Any) -> CompiledStateGraph[Any, Any, Any, Any]:
        """The compiled LangGraph graph (:mod:`skillopt.engine.graph`), with your checkpointer.

        Add it to a graph of yours as a node, stream its events, interrupt it: the ledger keeps
        what was paid. :meth:`result` returns the outcome.
        """
        from skillopt.engine.graph import compile_graph, steps_of

        settings = self._inputs.settings
        limit = steps_of(settings.rounds, approve=settings.approve)
        compiled = compile_graph(self._start, **compile_options)
        return compiled.with_config(recursion_limit=limit)

    async def run(self, *, on_waiting: Ask | None = None) -> Run:
        """Run the graph to its end and write the file, where one was named.

        Args:
            on_waiting: as for :func:`atune`.

        Raises:
            ApprovalNeeded: a proposal waits for a person.
        """
        return await self._heard(self._whole(on_waiting or _leave))

    def paced(self) -> PacedRun:
        """The run, for asking for its rounds one by one; :meth:`conclude` ends it."""
        return PacedRun(self._start)

    def release_reserve(self) -> None:
        """Give up what is kept for the sealed test: a paced run that goes no further."""
        self._session.meter.release()

    async def conclude(self, stopped_by: str) -> Run:
        """End a paced run: the sealed test where an edit was accepted, the run's end, the file.

        Args:
            stopped_by: why it takes no further round.
        """
        return await self._heard(self._concluded(stopped_by))

    async def events(self, *, buffer: int = 64) -> AsyncGenerator[Event]:
        """Do what :meth:`run` does, and yield each event as it happens.

        The run waits where ``buffer`` events have not been taken. Its error is raised after its
        last event; after that :meth:`result` returns the outcome. Leaving the loop cancels the
        run, which the same call resumes.

        Args:
            buffer: how many events may wait to be taken.

        Raises:
            RuntimeError: the run has been started already.
        """
        if self._running is not None:
            raise RuntimeError("the run has been started already: it has one stream of events")
        stream = self._stream = EventStream(self._session.job.listeners, most=buffer)
        running = self._running = asyncio.create_task(stream.of(self.run))
        try:
            async for event in stream:
                yield event
            if not running.cancelled():
                await running
        finally:
            await self.cancel()

    async def cancel(self) -> None:
        """Cancel the run that :meth:`events` has started, and wait for its end."""
        if self._stream is None or self._running is None:
            return
        self._stream.leave()
        self._running.cancel()
        await asyncio.wait({self._running})
        if not self._running.cancelled():
            self._running.exception()  # whoever has left does not want to know

    async def result(self) -> Run:
        """The outcome of the finished run, as :meth:`run` returns it; this writes no file."""
        if self._run is None:
            loop = await self._start.loop()
            run = await _result(loop, self._tally)
            self._parted = await watch_agreement(loop.context, run.last)
            if self._parted:
                loop.context.emit(RunWarned(says=self._parted))
            loop.context.emit(VersionChosen(shipped=run.shipped, first=run.first, skill=run.skill))
            self._run = run
        parted = [self._parted] if self._parted else []
        warnings = (*self._session.warnings, *parted)
        return self._run.model_copy(update={"warnings": warnings})

    async def _whole(self, on_waiting: Ask) -> None:
        from skillopt.engine.graph import run_graph, steps_of

        settings = self._inputs.settings
        steps = steps_of(settings.rounds, approve=settings.approve)
        ask = on_waiting if settings.approve else None
        await run_graph(self._start, steps=steps, ask=ask)
        await self._end()

    async def _concluded(self, stopped_by: str) -> None:
        await self._start.finish(stopped_by)
        await self._end()

    async def _heard(self, running: Awaitable[None]) -> Run:
        """Wait for the run, and for its listeners."""
        listeners = self._session.job.listeners
        try:
            await running
        except BaseException as error:
            listeners.end(error)
            raise
        listeners.end(None)
        await listeners.caught_up()
        return await self.result()

    async def _end(self) -> None:
        """The outcome, and the file where one was named."""
        loop = await self._start.loop()
        run = await self.result()
        if self._place is not None:
            self._run = await _write(run, loop, self._place)
            await self._start.release()


async def _leave(run: str, entry: str) -> None:
    """Nobody is there to ask.

    Raises:
        ApprovalNeeded: always.
    """
    raise ApprovalNeeded(run=run, entry=entry)


async def _result(loop: Loop, tally: AnswerTally) -> Run:
    record = loop.record
    run = Run(
        record=record,
        first=loop.context.first,
        last=await loop.last_version(),
        shipped=shipped_of(record, loop.rounds),
        rounds=loop.rounds,
        written=Written(path=None, note="nothing was written"),
        answers=await _answers(loop, tally),
        overfit=overfit(record, loop.rounds),
    )
    policy = record.settings.content.for_warnings()
    found = content_added(run.first, run.skill, first=run.first, policy=policy)
    return run.model_copy(update={"content": found})


async def _answers(loop: Loop, tally: AnswerTally) -> AnswerFaults:
    """Of the whole run: what a process before this one used is in the ledger."""
    context = loop.context
    used = used_rollouts(
        loop.record, loop.rounds, tasks=context.validation_set, target=context.target_identity
    )
    return tally.counted(await context.ledger.answer_faults(context.run, [*used | tally.keys]))


async def _write(run: Run, loop: Loop, place: Place) -> Run:
    """Write the skill to its place, unless that has changed since the run started."""
    unchanged = run.skill.digest == run.first.digest
    path = place.shown
    if place.own and unchanged:
        written = Written(path=None, note=f"{path} is unchanged")
    else:
        rival = await loop.take_head(resolved(place.path), run.skill) if place.own else None
        expected = run.first.digest if place.own else place.held
        outcome = write_skill(
            path,
            run.skill,
            expected_digest=_NO_TEXT if rival else expected,
            began_with=run.first if place.own else None,
        )
        written = Written.of(outcome, rival=rival)
    record = await loop.mark_written()
    return run.model_copy(update={"written": written, "record": record})


@asynccontextmanager
async def opened_run(job: Job, *, writes_to: Path | None) -> AsyncIterator[Tuning]:
    """:func:`tuning` for a job that is read."""
    if writes_to is not None:
        instead = "name another file or folder with --out, or pass --no-write"
        check_outside(writes_to, job.inputs, instead)
        check_place(writes_to, instead=instead, skill=job.inputs.skill)
    async with open_tuning(job) as session:
        tally = AnswerTally(session.setup.emit)
        opening = Opening(
            setup=replace(session.setup, emit=tally.see),
            optimizer=session.optimizer,
            first=job.inputs.skill,
            record=await _new_record(session, writes_to),
            meter=session.meter,
            now=time.time,
        )
        start = Start(opening)
        place = place_of(job.inputs, writes_to) if writes_to else None
        opened = Tuning(job.inputs, start, place=place, tally=tally, session=session)
        try:
            yield opened
        finally:
            await opened.cancel()
            await start.release()


async def _new_record(session: TuningSession, writes_to: Path | None) -> RunRecord:
    job, setup, optimizer = session.job, session.setup, session.optimizer
    fingerprint = tuning_fingerprint(job, setup, optimizer, writes_to)
    if session.unidentified:
        roles = [unknown.role for unknown in session.unidentified]
        fingerprint = unidentified_fingerprint(job, setup, optimizer, writes_to, roles)
        check_none_unfinished(
            await session.ledger.unfinished_run(fingerprint), session.unidentified
        )
    return run_record(
        job,
        setup,
        kind="tune",
        fingerprint=fingerprint,
        optimizer=_optimizer_name(job.inputs.settings, optimizer),
        reopen_sealed=job.inputs.settings.reopen_sealed,
        writes_to=str(writes_to) if writes_to else None,
        noise=await _known_noise(session),
    )


def _optimizer_name(settings: Settings, optimizer: Model) -> str:
    """The model string; the identity of a model of the caller's own, or of nobody."""
    named = settings.model("optimizer") if asks_optimizer(settings.who_proposes) else None
    return named or optimizer.identity


async def _known_noise(session: TuningSession) -> Noise:
    """The target's run noise from its last A/A test on these tasks, where there was one.

    It is kept in the run's record, so that a run that was killed decides the same.
    """
    measured = await session.ledger.last_run(noise_fingerprint(session.setup))
    known = measured.noise if measured else Noise()
    denied = known.absent and session.job.inputs.settings.deterministic is False
    return Noise() if denied else known
