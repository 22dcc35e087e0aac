"""Tune a skill: the way in for Python programs and for the command line."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from skillopt.adapters.checks import OwnCheck
from skillopt.adapters.files.skill_file import held_digest, located_skill, write_skill
from skillopt.adapters.models import OwnModel
from skillopt.adapters.targets import OwnTarget
from skillopt.app.inputs import Inputs, read_inputs
from skillopt.app.records import noise_fingerprint, run_record, seats, tuning_fingerprint
from skillopt.app.result import Run, Shipped, Written
from skillopt.app.wiring import Wired, opened_ledger, wired
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.events import Event
from skillopt.core.gate.contest import Noise
from skillopt.core.history.outcome import overfit, ship
from skillopt.core.history.run import RunRecord
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import RunContext
from skillopt.engine.loop import Loop, Opening
from skillopt.ports import Ledger, Model, Target

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph


def tune(skill: Skill | str | Path, **arguments: Any) -> Run:
    """Tune a skill and wait for the end; the arguments are :func:`atune`'s.

    Raises:
        RuntimeError: an event loop is running already; `await` :func:`atune` there.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(atune(skill, **arguments))
    raise RuntimeError("an event loop is running here: use `await skillopt.atune(...)`")


async def atune(  # noqa: PLR0913 - keyword-only, each with a default
    skill: Skill | str | Path,
    *,
    validation_set: ValidationSet | str | Path | None = None,
    target: OwnTarget | Target | str | None = None,
    optimizer: OwnModel | Model | str | None = None,
    judge: OwnModel | Model | str | None = None,
    checks: Mapping[str, OwnCheck] | None = None,
    ledger: Ledger | str | Path | None = None,
    out: str | Path | None = None,
    write: bool = True,
    on_event: Callable[[Event], None] | None = None,
    **settings: Any,
) -> Run:
    """Tune a skill: propose edits from the target's failures, keep those that pass the gate.

    Args:
        skill: path of a SKILL.md (or its folder, or any Markdown file), or a skill as a value.
        validation_set: path or value; by default the one named after the skill.
        target: a LiteLLM model string; or a callable `(skill_text, input) -> str`, sync or async;
            or a LangChain or LangGraph runnable; or a :class:`skillopt.ports.Target`.
        optimizer: a model string; or a callable `(messages) -> str`, sync or async.
        judge: likewise; only rubric checks need one.
        checks: callables by name, `(answer, task) -> bool | float | (float, str)`, sync or async; a
            task's `python` check calls one as `own:<name>`.
        ledger: a ledger, its path or URL; by default `.skillopt/ledger.db` of the skill's project.
        out: where the result goes instead of the skill's own file.
        write: False writes no file at all.
        on_event: called with each :mod:`skillopt.core.events` value as it happens.
        settings: any other field of :class:`skillopt.core.settings.Settings`.

    Returns:
        The finished run: both versions, every round with its verdict, the sealed test, the spend.

    Raises:
        InputError: something in the skill, the tasks or the settings; nothing was called yet.
        RunStopped: the provider refuses every call. The same call again goes on where it was.
        LedgerError: the store failed, or the same run is at work elsewhere (`RunHeld`).
    """
    async with tuning(
        skill,
        validation_set=validation_set,
        target=target,
        optimizer=optimizer,
        judge=judge,
        checks=checks,
        ledger=ledger,
        writes_to=_file_of(skill, out) if write else None,
        on_event=on_event,
        **settings,
    ) as opened:
        return await opened.run()


_NO_TEXT = "another run's"
"""A digest that no text has: what the file holds is not to be replaced."""


def _resolved(path: Path) -> str:
    return str(path.resolve())


class Place(NamedTuple):
    """Where the result goes."""

    path: Path
    own: bool
    """It is the file the skill was read from."""
    held: str | None
    """What another file held when the run began, as :func:`held_digest` says it."""


class Tuning:
    """A run that is wired and not begun: run it, or put its graph into one of your own."""

    def __init__(self, inputs: Inputs, loop: Loop, *, place: Place | None) -> None:
        self._inputs = inputs
        self._loop = loop
        self._place = place

    def graph(self, **compile_options: Any) -> CompiledStateGraph[Any, Any, Any, Any]:
        """The compiled LangGraph graph (:mod:`skillopt.engine.graph`), with your checkpointer.

        Add it to a graph of yours as a node, stream its events, interrupt it: the ledger keeps
        what was paid. :meth:`result` tells what came out.
        """
        from skillopt.engine.graph import compile_graph, steps_of

        limit = steps_of(self._inputs.settings.rounds)
        compiled = compile_graph(self._loop, **compile_options)
        return compiled.with_config(recursion_limit=limit)

    async def run(self) -> Run:
        """Run the graph to its end and write the file, where one was named."""
        await self.graph().ainvoke({})
        return await self._written(await self.result())

    async def result(self) -> Run:
        """What the finished run came to."""
        record = self._loop.record
        return Run(
            record=record,
            first=self._loop.first,
            last=await self._loop.last_version(),
            shipped=_shipped(record),
            rounds=self._loop.rounds,
            written=Written(path=None, note="nothing was written"),
            overfit=overfit(record, self._loop.rounds),
        )

    async def _written(self, run: Run) -> Run:
        if self._place is None:
            return run
        written = self._write(run, self._place, await self._rival(run, self._place))
        record = await self._loop.mark_written()
        return run.model_copy(update={"written": written, "record": record})

    async def _rival(self, run: Run, place: Place) -> str | None:
        """Why another run's version is the head of this file, where one is."""
        if not place.own or run.skill.digest == run.first.digest:
            return None
        return await self._loop.take_head(_resolved(place.path), run.skill)

    def _write(self, run: Run, place: Place, rival: str | None) -> Written:
        """The skill into its place, which may hold nothing but what it held at the beginning."""
        path = place.path
        path = Path(os.path.relpath(path)) if path.is_relative_to(Path.cwd()) else path
        if place.own and run.skill.digest == run.first.digest:
            return Written(path=None, note=f"{path} stays as it is")
        expected = run.first.digest if place.own else place.held
        outcome = write_skill(path, run.skill, expected_digest=_NO_TEXT if rival else expected)
        note = f"{outcome.note}: {rival}" if rival else outcome.note
        return Written(path=str(outcome.path), note=note)


@asynccontextmanager
async def tuning(  # noqa: PLR0913 - keyword-only, each with a default
    skill: Skill | str | Path,
    *,
    validation_set: ValidationSet | str | Path | None = None,
    target: OwnTarget | Target | str | None = None,
    optimizer: OwnModel | Model | str | None = None,
    judge: OwnModel | Model | str | None = None,
    checks: Mapping[str, OwnCheck] | None = None,
    ledger: Ledger | str | Path | None = None,
    writes_to: Path | None = None,
    on_event: Callable[[Event], None] | None = None,
    **settings: Any,
) -> AsyncIterator[Tuning]:
    """A wired run, for embedding its graph; the arguments are :func:`atune`'s.

    ``writes_to`` is the file that :meth:`Tuning.run` writes; None for no file.
    """
    named, own = seats(target, optimizer, judge, checks)
    inputs = read_inputs(skill, validation_set, {**named, **settings})
    async with (
        opened_ledger(ledger or inputs.settings.ledger, inputs.project) as store,
        wired(inputs, own=own, ledger=store, emit=on_event or _ignore) as parts,
    ):
        record = _new_record(inputs, parts, writes_to)
        noise = await _known_noise(parts.context, inputs)
        opening = Opening(
            context=parts.context,
            record=record.model_copy(update={"noise": noise}),
            meter=parts.meter,
            now=time.time,
        )
        place = _place(inputs, writes_to) if writes_to else None
        loop = Loop(opening)
        try:
            yield Tuning(inputs, loop, place=place)
        finally:
            await loop.leave()


def _new_record(inputs: Inputs, parts: Wired, writes_to: Path | None) -> RunRecord:
    context = parts.context
    return run_record(
        inputs,
        parts,
        kind="tune",
        fingerprint=tuning_fingerprint(inputs, context, writes_to),
        optimizer=inputs.settings.model("optimizer") or context.optimizer.identity,
        reopen_sealed=inputs.settings.reopen_sealed,
        writes_to=str(writes_to) if writes_to else None,
    )


async def _known_noise(context: RunContext, inputs: Inputs) -> Noise:
    """The target's run noise from its last A/A test on these tasks; nothing where there was none.

    It is kept in the run's record, so that a run that was killed decides the same.
    """
    measured = await context.ledger.last_run(noise_fingerprint(context))
    known = measured.noise if measured else Noise()
    denied = known.absent and inputs.settings.deterministic is False
    return Noise() if denied else known


def _place(inputs: Inputs, path: Path) -> Place:
    own = inputs.path is not None and path.resolve() == located_skill(inputs.path).resolve()
    return Place(path, own, None if own else held_digest(path))


def _file_of(skill: Skill | str | Path, out: str | Path | None) -> Path | None:
    """Where the result goes."""
    if out is not None:
        return Path(out).absolute()
    return None if isinstance(skill, Skill) else located_skill(Path(skill)).absolute()


def _shipped(record: RunRecord) -> Shipped:
    if record.last in (None, record.first):
        return "nothing accepted"
    if record.sealed is None:
        return "not tested"
    return ship(record.sealed)


def _ignore(_event: Event) -> None:
    """Nobody listens."""
