"""Rollouts: paid once, kept whatever happens, and failures told apart from bad answers."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from skillopt.core.endings import Ending
from skillopt.core.evaluation.answer_faults import AnswerFault
from skillopt.core.evaluation.checks import CheckResult, Command, ToolOrder
from skillopt.core.evaluation.kept_trace import MOST_STEPS
from skillopt.core.evaluation.produced import Produced
from skillopt.core.evaluation.rollout import Answer, Graded, Missing, Rollout, Usage
from skillopt.core.evaluation.self_check import INSTRUCTION, MARKER, self_checked
from skillopt.core.evaluation.task import Task
from skillopt.core.evaluation.trace import ProducedFile, Said, ToolCall, Trace
from skillopt.core.events import AnswersLacking, RolloutDone, RolloutsWanted
from skillopt.core.skill.skill import Skill
from skillopt.core.value import text_hash
from skillopt.engine.steps.roll_out import roll_out, rollout_key
from skillopt.errors import AnswerLost, CallFailed, RunStopped, SpendExhausted, TargetError
from tests.engine.setups import ALL_WORDS, RUN, bench, with_text
from tests.scripted import SKILL
from tests.targets import ScriptedTarget


def failing(error: Exception, *names: str) -> ScriptedTarget:
    """A target that fails on the tasks of those names."""

    def before(_skill: str, task: Task, _trial: int) -> None:
        if task.id in names:
            raise error

    return ScriptedTarget(before=before)


async def test_rollouts_come_in_the_order_of_the_wishes_with_their_scores() -> None:
    made = await bench()
    bread, rolls = made.context.validation_set.tasks[0], made.context.validation_set.tasks[5]
    rollouts = await roll_out(made.context, SKILL, [(rolls, 0), (bread, 0), (bread, 1)])
    assert [rollout.task_id for rollout in rollouts] == ["rolls-0", "bread-0", "bread-0"]
    assert [rollout.score for rollout in rollouts if isinstance(rollout, Graded)] == [0, 1, 1]
    assert [rollout.key.trial for rollout in rollouts] == [0, 0, 1]


async def test_what_the_ledger_has_is_not_run_again() -> None:
    made = await bench()
    train = made.context.validation_set.split("train")
    first = await roll_out(made.context, SKILL, [(task, 0) for task in train[:4]])
    again = await roll_out(made.context, SKILL, [(task, 0) for task in train[:6]])
    assert again[:4] == first
    assert len(made.target.ran) == 6
    assert made.seen(RolloutsWanted) == [
        RolloutsWanted(run=RUN, purpose="train", total=4, reused=0),
        RolloutsWanted(run=RUN, purpose="train", total=6, reused=4),
    ]
    assert len(made.seen(RolloutDone)) == 6


async def test_the_same_wish_twice_is_one_rollout() -> None:
    made = await bench()
    task = made.context.validation_set.tasks[0]
    one, other = await roll_out(made.context, SKILL, [(task, 0), (task, 0)])
    assert one == other
    assert len(made.target.ran) == 1


async def test_no_wishes_are_no_rollouts() -> None:
    made = await bench()
    assert await roll_out(made.context, SKILL, []) == ()
    assert made.events == []


async def test_another_skill_trial_or_target_is_another_rollout() -> None:
    made = await bench()
    task = made.context.validation_set.tasks[0]
    other = dataclasses.replace(made.context, target_identity="another")
    keys = {
        rollout_key(made.context, SKILL, task, 0),
        rollout_key(made.context, SKILL, task, 1),
        rollout_key(made.context, with_text(ALL_WORDS), task, 0),
        rollout_key(made.context, None, task, 0),
        rollout_key(other, SKILL, task, 0),
    }
    assert len(keys) == 5


async def test_no_skill_is_keyed_like_the_empty_text() -> None:
    made = await bench()
    task = made.context.validation_set.tasks[0]
    (rollout,) = await roll_out(made.context, None, [(task, 0)])
    assert rollout.key.skill == text_hash("")
    assert made.target.ran == [("", task.id, 0)]


async def test_a_failed_call_is_missing_and_the_others_go_on() -> None:
    error = CallFailed("the provider is down", used=Usage(calls=3))
    made = await bench(target=failing(error, "rolls-0"))
    train = made.context.validation_set.split("train")
    rollouts = await roll_out(made.context, SKILL, [(task, 0) for task in train])
    lost = [rollout for rollout in rollouts if isinstance(rollout, Missing)]
    assert [(rollout.task_id, rollout.reason) for rollout in lost] == [
        ("rolls-0", "the provider is down")
    ]
    assert lost[0].usage.calls == 3
    assert len(made.target.ran) == len(train)
    assert sum(event.score is None for event in made.seen(RolloutDone)) == 1
    await roll_out(made.context, SKILL, [(train[1], 0)])
    assert len(made.target.ran) == len(train) + 1, "what is missing is asked for again"


async def test_a_target_that_crashes_has_failed_with_score_0() -> None:
    made = await bench(target=failing(TargetError("timed out after 3 s"), "bread-0"))
    (rollout,) = await roll_out(made.context, SKILL, [(made.context.validation_set.tasks[0], 0)])
    assert isinstance(rollout, Graded)
    assert (rollout.score, rollout.target_error) == (0.0, "timed out after 3 s")
    assert rollout.usage.calls == 1


@pytest.mark.parametrize(
    "error",
    [
        RunStopped("wrong key", used=Usage(calls=2)),
        SpendExhausted("max_calls is 9", used=Usage(calls=2)),
    ],
)
async def test_what_ends_the_run_is_raised_after_the_others_are_kept(
    error: RunStopped | SpendExhausted,
) -> None:
    made = await bench(target=failing(error, "roses-0"))
    train = made.context.validation_set.split("train")
    with pytest.raises(type(error)) as caught:
        await roll_out(made.context, SKILL, [(task, 0) for task in train])
    assert caught.value is error
    kept = [rollout for rollout in made.ledger.paid.values() if isinstance(rollout, Graded)]
    assert len(kept) == len(made.target.ran) - 1
    assert len(kept) < len(train) - 1
    usage = await made.ledger.usage(made.context.run)
    assert usage.calls == len(kept) + 2, "what the failure was charged belongs to the run"


async def test_an_error_of_a_listener_leaves_as_itself() -> None:
    made = await bench()

    def emit(event: object) -> None:
        if isinstance(event, RolloutDone):
            raise KeyError("mine")

    context = dataclasses.replace(made.context, emit=emit)
    with pytest.raises(KeyError, match="mine"):
        await roll_out(context, SKILL, [(made.context.validation_set.tasks[0], 0)])
    assert len(made.ledger.paid) == 1


async def test_seconds_are_measured_by_the_contexts_clock() -> None:
    made = await bench()
    (rollout,) = await roll_out(made.context, SKILL, [(made.context.validation_set.tasks[0], 0)])
    assert rollout.seconds == 1.0


class Saying(ScriptedTarget):
    """A target that always says the same."""

    def __init__(self, said: Answer) -> None:
        super().__init__()
        self.said = said

    async def answer(self, skill: object, task: Task, *, trial: int) -> Answer:
        return self.said


async def test_reasoning_is_taken_out_before_grading_and_kept() -> None:
    right = Answer(text="<Think>flour?</Think>\nbakery", reasoning="hm")
    made = await bench(target=Saying(right))
    bread = made.context.validation_set.tasks[0]
    (rollout,) = await roll_out(made.context, SKILL, [(bread, 0)])
    assert isinstance(rollout, Graded)
    assert (rollout.answer, rollout.score) == ("bakery", 1.0)
    assert rollout.reasoning == "hm\n\nflour?"
    assert made.seen(AnswersLacking) == []


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (Answer(text=""), AnswerFault.EMPTY),
        (Answer(text="<think>bakery</think>"), AnswerFault.ONLY_REASONING),
        (Answer(text="", reasoning="bakery"), AnswerFault.ONLY_REASONING),
        (Answer(text="bake", ending=Ending.CUT), AnswerFault.CUT),
    ],
)
async def test_answers_that_lack_something_are_told_whenever_they_are_used(
    said: Answer, fault: AnswerFault
) -> None:
    made = await bench(target=Saying(said))
    bread = made.context.validation_set.tasks[0]
    for _ in range(2):
        (rollout,) = await roll_out(made.context, SKILL, [(bread, 0)])
    told = AnswersLacking(run=RUN, purpose=bread.split, faults={rollout.key.digest: fault})
    assert made.seen(AnswersLacking) == [told, told]
    assert len(made.seen(RolloutDone)) == 1


async def test_a_withheld_answer_is_missing_and_says_how_it_ended() -> None:
    withheld = CallFailed("withheld", used=Usage(calls=1), ending=Ending.FILTERED)
    made = await bench(target=failing(withheld, "bread-0"))
    (rollout,) = await roll_out(made.context, SKILL, [(made.context.validation_set.tasks[0], 0)])
    assert isinstance(rollout, Missing)
    assert rollout.ending is Ending.FILTERED
    assert made.seen(AnswersLacking)[0].faults == {rollout.key.digest: AnswerFault.REFUSED}


async def test_a_self_check_is_asked_for_stripped_and_kept_beside_the_answer() -> None:
    asked: list[Task] = []

    class Assessing(ScriptedTarget):
        async def answer(self, skill: Skill | None, task: Task, *, trial: int) -> Answer:
            asked.append(task)
            said = await super().answer(skill, task, trial=trial)
            if INSTRUCTION not in task.text:
                return said
            text = f"<think>{MARKER} is asked for</think>{said.text}\n\n{MARKER}\nConfidence: 90"
            return said.model_copy(update={"text": text})

    made = await bench(target=Assessing())
    task = made.context.validation_set.tasks[0]
    wishes = [(task, 0), (self_checked(task), 0)]
    plain, checked = await roll_out(made.context, SKILL, wishes)
    assert isinstance(plain, Graded)
    assert isinstance(checked, Graded)
    assert (plain.manner, plain.assessment) == ("", None)
    assert checked.manner == "self-check"
    assert checked.assessment is not None
    assert checked.assessment.confidence == 0.9
    assert (checked.answer, checked.results) == (plain.answer, plain.results)
    assert checked.key != plain.key
    assert [one.text for one in asked] == [task.text, f"{task.text}\n\n{INSTRUCTION}"]
    assert await roll_out(made.context, SKILL, wishes) == (plain, checked)
    assert len(asked) == 2


async def test_a_trace_is_graded_in_full_and_kept_in_part_and_read_back() -> None:
    made = await bench()
    task = made.context.validation_set.tasks[0]
    last = ToolOrder(type="tool_order", names=("t", "last"))
    task = task.model_copy(update={"checks": (last,)})
    steps = (*(ToolCall(name="t") for _ in range(MOST_STEPS)), ToolCall(name="last"))
    spoken = Answer(
        text="bakery",
        trace=Trace(steps=(*steps, Said(text="bakery"))),
        files=(ProducedFile(path="a", digest="0" * 64, size=1, text="x"),),
    )
    context = dataclasses.replace(made.context, target=Saying(spoken))
    (rollout,) = await roll_out(context, SKILL, [(task, 0)])
    assert isinstance(rollout, Graded)
    assert rollout.score == 1.0
    assert rollout.trace == Trace(steps=steps[:MOST_STEPS], left_out=1)
    assert rollout.files == spoken.files
    assert await roll_out(context, SKILL, [(task, 0)]) == (rollout,)


class _LosesWorkspaces:
    """A check runner whose workspaces are gone for the first ``lost`` checks."""

    def __init__(self, lost: int) -> None:
        self.lost = lost

    async def run(
        self, check: Any, _answer: str, _task: Task, *, produced: Produced
    ) -> CheckResult:
        self.lost -= 1
        if self.lost >= 0:
            raise AnswerLost("its worker was killed")
        return CheckResult(criterion="c", score=1.0, feedback="")


async def _rolled_with(lost: int) -> tuple[ScriptedTarget, Rollout]:
    target = ScriptedTarget()
    made = await bench(target=target)
    task = made.context.validation_set.tasks[0]
    checked = task.model_copy(update={"checks": (Command(type="command", argv=("true",)),)})
    grader = dataclasses.replace(made.context.grader, runner=_LosesWorkspaces(lost))
    context = dataclasses.replace(made.context, grader=grader)
    return target, (await roll_out(context, SKILL, [(checked, 0)]))[0]


async def test_an_answer_lost_before_its_checks_is_asked_for_again_and_counts() -> None:
    target, rollout = await _rolled_with(2)
    assert isinstance(rollout, Graded)
    assert (rollout.score, rollout.usage.calls, len(target.ran)) == (1.0, 3, 3)


async def test_answers_lost_again_and_again_stop_the_run() -> None:
    with pytest.raises(RunStopped, match="its worker was killed; so it was 3 times in a row"):
        await _rolled_with(3)
