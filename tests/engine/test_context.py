"""What the steps of a run work with."""

from __future__ import annotations

import pytest

from skillopt.core.events import CodeRuns, Event
from skillopt.errors import LedgerError
from tests.engine.setups import NOTHING, RUN, bench, record_of, setup_of, with_text
from tests.scripted import SKILL, tasks
from tests.standins import ScriptedModel
from tests.standins_ledger import MemoryLedger
from tests.targets import ScriptedTarget


async def test_the_first_version_is_at_hand_and_later_ones_come_from_the_ledger() -> None:
    made = await bench()
    later = with_text(NOTHING)
    record = record_of(made.context, made.optimizer, first=later, run="run-2")
    await made.ledger.start_run(record, later)
    made.ledger.versions.pop(SKILL.digest)
    assert await made.context.version(SKILL.digest) == SKILL
    assert await made.context.version(later.digest) == later


async def test_a_version_that_is_nowhere_is_named_with_the_way_out() -> None:
    made = await bench()
    with pytest.raises(LedgerError, match=r"skill version ffffffffffff is not in the ledger; run"):
        await made.context.version("f" * 64)


def test_a_run_and_a_tuning_run_have_all_of_the_setup() -> None:
    optimizer = ScriptedModel("x")
    heard: list[Event] = []
    setup = setup_of(MemoryLedger(), ScriptedTarget(), heard.append, validation_set=tasks())
    run = setup.for_run(RUN, first=SKILL)
    tuning = setup.for_tuning(RUN, first=SKILL, optimizer=optimizer)
    assert vars(run) == {**vars(setup), "run": RUN, "first": SKILL, "emit": run.emit}
    assert vars(tuning) == {**vars(run), "optimizer": optimizer, "emit": tuning.emit}
    for one in (run, tuning):
        one.emit(CodeRuns(says="a check"))
    assert [event.run for event in heard] == [RUN, RUN]
