"""A refused candidate on the train tasks shown: what it fixed and what it broke there."""

from __future__ import annotations

from skillopt.core.evaluation.rollout import Graded
from skillopt.core.evaluation.task import Task
from skillopt.core.loop_settings import Conditioning
from skillopt.core.proposals.lessons import CHEAP
from skillopt.core.proposals.refusal import TrainEffect
from skillopt.core.skill.changes import Change
from skillopt.core.skill.skill import Skill
from skillopt.engine.steps.roll_out import roll_out
from skillopt.engine.steps.try_on_train import Refused, try_on_train
from skillopt.errors import CallFailed, SpendExhausted
from tests.engine.setups import Bench, bench
from tests.scripted import SKILL
from tests.targets import ScriptedTarget

SWAPPED = Skill(text=SKILL.text.replace("- bread: bakery\n", "- roses: garden\n"))
"""Solves the task about roses, and no more that about bread."""
ALWAYS = Conditioning(train_check=True)
NEVER = Conditioning(train_check=False)


async def shown_by(made: Bench, *, trials: int = 1) -> list[Graded]:
    """The incumbent's rollouts on all train tasks."""
    wishes = [
        (task, trial)
        for task in made.context.validation_set.split("train")
        for trial in range(trials)
    ]
    made_by_it = await roll_out(made.context, SKILL, wishes)
    made.target.ran.clear()
    return [rollout for rollout in made_by_it if isinstance(rollout, Graded)]


async def test_it_says_what_was_fixed_and_what_was_broken() -> None:
    made = await bench()
    shown = await shown_by(made)
    effect = await try_on_train(
        made.context, Refused(SWAPPED, SKILL), shown=shown, aims=["roses-0"]
    )
    assert effect == TrainEffect(mended=("roses-0",), broke=("bread-0",), same=10)
    assert {task for _, task, _ in made.target.ran} == {rollout.task_id for rollout in shown}


async def test_runs_of_one_task_are_compared_by_their_mean() -> None:
    made = await bench(
        target=ScriptedTarget(noise=0.3), deterministic=False, conditioning=ALWAYS, trials=4
    )
    shown = await shown_by(made, trials=4)
    effect = await try_on_train(made.context, Refused(SWAPPED, SKILL), shown=shown, aims=[])
    assert effect is not None
    assert len(effect.mended) + len(effect.broke) + effect.same == 12
    assert "roses-0" in effect.mended
    assert "bread-0" in effect.broke


async def test_unasked_it_is_done_where_it_is_cheap_and_then_for_few() -> None:
    made = await bench()
    shown = await shown_by(made, trials=3)
    effect = await try_on_train(
        made.context, Refused(SWAPPED, SKILL), shown=shown, aims=["roses-0"]
    )
    assert effect is not None
    assert len(made.target.ran) == CHEAP
    assert effect.mended == ("roses-0",), "what it aims at comes first"
    assert effect.broke == ("bread-0",), "then what it can break"


async def test_unasked_a_noisy_target_is_not_run() -> None:
    made = await bench(deterministic=False)
    shown = await shown_by(made)
    assert await try_on_train(made.context, Refused(SWAPPED, SKILL), shown=shown, aims=[]) is None
    assert made.target.ran == []


async def test_the_setting_decides() -> None:
    for conditioning, runs in ((ALWAYS, 36), (NEVER, 0)):
        made = await bench(conditioning=conditioning)
        shown = await shown_by(made, trials=3)
        effect = await try_on_train(made.context, Refused(SWAPPED, SKILL), shown=shown, aims=[])
        assert len(made.target.ran) == runs
        assert (effect is None) is (runs == 0)


async def test_where_nothing_was_shown_nothing_is_run() -> None:
    made = await bench()
    assert await try_on_train(made.context, Refused(SWAPPED, SKILL), shown=[], aims=[]) is None


def failing(error: Exception, word: str) -> ScriptedTarget:
    def before(skill: str, task: Task, _trial: int) -> None:
        if skill == SWAPPED.text and task.id.startswith(word):
            raise error

    return ScriptedTarget(before=before)


async def test_what_could_not_be_had_is_left_out() -> None:
    made = await bench(target=failing(CallFailed("down"), "bread"))
    shown = await shown_by(made)
    effect = await try_on_train(made.context, Refused(SWAPPED, SKILL), shown=shown, aims=[])
    assert effect == TrainEffect(mended=("roses-0",), broke=(), same=10)


async def test_where_the_limits_leave_no_room_the_round_is_decided_without() -> None:
    made = await bench(target=failing(SpendExhausted("max_calls is 9"), "saw"))
    shown = await shown_by(made)
    assert await try_on_train(made.context, Refused(SWAPPED, SKILL), shown=shown, aims=[]) is None


ROSES = Change(section="", after="- Roses grow in the garden.")


async def test_it_is_tried_where_its_words_reach_although_the_proposal_was_not_shown_that() -> None:
    made = await bench()
    refused = Refused(SWAPPED, SKILL, [ROSES])
    effect = await try_on_train(made.context, refused, shown=[], aims=[])
    assert effect == TrainEffect(mended=("roses-0",))
    assert {task for _, task, _ in made.target.ran} == {"roses-0"}


async def test_without_lessons_only_what_was_shown_is_tried() -> None:
    made = await bench(conditioning=Conditioning(lessons=False))
    refused = Refused(SWAPPED, SKILL, [ROSES])
    assert await try_on_train(made.context, refused, shown=[], aims=[]) is None
    assert made.target.ran == []
