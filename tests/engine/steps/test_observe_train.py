"""What the optimizer learns from: train tasks that teach, until there are failures enough."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from skillopt.core.evaluation.task import Task
from skillopt.core.history.run import Round
from skillopt.core.history.search import Search
from skillopt.core.proposals.curriculum import Chosen, Why
from skillopt.core.proposals.sampling import train_order
from skillopt.core.skill.skill import Skill
from skillopt.engine.steps.observe_train import Observed, observe_train
from skillopt.errors import CallFailed
from tests.adapters.ledger.samples import a_round
from tests.engine.setups import Bench, bench
from tests.scripted import SKILL, tasks
from tests.targets import ScriptedTarget

TRAIN = tasks().split("train")
ORDER = [task.id for task in train_order(TRAIN, seed=0, number=1)]


def knowing(*task_ids: str) -> Skill:
    """A skill with which the agent solves those train tasks alone."""
    desks = {task.id: task.expected for task in TRAIN}
    lines = [f"- {name.rpartition('-')[0]}: {desks[name]}\n" for name in task_ids]
    return Skill(text="".join(lines))


def search(skill: Skill, number: int = 1) -> Search:
    return Search(incumbent=skill.digest, book={}, past=(False,) * (number - 1))


async def observed(
    made: Bench, skill: Skill = SKILL, *, number: int = 1, earlier: Sequence[Round] = ()
) -> Observed:
    return await observe_train(made.context, search(skill, number), skill, earlier=earlier)


def a_round_that_ran(made: Bench, skill: Skill, *chosen: Chosen) -> Round:
    round_, _ = a_round(context=made.context.fact)
    return round_.model_copy(update={"chosen": chosen, "parent": skill.digest})


def ran(made: Bench) -> list[str]:
    return [task for _, task, _ in made.target.ran]


async def test_no_more_is_run_than_it_takes_for_failures_enough() -> None:
    made = await bench(minibatch=96)
    found = await observed(made)
    failed = [rollout for rollout in found.shown if not rollout.passed]
    assert 0 < len(failed) < len(TRAIN)
    assert len(ran(made)) == len(failed) == len(found.chosen)


async def test_the_round_says_why_each_task_was_run_and_how_it_did() -> None:
    made = await bench(minibatch=96)
    found = await observed(made)
    assert [one.task for one in found.chosen] == [rollout.task_id for rollout in found.shown]
    assert {(one.why, one.score, one.missed) for one in found.chosen} == {(Why.NEW, 0.0, ("desk",))}


async def test_what_an_earlier_round_saw_fail_on_another_version_comes_first() -> None:
    made = await bench(minibatch=96)
    failing = Chosen(task=ORDER[-1], why=Why.NEW, score=0.0, missed=("desk",))
    found = await observed(made, earlier=[a_round_that_ran(made, knowing(), failing)])
    assert found.chosen[0].task == ORDER[-1]
    assert found.chosen[0].why is Why.FAILED


async def test_after_a_refusal_a_minibatch_is_drawn_and_no_run_is_paid_for_twice() -> None:
    made = await bench(minibatch=73)
    first = await observed(made)
    paid = len(ran(made))
    second = await observed(made, number=2, earlier=[a_round_that_ran(made, SKILL, *first.chosen)])
    assert [one.task for one in second.chosen] == [
        task.id for task in train_order(TRAIN, seed=0, number=2)[:13]
    ]
    assert {one.why for one in second.chosen} == {Why.DRAWN}
    assert len(set(ran(made))) == len(ran(made)) < paid + len(second.chosen)


async def test_what_this_version_has_answered_in_an_earlier_round_is_free() -> None:
    made = await bench(minibatch=96)
    first = await observed(made)
    paid = len(ran(made))
    again = await observed(made, earlier=[a_round_that_ran(made, SKILL, *first.chosen)])
    assert {one.task for one in again.chosen} == {one.task for one in first.chosen}
    assert {one.why for one in again.chosen} == {Why.FAILS}
    assert len(ran(made)) == paid


async def test_where_none_fails_all_were_run() -> None:
    made = await bench(minibatch=73)
    found = await observed(made, knowing(*ORDER))
    assert len(ran(made)) == len(TRAIN)
    assert all(rollout.passed for rollout in found.shown)


@pytest.mark.parametrize("curriculum", [True, False])
async def test_every_task_is_run_as_often_as_the_settings_say(*, curriculum: bool) -> None:
    made = await bench(minibatch=73, trials=3, curriculum=curriculum)
    found = await observed(made)
    assert sorted(made.target.ran) == sorted(
        (SKILL.text, one.task, trial) for one in found.chosen for trial in range(3)
    )


async def test_rollouts_that_could_not_be_had_are_not_shown() -> None:
    lost: list[str] = []

    def before(_skill: str, task: Task, _trial: int) -> None:
        lost.append(task.id)
        if task.id == lost[0]:
            raise CallFailed("the provider is down")

    made = await bench(target=ScriptedTarget(before=before), minibatch=96)
    found = await observed(made)
    assert lost[0] not in {rollout.task_id for rollout in found.shown}
    assert found.chosen[0] == Chosen(task=lost[0], why=Why.NEW)


async def test_without_a_curriculum_the_first_minibatch_with_a_failure_is_enough() -> None:
    made = await bench(minibatch=4, curriculum=False)
    found = await observed(made)
    assert ran(made) == ORDER[:4]
    assert {rollout.task_id for rollout in found.shown} == set(ORDER[:4])


async def test_without_a_curriculum_it_goes_on_until_there_is_a_failure() -> None:
    made = await bench(minibatch=4, curriculum=False)
    found = await observed(made, knowing(*ORDER[:-1]))
    assert len(ran(made)) == 12
    assert [rollout.task_id for rollout in found.shown if not rollout.passed] == [ORDER[-1]]


async def test_no_more_is_shown_than_the_settings_say() -> None:
    made = await bench(minibatch=12, evidence=5, curriculum=False)
    assert len((await observed(made)).shown) == 5


async def test_where_the_gate_is_dear_a_minibatch_is_drawn_as_without_a_curriculum() -> None:
    drawn = [await observed(await bench(minibatch=4, curriculum=on)) for on in (True, False)]
    assert drawn[0] == drawn[1]._replace(shown=drawn[0].shown)
    assert [one.task for one in drawn[0].chosen] == ORDER[:4]


async def test_the_rounds_of_another_run_do_not_change_the_order() -> None:
    made = await bench(minibatch=96)
    alone = await observed(made)
    failing = Chosen(task=alone.chosen[-1].task, why=Why.NEW, score=0.5)
    other = a_round_that_ran(made, knowing(), failing).model_copy(update={"run": "another"})
    assert await observed(made, earlier=[other]) == alone


async def test_what_tells_how_to_repair_a_refusal_is_run_and_shown() -> None:
    made = await bench(minibatch=4, curriculum=False)
    last = ORDER[-1]
    found = await observe_train(made.context, search(SKILL), SKILL, telling=[last])
    assert ran(made) == [last, *ORDER[:3]]
    assert last in {rollout.task_id for rollout in found.shown}
