"""Second attempts at the gate: what an edit is worth that only helps when one looks again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import skillopt
from skillopt.core.evaluation.rollout import Answer
from skillopt.core.evaluation.second_attempt import EARLIER, REQUEST
from skillopt.core.evaluation.task import Task
from skillopt.core.gate import GatePolicy
from skillopt.core.skill.skill import Skill
from skillopt.engine.steps.judged_attempts import judged_attempts, judged_contest
from skillopt.engine.steps.measure_baseline import measure_baseline
from skillopt.engine.steps.run_contest import open_contest
from skillopt.errors import SettingsError
from tests.engine.setups import bench
from tests.scripted import SKILL, agent, draft, insert, proposing, tasks
from tests.targets import ScriptedTarget

ADVICE = "When asked to check an answer, look up each word again.\n"
SECOND = GatePolicy(attempt="second")
RIGHT = {task.text: str(task.expected) for task in tasks().tasks}


def checking(skill: str, letter: str) -> str:
    """Ignores the advice at first, and follows it when it is asked to look again."""
    asked, _, shown = letter.partition(f"\n\n{EARLIER}")
    if REQUEST in shown and ADVICE in skill:
        return RIGHT[asked]
    return agent(skill, asked)


class Silent(ScriptedTarget):
    """Says nothing."""

    async def answer(self, skill: Skill | None, task: Task, *, trial: int) -> Answer:
        said = await super().answer(skill, task, trial=trial)
        return said.model_copy(update={"text": " "})


async def tuned(tmp_path: Path, edit: str, **more: Any) -> skillopt.Run:
    return await skillopt.atune(
        SKILL,
        validation_set=tasks(),
        target=checking,
        identity="checking",
        optimizer=proposing(draft(insert(edit), idea="an edit")),
        **{"ledger": tmp_path / "ledger.db", "rounds": 1, "deterministic": True, **more},
    )


@pytest.mark.parametrize("steady", [True, False])
async def test_advice_on_checking_pays_where_second_attempts_are_compared(
    tmp_path: Path, *, steady: bool
) -> None:
    first = await tuned(tmp_path, ADVICE, deterministic=steady)
    assert first.rounds[0].decision.kind == "refused"
    second = await tuned(tmp_path, ADVICE, deterministic=steady, judge_attempt="second")
    decision = second.rounds[0].decision
    assert decision.kind == "accepted"  # the refusal by first attempts does not bind here
    assert decision.verdict.attempt == "second"
    assert decision.verdict.reason.endswith("(second attempts)")
    assert second.record.sealed is not None
    assert second.record.sealed.difference > 0.5


async def test_advice_that_does_nothing_is_refused(tmp_path: Path) -> None:
    run = await tuned(tmp_path, "Be careful.\n", judge_attempt="second")
    assert run.rounds[0].decision.kind == "refused"


async def test_first_attempts_are_all_that_is_asked_by_default() -> None:
    made = await bench()
    wishes = [(task, 0) for task in tasks().split("validation")]
    judged = await judged_attempts(made.context, SKILL, wishes)
    assert all(one.plain is one.compared for one in judged)
    search = (await measure_baseline(made.context)).search
    contest = open_contest(made.context, search, 1)
    assert await judged_contest(made.context, contest, SKILL) is contest


async def test_a_noisy_incumbent_gets_a_fresh_record() -> None:
    made = await bench(target=ScriptedTarget(noise=0.3), deterministic=False, gate=SECOND)
    search = (await measure_baseline(made.context)).search
    contest = open_contest(made.context, search, 1)
    made.target.ran.clear()
    fresh = await judged_contest(made.context, contest, SKILL)
    assert {trial for _, _, trial in made.target.ran} == {contest.next_trial}
    assert len(made.target.ran) == 2 * len(contest.tasks)
    assert fresh.next_trial == contest.next_trial + 1
    assert all(one.runs == 1 for one in fresh.book.values())
    assert fresh.book.keys() == contest.book.keys()


async def test_an_empty_answer_is_not_asked_again() -> None:
    made = await bench(target=Silent(), gate=SECOND)
    wishes = [(task, 0) for task in tasks().split("validation")]
    judged = await judged_attempts(made.context, SKILL, wishes)
    assert all(one.plain is one.compared for one in judged)


@pytest.mark.parametrize(
    "other",
    [
        {"placebo": True},
        {"drift_every": 1},
        {"near_misses": True},
        {"shrink": True},
        {"shrink_every": 2},
    ],
)
async def test_what_goes_by_first_attempts_is_refused_beside_it(
    tmp_path: Path, other: dict[str, Any]
) -> None:
    with pytest.raises(SettingsError, match="judge_attempt is 'second'"):
        await tuned(tmp_path, ADVICE, judge_attempt="second", **other)
