"""The sealed test: the first version against the last, one run each, and what is claimed of it."""

from __future__ import annotations

import pytest

from skillopt.core.evaluation.task import Task
from skillopt.core.events import SealedOpened
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.history.sealed_openings import opened_by
from skillopt.core.skill.skill import Skill
from skillopt.core.value import content_hash
from skillopt.engine.steps.unseal import open_sealed_test
from skillopt.errors import CallFailed, OutcomesMissing, SpendExhausted
from tests.engine.setups import ALL_WORDS, NOTHING, RUN, Bench, bench, with_text
from tests.scripted import SKILL, tasks
from tests.targets import ScriptedTarget

BETTER = with_text(ALL_WORDS)


async def opened(made: Bench, last: Skill = BETTER, **more: object) -> SealedTest:
    return await open_sealed_test(made.context, last, **more)  # type: ignore[arg-type]


async def test_both_versions_are_run_once_on_the_test_tasks_alone() -> None:
    made = await bench()
    await opened(made)
    names = [task.id for task in tasks().split("test")]
    assert sorted(made.target.ran) == sorted(
        (skill.text, name, 0) for skill in (SKILL, BETTER) for name in names
    )


async def test_a_gain_is_certified() -> None:
    made = await bench()
    sealed = await opened(made)
    assert sealed.certified
    assert sealed.tasks == 24
    assert sealed.difference == pytest.approx((12 - 2) / 24)
    assert sealed.split == content_hash(opened_by(tasks().split("test")))
    assert made.seen(SealedOpened) == [SealedOpened(run=RUN, sealed=sealed)]


async def test_no_gain_is_not() -> None:
    sealed = await opened(await bench(), with_text(NOTHING))
    assert (sealed.certified, sealed.difference) == (False, 0.0)


async def test_tasks_that_earlier_runs_have_looked_at_certify_nothing_unless_overridden() -> None:
    for more, certified in (
        ({"before": ("run-0",)}, False),
        ({"before": ("run-0",), "insisted": True}, True),
    ):
        sealed = await opened(await bench(), **more)
        assert sealed.certified is certified


async def test_a_task_that_one_version_has_no_outcome_on_is_left_out() -> None:
    def before(skill: str, task: Task, _trial: int) -> None:
        if skill == BETTER.text and task.id == "bread-3":
            raise CallFailed("down")

    sealed = await opened(await bench(target=ScriptedTarget(before=before)))
    assert sealed.tasks == 23


async def test_a_test_of_which_most_outcomes_are_missing_is_no_result() -> None:
    def down(skill: str, task: Task, _trial: int) -> None:
        lost = 13 if skill == BETTER.text else 0
        if task.id in names[:lost]:
            raise CallFailed("down")

    names = [task.id for task in tasks().split("test")]
    made = await bench(target=ScriptedTarget(before=down))
    with pytest.raises(OutcomesMissing, match=r"13 of 24 sealed test tasks .* when the provider"):
        await opened(made)
    assert made.seen(SealedOpened) == []


async def test_a_limit_that_leaves_no_room_is_raised() -> None:
    def before(_skill: str, task: Task, _trial: int) -> None:
        if task.id == "saw-4":
            raise SpendExhausted("max_calls is 9")

    made = await bench(target=ScriptedTarget(before=before))
    with pytest.raises(SpendExhausted):
        await opened(made)
    assert made.seen(SealedOpened) == []
