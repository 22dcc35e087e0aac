"""Agreement that rises while the score falls is said; nothing is run to find it out."""

from __future__ import annotations

import random

from skillopt.core.evaluation.rollout import Answer
from skillopt.core.evaluation.task import Task
from skillopt.core.skill.skill import Skill
from skillopt.core.value import content_hash
from skillopt.engine.steps.roll_out import roll_out
from skillopt.engine.steps.watch_agreement import watch_agreement
from tests.engine.setups import Bench, bench, with_text
from tests.scripted import SKILL
from tests.targets import ScriptedTarget

STUBBORN = with_text("Always the same.\n")


class Wavering(ScriptedTarget):
    """Right on half of its runs with the first version, and wrong alike with the other."""

    async def answer(self, skill: Skill | None, task: Task, *, trial: int) -> Answer:
        await super().answer(skill, task, trial=trial)
        if skill == STUBBORN:
            return Answer(text="nowhere")
        draw = random.Random(content_hash([task.id, trial]))
        right = draw.random() < 0.5
        return Answer(text=str(task.expected) if right else f"perhaps {draw.random()}")


async def ran(*, trials: int = 4, deterministic: bool = False) -> Bench:
    made = await bench(target=Wavering(), trials=trials, deterministic=deterministic)
    train = made.context.validation_set.split("train")
    wishes = [(task, trial) for task in train for trial in range(trials)]
    for skill in (SKILL, STUBBORN):
        await roll_out(made.context, skill, wishes)
    return made


async def test_more_agreement_on_wrong_answers_is_said_and_costs_nothing() -> None:
    made = await ran()
    before = len(made.target.ran)
    says = await watch_agreement(made.context, STUBBORN)
    assert says is not None
    assert says.startswith("on train tasks agreement rises by +")
    assert len(made.target.ran) == before


async def test_without_repeated_runs_or_another_version_there_is_nothing_to_say() -> None:
    assert await watch_agreement((await ran(trials=1)).context, STUBBORN) is None
    assert await watch_agreement((await ran(deterministic=True)).context, STUBBORN) is None
    made = await ran()
    assert await watch_agreement(made.context, SKILL) is None
    assert await watch_agreement(made.context, with_text("Never run.\n")) is None
