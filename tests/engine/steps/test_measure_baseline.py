"""The baseline: the first version's record on the validation tasks, or why there is none."""

from __future__ import annotations

import pytest

from skillopt.core.evaluation.task import Task
from skillopt.core.events import BaselineDone
from skillopt.core.gate import GatePolicy
from skillopt.core.gate.guards import Margins
from skillopt.core.skill.skill import Skill
from skillopt.engine.steps.measure_baseline import measure_baseline
from skillopt.errors import CallFailed, OutcomesMissing, SettingsError
from tests.engine.setups import ALL_WORDS, bench, with_text
from tests.scripted import SKILL, tasks
from tests.targets import ScriptedTarget


def silent_on(count: int) -> ScriptedTarget:
    """A target whose provider fails on the first ``count`` validation tasks."""
    lost = {task.id for task in tasks().split("validation")[:count]}

    def before(_skill: str, task: Task, _trial: int) -> None:
        if task.id in lost:
            raise CallFailed("the provider is down")

    return ScriptedTarget(before=before)


async def test_every_validation_task_is_run_once() -> None:
    made = await bench()
    found = await measure_baseline(made.context)
    assert len(made.target.ran) == 24
    assert {trial for _, _, trial in made.target.ran} == {0}
    assert found.search.incumbent == SKILL.digest
    assert set(found.search.book) == {task.id for task in tasks().split("validation")}
    assert found.search.past == ()
    assert found.usage.calls == 24


@pytest.mark.parametrize(("first", "solved"), [(SKILL, 2), (with_text(ALL_WORDS), 12)])
async def test_the_score_is_the_mean_of_the_tasks(first: Skill, solved: int) -> None:
    made = await bench(first=first)
    found = await measure_baseline(made.context)
    assert found.score == pytest.approx(solved / 24)
    assert sum(standing.total for standing in found.search.book.values()) == solved
    (event,) = made.seen(BaselineDone)
    assert (event.score, event.tasks) == (found.score, 24)
    assert 0 <= event.low < event.score < event.high <= 1


async def test_weights_count() -> None:
    heavy = tuple(
        task.model_copy(update={"weight": 10.0}) if task.id.startswith("bread") else task
        for task in tasks().tasks
    )
    made = await bench(validation_set=tasks().model_copy(update={"tasks": heavy}))
    assert (await measure_baseline(made.context)).score == pytest.approx(20 / (20 + 22))


async def test_tasks_without_an_outcome_are_left_out() -> None:
    made = await bench(target=silent_on(2))
    found = await measure_baseline(made.context)
    assert len(found.search.book) == 22
    assert found.score == 0.0
    assert made.seen(BaselineDone)[0].tasks == 22


async def test_too_many_without_an_outcome_stop_the_run_and_say_how_to_go_on() -> None:
    made = await bench(target=silent_on(3))
    with pytest.raises(OutcomesMissing) as caught:
        await measure_baseline(made.context)
    said = str(caught.value)
    for part in ("3 of 24 validation tasks", "10%", "the provider is down", "same command again"):
        assert part in said
    assert made.seen(BaselineDone) == []


async def test_what_may_be_missing_is_the_gates_setting() -> None:
    for count, enough in ((3, True), (4, False)):
        policy = GatePolicy(kind="strict", max_missing=3 / 24)
        made = await bench(target=silent_on(count), gate=policy)
        if enough:
            assert len((await measure_baseline(made.context)).search.book) == 21
        else:
            with pytest.raises(OutcomesMissing):
                await measure_baseline(made.context)


async def test_a_guard_on_the_cost_needs_a_price() -> None:
    unpriced = ScriptedTarget(cost=lambda _: None)
    guarded = await bench(target=unpriced, guards=Margins(cost=0.1))
    with pytest.raises(SettingsError, match=r"guard_cost is 0\.1, and no price is known"):
        await measure_baseline(guarded.context)
    assert (await measure_baseline((await bench(target=unpriced)).context)).usage.cost is None
