"""The answers behind a verdict that lack something."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from skillopt.adapters.ledger import SqlLedger
from skillopt.core.endings import Ending
from skillopt.core.evaluation.answer_faults import AnswerFaults
from skillopt.core.evaluation.rollout import Graded
from skillopt.core.history.views import TaskAnswers
from skillopt.core.skill.skill import Skill
from skillopt.core.value import content_hash
from tests.adapters.ledger.samples import SKILL, a_key, a_missing, a_rollout, a_round, a_run


def answered(skill: Skill, **more: Any) -> Graded:
    """A rollout of the task that the verdict of :func:`a_round` compares."""
    fields = {"key": a_key(skill=skill), "task_id": "v-1", **more}
    return a_rollout(score=0.0).model_copy(update=fields)


async def shown(path: Path, *rollouts: tuple[str, Any]) -> tuple[TaskAnswers, ...]:
    async with SqlLedger.open(path / "ledger.db") as ledger:
        await ledger.start_run(a_run("run-0"), SKILL)
        await ledger.start_run(a_run(), SKILL)
        for run, rollout in rollouts:
            await ledger.add_rollout(run, rollout)
        await ledger.add_round(*a_round())
        return (await ledger.show_round(a_round()[0].id)).answers


def candidate() -> Skill:
    made = a_round()[1]
    assert made
    return made


async def test_each_version_has_its_counts_also_of_what_an_earlier_run_paid(tmp_path: Path) -> None:
    cut = answered(candidate(), ending=Ending.CUT)
    found = await shown(tmp_path, ("run-0", answered(SKILL, answer="")), ("run-1", cut))
    assert found == (
        TaskAnswers(task="v-1", incumbent=AnswerFaults(empty=1), candidate=AnswerFaults(cut=1)),
    )


async def test_good_answers_are_not_listed(tmp_path: Path) -> None:
    assert await shown(tmp_path, ("run-1", answered(SKILL)), ("run-1", answered(candidate()))) == ()


async def test_a_refusal_counts_until_there_is_an_answer(tmp_path: Path) -> None:
    refused = a_missing().model_copy(
        update={"key": a_key(), "task_id": "v-1", "ending": Ending.REFUSED}
    )
    (found,) = await shown(tmp_path / "a", ("run-1", refused))
    assert found.incumbent == AnswerFaults(refused=1)
    assert await shown(tmp_path / "b", ("run-1", refused), ("run-1", answered(SKILL))) == ()


async def test_what_earlier_runs_on_the_same_tasks_paid_for_is_enough(tmp_path: Path) -> None:
    paid = ("run-0", answered(SKILL, answer="")), ("run-0", answered(candidate()))
    (found,) = await shown(tmp_path, *paid)
    assert found.incumbent == AnswerFaults(empty=1)


async def test_answers_of_another_target_of_that_name_are_not_taken_for_its_own(
    tmp_path: Path,
) -> None:
    key = a_key().model_copy(update={"target": content_hash("another")})
    paid = ("run-0", answered(SKILL, answer="")), ("run-0", answered(SKILL, key=key))
    assert await shown(tmp_path, *paid) == ()
