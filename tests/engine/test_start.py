"""How a run starts: held, entered or found, measured; each once."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest

from skillopt.adapters.meter import SpendMeter
from skillopt.core.evaluation.rollout import Graded, Usage
from skillopt.core.evaluation.task import Task
from skillopt.core.events import BaselineDone, RunStarted
from skillopt.core.gate.contest import Noise
from skillopt.core.history.run import RunRecord
from skillopt.core.loop_settings import SpendLimits
from skillopt.core.skill.skill import Skill
from skillopt.engine.start import Opening, Start
from skillopt.errors import LedgerError, RunHeld, RunStopped, SpendExhausted
from tests.engine.setups import (
    ALL_WORDS,
    NOTHING,
    RUN,
    draft_of,
    record_of,
    setup_of,
    with_text,
)
from tests.scripted import SKILL, tasks
from tests.standins import ScriptedModel
from tests.standins_ledger import MemoryLedger
from tests.targets import ScriptedTarget

NONE = json.dumps({"critiques": []})
FINGERPRINT = "the same command"


class Night(NamedTuple):
    """A ledger and a target that outlive the processes of a run."""

    ledger: MemoryLedger
    target: ScriptedTarget
    events: list[Any]

    def start(
        self,
        *,
        run: str = RUN,
        first: Skill = SKILL,
        meter: SpendMeter | None = None,
        replies: tuple[str, ...] = (NONE, draft_of(NOTHING)),
        **record: Any,
    ) -> Start:
        """What the same command makes in a new process."""
        setup = setup_of(self.ledger, self.target, self.events.append, validation_set=tasks())
        optimizer = ScriptedModel(*replies)
        entered = record_of(setup, optimizer, first=first, run=run, **record)
        metered = meter or SpendMeter(SpendLimits())
        return Start(Opening(setup, optimizer, first, entered, metered, now=lambda: 99.0))

    def crash(self) -> None:
        """The process dies: what it held is free."""
        self.ledger.held.clear()


def night(target: ScriptedTarget | None = None, ledger: MemoryLedger | None = None) -> Night:
    return Night(ledger or MemoryLedger(), target or ScriptedTarget(), [])


def started(made: Night) -> list[tuple[str, str, bool, int]]:
    """The starts that were told: the run, its skill, whether it was resumed, after which round."""
    told = [event for event in made.events if isinstance(event, RunStarted)]
    return [(one.run, one.skill, one.resumed, one.rounds_done) for one in told]


async def test_a_run_is_entered_and_measured_once() -> None:
    made = night()
    start = made.start()
    loop = await start.loop()
    assert await start.loop() is loop
    assert list(made.ledger.runs) == [RUN]
    assert made.ledger.held == {FINGERPRINT}
    assert loop.record.baseline == pytest.approx(2 / 24)
    assert len(made.target.ran) == 24
    assert [type(event) for event in made.events].count(BaselineDone) == 1
    assert started(made) == [(RUN, "desks", False, 0)]
    assert isinstance(made.events[0], RunStarted)
    assert made.events[0].record == made.ledger.runs[RUN]


async def test_the_same_run_twice_at_once_is_refused() -> None:
    made = night()
    await made.start().loop()
    with pytest.raises(RunHeld):
        await made.start(run="run-2").loop()


async def test_a_run_that_ended_is_released_and_the_next_one_is_new() -> None:
    made = night()
    await made.start().finish("rounds")
    assert made.ledger.held == set()
    await made.start(run="run-2").loop()
    assert list(made.ledger.runs) == [RUN, "run-2"]


async def test_a_run_whose_file_is_still_to_be_written_is_held_until_it_is_released() -> None:
    made = night()
    start = made.start(writes_to="/skills/desks.md")
    await start.finish("rounds")
    assert made.ledger.held == {FINGERPRINT}
    await start.release()
    assert made.ledger.held == set()
    await start.release()


async def test_an_interrupted_run_goes_on_where_it_was() -> None:
    made = night()
    loop = await made.start().loop()
    first = await loop.commit()
    ran = len(made.target.ran)
    made.crash()
    again = await made.start(run="run-2").loop()
    assert list(made.ledger.runs) == [RUN]
    assert (again.record.id, again.rounds) == (RUN, (first,))
    assert (await again.work()).number == 2
    assert len(made.target.ran) == ran, "nothing is measured twice"
    assert (RUN, "desks", True, 1) in started(made)


async def test_an_accepted_version_is_the_incumbent_of_the_resumed_run() -> None:
    made = night()
    await (await made.start(replies=(NONE, draft_of(ALL_WORDS))).loop()).commit()
    made.crash()
    again = await made.start(run="run-2").loop()
    assert (await again.work()).incumbent == with_text(ALL_WORDS)
    assert again.context.first == SKILL


async def test_a_run_that_died_after_writing_its_file_is_found_by_the_version_it_wrote() -> None:
    made = night()
    start = made.start(replies=(NONE, draft_of(ALL_WORDS)), writes_to="/skills/desks.md")
    await (await start.loop()).commit()
    await start.finish("rounds")
    made.crash()
    again = await made.start(run="run-2", first=with_text(ALL_WORDS)).loop()
    assert again.record.id == RUN
    assert again.context.first == SKILL, "it started from the version before"


async def test_a_text_that_is_neither_begins_a_new_run() -> None:
    made = night()
    await made.start().loop()
    made.crash()
    loop = await made.start(run="run-2", first=with_text("Mine.\n")).loop()
    assert (loop.record.id, loop.rounds) == ("run-2", ())


async def test_what_an_interrupted_run_spent_counts_and_so_do_calls_in_flight() -> None:
    made = night()
    await (await made.start().loop()).commit()
    spent = await made.ledger.usage(RUN)
    for limits, extra in ((SpendLimits(), 0), (SpendLimits(max_calls=999), 4)):
        made.crash()
        meter = SpendMeter(limits)
        await made.start(run="run-2", meter=meter).loop()
        assert meter.used.calls == spent.calls + extra


async def test_room_for_the_sealed_test_is_set_aside() -> None:
    """24 calls for each of two versions."""
    meter = SpendMeter(SpendLimits(max_calls=50))
    await night().start(meter=meter).loop()
    for _ in range(2):
        with await meter.reserve(Usage(calls=1)) as reservation:
            reservation.settle(Usage(calls=1))
    with pytest.raises(SpendExhausted):
        await meter.reserve(Usage(calls=1))


async def test_overriding_a_used_test_is_kept_when_the_run_is_resumed() -> None:
    for before, after, kept in ((True, False, True), (False, True, True), (False, False, False)):
        made = night()
        await made.start(reopen_sealed=before).loop()
        made.crash()
        again = await made.start(run="run-2", reopen_sealed=after).loop()
        assert again.record.reopen_sealed is kept


async def test_measured_noise_reaches_the_gate() -> None:
    noise = Noise(squares=1.5, repeats=40)
    loop = await night().start(noise=noise).loop()
    assert (await loop.work()).search.memory.noise == noise


class FullOnce(MemoryLedger):
    """Has no room for the first run that is to be entered."""

    full = True

    async def start_run(self, run: RunRecord, skill: Skill) -> None:
        if self.full:
            self.full = False
            raise LedgerError("the disk is full")
        await super().start_run(run, skill)


async def test_a_run_that_could_not_be_entered_is_entered_at_the_next_try() -> None:
    made = night(ledger=FullOnce())
    start = made.start()
    with pytest.raises(LedgerError, match="full"):
        await start.loop()
    assert (await start.loop()).record.id == RUN


async def test_a_run_that_could_not_be_measured_goes_on_at_the_next_try() -> None:
    def before(_skill: str, _task: Task, _trial: int) -> None:
        if len(target.ran) == 5:
            raise RunStopped("the provider's door is shut")

    target = ScriptedTarget(before=before)
    made = night(target)
    start = made.start()
    with pytest.raises(RunStopped):
        await start.loop()
    kept = sum(isinstance(rollout, Graded) for rollout in made.ledger.paid.values())
    assert kept == len(target.ran) - 1
    await start.loop()
    assert len(target.ran) == 25
    assert started(made) == [(RUN, "desks", False, 0)]
