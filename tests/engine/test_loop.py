"""A run under way: its search, its head, and how it ends."""

from __future__ import annotations

import json
from typing import Any

from skillopt.adapters.meter import SpendMeter
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.evaluation.task import Task
from skillopt.core.events import SealedOpened, Stopped
from skillopt.core.history.sealed_openings import opened_by
from skillopt.core.loop_settings import SpendLimits
from skillopt.engine.loop import Loop, Position, accepted
from skillopt.engine.steps.measure_baseline import measure_baseline
from skillopt.errors import SpendExhausted
from tests.engine.setups import (
    ALL_WORDS,
    NOTHING,
    RUN,
    Bench,
    bench,
    draft_of,
    record_of,
    with_text,
)
from tests.scripted import SKILL, tasks
from tests.standins import Line
from tests.targets import ScriptedTarget

NONE = json.dumps({"critiques": []})
GOOD, BAD = draft_of(ALL_WORDS), draft_of(NOTHING)
BETTER = with_text(ALL_WORDS)


async def started(
    *replies: Line, meter: SpendMeter | None = None, **more: object
) -> tuple[Bench, Loop]:
    made = await bench(*replies, **more)  # type: ignore[arg-type]
    search = (await measure_baseline(made.context)).search
    position = Position(record_of(made.context, made.optimizer), (), search)
    metered = meter or SpendMeter(SpendLimits())
    return made, Loop(made.context, position, meter=metered, now=lambda: 99.0)


async def test_a_committed_round_moves_the_search_on() -> None:
    _, loop = await started(NONE, GOOD)
    first = await loop.work()
    assert await loop.work() is first
    round_ = await loop.commit()
    following = await loop.work()
    assert loop.rounds == (round_,)
    assert accepted(round_)
    assert (following.number, following.incumbent) == (2, BETTER)
    assert await loop.last_version() == BETTER


async def test_a_refused_round_keeps_the_incumbent() -> None:
    _, loop = await started(NONE, BAD)
    assert not accepted(await loop.commit())
    assert (await loop.work()).incumbent == SKILL
    assert await loop.last_version() == SKILL


async def test_it_stops_after_its_rounds_and_when_patience_is_out() -> None:
    cases: tuple[tuple[dict[str, Any], str | None], ...] = (
        ({"rounds": 1}, "rounds"),
        ({"patience": 1}, "patience"),
        ({}, None),
    )
    for settings, reason in cases:
        _, loop = await started(NONE, BAD, **settings)
        assert loop.reason_to_stop() is None
        await loop.commit()
        assert loop.reason_to_stop() == reason


async def test_the_end_of_a_run_that_accepted_nothing_opens_no_test() -> None:
    made, loop = await started(NONE, BAD)
    await loop.commit()
    record = await loop.finish("rounds")
    assert (record.last, record.finished, record.stopped_by) == (SKILL.digest, 99.0, "rounds")
    assert (record.sealed, record.opened) == (None, ())
    assert record.usage == await made.ledger.usage(RUN)
    assert made.ledger.ends[RUN] == record == loop.record
    assert made.seen(Stopped) == [Stopped(run=RUN, reason="rounds")]
    assert made.seen(SealedOpened) == []


async def test_the_end_of_a_run_that_accepted_something_has_the_sealed_test() -> None:
    made, loop = await started(NONE, GOOD)
    await loop.commit()
    record = await loop.finish("rounds")
    assert record.last == BETTER.digest
    assert record.sealed is not None
    assert record.sealed.certified
    assert record.opened == opened_by(tasks().split("test"))
    assert record.usage == await made.ledger.usage(RUN)


async def test_the_opening_is_in_the_ledger_before_the_first_test_task_is_run() -> None:
    seen: list[bool] = []

    def before(_skill: str, task: Task, _trial: int) -> None:
        if task.split == "test":
            ends = made.ledger.ends.get(RUN)
            seen.append(bool(ends and ends.opened))

    made, loop = await started(NONE, GOOD, target=ScriptedTarget(before=before))
    await loop.commit()
    await loop.finish("rounds")
    assert len(seen) == 48
    assert all(seen)


async def test_tasks_that_another_run_has_opened_certify_nothing() -> None:
    made, loop = await started(NONE, GOOD)
    other = record_of(
        made.context,
        made.optimizer,
        run="run-0",
        first=with_text(NOTHING),
        last="f" * 64,
        opened=opened_by(tasks().split("test")),
    )
    await made.ledger.start_run(other, SKILL)
    await loop.commit()
    record = await loop.finish("rounds")
    assert record.sealed is not None
    assert not record.sealed.certified


def exhausted(when: str) -> ScriptedTarget:
    def before(_skill: str, task: Task, _trial: int) -> None:
        if task.split == when:
            raise SpendExhausted("max_calls is 60")

    return ScriptedTarget(before=before)


async def test_without_room_for_the_sealed_test_nothing_is_claimed() -> None:
    _, loop = await started(NONE, GOOD, target=exhausted("test"))
    await loop.commit()
    record = await loop.finish("rounds")
    assert (record.last, record.sealed) == (BETTER.digest, None)


async def test_a_run_out_of_spend_says_which_limit_it_was() -> None:
    made, loop = await started(NONE, GOOD)
    assert loop.out_of_spend(SpendExhausted("max_calls is 60; raise it")) == "spend"
    await loop.finish("spend")
    assert made.seen(Stopped) == [
        Stopped(run=RUN, reason="spend", detail="max_calls is 60; raise it")
    ]


async def test_the_sealed_test_has_the_room_that_was_set_aside() -> None:
    meter = SpendMeter(SpendLimits(max_calls=10))
    meter.set_aside(Usage(calls=10))
    _, loop = await started(meter=meter)
    await loop.finish("rounds")
    with await meter.reserve(Usage(calls=1)) as reservation:
        reservation.settle(Usage(calls=1))
    assert meter.used.calls == 1


async def test_the_head_is_taken_unless_another_run_was_first() -> None:
    made, loop = await started()
    assert await loop.take_head("/skills/desks.md", BETTER) is None
    assert await made.ledger.head("desks", "/skills/desks.md") == BETTER.digest
    rival = record_of(made.context, made.optimizer, run="run-2")
    await made.ledger.start_run(rival, SKILL)
    await made.ledger.move_head(
        "desks", "/skills/other.md", expected_parent=SKILL.digest, new="f" * 64, run="run-2"
    )
    reason = await loop.take_head("/skills/other.md", BETTER)
    assert reason is not None
    assert "run-2" in reason
    assert await made.ledger.head("desks", "/skills/other.md") == "f" * 64


async def test_what_was_written_is_recorded() -> None:
    made, loop = await started()
    record = await loop.mark_written()
    assert record.written
    assert made.ledger.ends[RUN].written
