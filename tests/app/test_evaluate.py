"""Measuring a skill: its score, its interval, and its lift over another version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from skillopt.app.evaluate import Evaluation, aevaluate
from skillopt.core.evaluation.answer_faults import AnswerFaults
from skillopt.core.evaluation.task import Task
from skillopt.errors import CallFailed, OutcomesMissing, SkillError
from tests.app.jobs import BETTER
from tests.scripted import SKILL, tasks
from tests.standins_ledger import MemoryLedger
from tests.targets import ScriptedTarget


async def measured(skill: Any = SKILL, **more: Any) -> Evaluation:
    given: dict[str, Any] = {
        "validation_set": tasks(),
        "target": ScriptedTarget(),
        "ledger": MemoryLedger(),
    }
    return await aevaluate(skill, **(given | more))


async def test_the_score_is_the_mean_over_the_split() -> None:
    target = ScriptedTarget()
    found = await measured(target=target)
    assert (found.split, found.tasks, found.missing) == ("validation", 24, 0)
    assert found.score.mean == pytest.approx(2 / 24)
    assert 0 <= found.score.low < found.score.mean < found.score.high <= 1
    assert found.criteria == {"desk": pytest.approx(2 / 24)}
    assert {task for _, task, _ in target.ran} == {task.id for task in tasks().split("validation")}
    assert found.usage.calls == 24
    assert (found.other, found.lift, found.against) == (None, None, None)


async def test_empty_answers_are_counted() -> None:
    found = await measured(target=lambda _skill, _input: "", against="none")
    assert (found.score.mean, found.answers) == (0, AnswerFaults(empty=24))
    assert found.other_answers == AnswerFaults(empty=24)
    found = await measured()
    assert (found.answers, found.other_answers) == (AnswerFaults(), None)


async def test_another_split_may_be_named() -> None:
    found = await measured(split="train")
    assert (found.tasks, found.score.mean) == (12, pytest.approx(1 / 12))
    assert found.warnings == ()


async def test_the_lift_over_another_version_is_paired() -> None:
    found = await measured(BETTER, against=SKILL)
    assert found.other is not None
    assert (found.other.mean, found.score.mean) == (pytest.approx(2 / 24), pytest.approx(12 / 24))
    assert found.lift is not None
    assert found.lift.difference == pytest.approx(10 / 24)
    assert (found.lift.wins, found.lift.losses) == (10, 0)
    assert found.usage.calls == 48


async def test_the_lift_over_no_skill_at_all() -> None:
    target = ScriptedTarget()
    found = await measured(target=target, against="none")
    assert found.against == "none"
    assert found.other is not None
    assert found.other.mean == 0
    assert {skill for skill, _, _ in target.ran} == {"", SKILL.text}


async def test_the_other_version_may_be_a_file(tmp_path: Path) -> None:
    other = tmp_path / "better.md"
    other.write_text(BETTER.text)
    found = await measured(against=str(other))
    assert found.against == str(other)
    assert found.lift is not None
    assert found.lift.difference < 0
    with pytest.raises(SkillError, match="no such file"):
        await measured(against=tmp_path / "gone.md")


async def test_what_the_ledger_has_is_not_paid_again() -> None:
    ledger, target = MemoryLedger(), ScriptedTarget()
    first = await measured(ledger=ledger, target=target)
    again = await measured(ledger=ledger, target=target)
    assert len(target.ran) == 24
    assert again == first, "the usage is what the rollouts took, whoever paid"


async def test_every_task_is_run_as_often_as_trials_say_and_counts_once() -> None:
    target = ScriptedTarget(noise=0.2)
    found = await measured(target=target, trials=3)
    assert len(target.ran) == 72
    assert found.tasks == 24


async def test_weights_count() -> None:
    heavy = tuple(
        task.model_copy(update={"weight": 10.0}) if task.id.startswith("bread") else task
        for task in tasks().tasks
    )
    found = await measured(validation_set=tasks().model_copy(update={"tasks": heavy}))
    assert found.score.mean == pytest.approx(20 / (20 + 22))


def failing(*ids: str) -> ScriptedTarget:
    def before(_skill: str, task: Task, _trial: int) -> None:
        if not ids or task.id in ids:
            raise CallFailed("the provider is down")

    return ScriptedTarget(before=before)


async def test_tasks_without_an_outcome_are_counted_and_left_out() -> None:
    found = await measured(target=failing("bread-1", "rolls-1"))
    assert (found.tasks, found.missing) == (24, 2)
    assert found.score.mean == pytest.approx(1 / 22)


async def test_no_outcome_at_all_is_an_error_with_its_reason() -> None:
    with pytest.raises(OutcomesMissing, match="no task has an outcome: the provider is down"):
        await measured(target=failing())


async def test_the_test_split_is_entered_as_opened_before_its_first_task_is_run() -> None:
    opened: list[int] = []
    ledger = MemoryLedger()

    def before(_skill: str, _task: Task, _trial: int) -> None:
        opened.append(sum(bool(record.opened) for record in ledger.ends.values()))

    found = await measured(split="test", ledger=ledger, target=ScriptedTarget(before=before))
    assert opened == [1] * 24
    (record,) = ledger.ends.values()
    assert (record.kind, record.last) == ("eval", SKILL.digest)
    (warning,) = found.warnings
    assert "--reopen-sealed" in warning


async def test_a_result_in_which_most_outcomes_are_missing_is_no_result() -> None:
    names = [task.id for task in tasks().split("validation")]
    assert (await measured(target=failing(*names[:12]))).missing == 12
    with pytest.raises(OutcomesMissing, match="13 of 24 tasks have no outcome, too many") as raised:
        await measured(target=failing(*names[:13]))
    assert "run the same command again when the provider answers" in str(raised.value)
    with pytest.raises(OutcomesMissing, match="no task has an outcome"):
        await measured(target=failing(), against="none")


async def test_a_comparison_in_which_most_pairs_are_missing_is_no_result() -> None:
    names = [task.id for task in tasks().split("validation")]

    def before(skill: str, task: Task, _trial: int) -> None:
        if task.id in (names[:7] if skill else names[7:13]):
            raise CallFailed("down")

    with pytest.raises(OutcomesMissing, match="13 of 24 tasks have no outcome in both versions"):
        await measured(target=ScriptedTarget(before=before), against="none")


async def test_repeated_runs_show_their_agreement_and_never_change_the_score() -> None:
    target = ScriptedTarget(noise=0.3)
    found = await measured(target=target, trials=3)
    assert found.agreement is not None
    assert found.agreement.runs == 3
    assert found.agreement.score.mean == found.score.mean
    assert 0 < found.agreement.agreement.mean < 1
    assert (await measured(target=ScriptedTarget(noise=0.3))).agreement is None
    assert (await measured(target=ScriptedTarget(), trials=3)).agreement is None
