"""What the optimizer learns from: minibatches of train tasks until one holds a failure."""

from __future__ import annotations

from skillopt.core.evaluation.task import Task
from skillopt.core.proposals.sampling import train_order
from skillopt.core.skill.skill import Skill
from skillopt.engine.steps.observe_train import observe_train
from skillopt.errors import CallFailed
from tests.engine.setups import bench
from tests.scripted import SKILL, tasks
from tests.targets import ScriptedTarget

TRAIN = tasks().split("train")
ORDER = [task.id for task in train_order(TRAIN, seed=0, number=1)]


def knowing(*task_ids: str) -> Skill:
    """A skill with which the agent solves those train tasks alone."""
    desks = {task.id: task.expected for task in TRAIN}
    lines = [f"- {name.rpartition('-')[0]}: {desks[name]}\n" for name in task_ids]
    return Skill(text="".join(lines))


async def test_the_first_minibatch_with_a_failure_is_enough() -> None:
    made = await bench(minibatch=4)
    shown = await observe_train(made.context, SKILL, number=1)
    assert [task for _, task, _ in made.target.ran] == ORDER[:4]
    assert {rollout.task_id for rollout in shown} == set(ORDER[:4])


async def test_it_goes_on_until_there_is_a_failure() -> None:
    made = await bench(minibatch=4)
    shown = await observe_train(made.context, knowing(*ORDER[:-1]), number=1)
    assert len(made.target.ran) == 12
    assert [rollout.task_id for rollout in shown if not rollout.passed] == [ORDER[-1]]


async def test_where_none_fails_all_were_run() -> None:
    made = await bench(minibatch=5)
    shown = await observe_train(made.context, knowing(*ORDER), number=1)
    assert len(made.target.ran) == len(TRAIN)
    assert all(rollout.passed for rollout in shown)


async def test_another_round_has_an_order_of_its_own_and_pays_for_no_run_twice() -> None:
    made = await bench(minibatch=4)
    for number in range(1, 9):
        await observe_train(made.context, SKILL, number=number)
    ran = [task for _, task, _ in made.target.ran]
    assert len(ran) == len(set(ran)) > 4
    assert all(task in {one.id for one in TRAIN} for task in ran)


async def test_every_task_is_run_as_often_as_the_settings_say() -> None:
    made = await bench(minibatch=2, trials=3)
    await observe_train(made.context, SKILL, number=1)
    assert sorted(made.target.ran) == sorted(
        (SKILL.text, task, trial) for task in ORDER[:2] for trial in range(3)
    )


async def test_no_more_is_shown_than_the_settings_say() -> None:
    made = await bench(minibatch=12, evidence=5)
    assert len(await observe_train(made.context, SKILL, number=1)) == 5


async def test_rollouts_that_could_not_be_had_are_not_shown() -> None:
    def before(_skill: str, task: Task, _trial: int) -> None:
        if task.id == ORDER[0]:
            raise CallFailed("the provider is down")

    made = await bench(target=ScriptedTarget(before=before), minibatch=4)
    shown = await observe_train(made.context, SKILL, number=1)
    assert ORDER[0] not in {rollout.task_id for rollout in shown}


async def test_what_tells_how_to_repair_a_refusal_is_run_and_shown() -> None:
    made = await bench(minibatch=4)
    last = ORDER[-1]
    shown = await observe_train(made.context, SKILL, number=1, telling=[last])
    assert [task for _, task, _ in made.target.ran] == [last, *ORDER[:3]]
    assert last in {rollout.task_id for rollout in shown}
