"""The rollouts of a probe: under the trials of the plain ones, and missing ones kept apart."""

from __future__ import annotations

from skillopt.core.evaluation.task import Task
from skillopt.core.probes.plan import ProbePlan
from skillopt.engine.steps.probe import run_probe
from skillopt.errors import CallFailed
from tests.engine.setups import bench
from tests.scripted import SKILL
from tests.targets import ScriptedTarget


async def test_each_trial_is_probed_and_agreement_adds_plain_runs_only() -> None:
    made = await bench(trials=2)
    tasks = made.context.validation_set.split("train")
    plan = ProbePlan(second_attempts=True, self_check=True, variants=1, agreement=4)
    found = await run_probe(made.context, SKILL, tasks, plan)
    assert len(found.runs.plain) == 4 * len(tasks)
    for pairs in (found.runs.attempts, found.runs.checked, found.runs.wrapped):
        assert len(pairs) == 2 * len(tasks)
    assert {one.second.key.trial for one in found.runs.attempts} == {0, 1}
    assert found.runs.agreement
    manners = {one.second.manner for one in found.runs.attempts}
    manners |= {one.checked.manner for one in found.runs.checked}
    manners |= {one.wrapped.manner.split()[0] for one in found.runs.wrapped}
    assert manners == {"second attempt", "self-check", "variant"}
    keys = [run.key.digest for run in found.runs.plain]
    keys += [one.second.key.digest for one in found.runs.attempts]
    keys += [one.checked.key.digest for one in found.runs.checked]
    keys += [one.wrapped.key.digest for one in found.runs.wrapped]
    assert len(set(keys)) == len(keys) == found.usage.calls


async def test_a_missing_second_attempt_is_lost_and_the_rest_counts() -> None:
    def before(_skill: str, task: Task, _trial: int) -> None:
        if "Check your answer" in task.text and task.id == "bread-0":
            raise CallFailed("down")

    made = await bench(target=ScriptedTarget(before=before))
    tasks = made.context.validation_set.split("train")
    found = await run_probe(made.context, SKILL, tasks, ProbePlan(second_attempts=True))
    assert len(found.runs.attempts) == len(tasks) - 1
    assert [one.task_id for one in found.lost] == ["bread-0"]


async def test_two_versions_get_the_same_earlier_errors() -> None:
    made = await bench()
    tasks = made.context.validation_set.split("train")
    plan = ProbePlan(variants=1, kinds=("errors",))
    mine = await run_probe(made.context, SKILL, tasks, plan)
    theirs = await run_probe(made.context, None, tasks, plan, history=mine.runs.plain)
    asked = [[one.wrapped.key.task for one in each.runs.wrapped] for each in (mine, theirs)]
    assert asked[0]
    assert asked[0] == asked[1]
