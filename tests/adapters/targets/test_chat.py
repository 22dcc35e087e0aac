"""A chat model as the target."""

from __future__ import annotations

from typing import Any

import pytest

from skillopt.adapters.models import LiteLLMModel, ModelSettings
from skillopt.adapters.practice import PracticeModel
from skillopt.adapters.targets import ChatTarget
from skillopt.adapters.targets.chat import trial_seed
from skillopt.core.endings import Ending
from skillopt.core.evaluation.asked import for_target
from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.second_attempt import REQUEST, second_attempt
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.quoting import blocks
from skillopt.core.skill.skill import Skill
from skillopt.errors import CallFailed
from tests import loopback as says
from tests.loopback import Behaviour, Loopback

SKILL = Skill(text="\ufeff---\nname: greet\n---\r\n# Greet\n\nSay <<<skill 00\nhello.")


def task(given: str | tuple[Message, ...] = "Good day?") -> Task:
    return Task(id="t1", split="train", input=given, checks=(Exact(type="exact"),))


def chat(loopback: Loopback, *, seed: int = 0, **settings: Any) -> tuple[LiteLLMModel, ChatTarget]:
    model = LiteLLMModel(ModelSettings(model="openai/m", api_base=loopback.base, **settings))
    return model, ChatTarget(model, seed=seed)


async def test_a_chat_target_shows_the_skill_as_data_above_the_task(loopback: Loopback) -> None:
    model, target = chat(loopback)
    answer = await target.answer(SKILL, task(), trial=0)
    await model.aclose()
    system, user = loopback.requests[0]["messages"]
    assert answer.text == "hello"
    assert blocks(system["content"])["skill"] == SKILL.text
    assert user == {"role": "user", "content": "Good day?"}


async def test_every_trial_starts_afresh_with_its_own_seed(loopback: Loopback) -> None:
    model, target = chat(loopback, seed=5)
    for trial in (0, 1, 0):
        await target.answer(SKILL, task(), trial=trial)
    await model.aclose()
    first, other, again = loopback.requests
    assert first == again
    assert first["messages"] == other["messages"]
    assert first["seed"] == trial_seed(5, 0) != other["seed"]
    assert all(0 <= trial_seed(seed, 1) < 2**31 for seed in range(-50, 50))


async def test_a_chat_target_is_named_by_what_shapes_its_answers(loopback: Loopback) -> None:
    names = [
        chat(loopback)[1].identity,
        chat(loopback, seed=1)[1].identity,
        chat(loopback, params={"temperature": 1.0})[1].identity,
    ]
    assert len(set(names)) == 3
    assert chat(loopback)[1].identity == chat(loopback, api_key="k")[1].identity


async def test_a_template_takes_the_place_of_our_prompt(loopback: Loopback) -> None:
    model, _ = chat(loopback)
    target = ChatTarget(model, template="{skill}\n\n{task}")
    await target.answer(SKILL, task(), trial=0)
    await model.aclose()
    sent = loopback.requests[0]["messages"]
    assert sent == [{"role": "user", "content": f"{SKILL.text}\n\nGood day?"}]
    others = [ChatTarget(model, template=text).identity for text in ("{skill} {task}", "{skill}")]
    assert len({ChatTarget(model).identity, target.identity, *others}) == 4


def test_a_practice_model_is_deterministic_unless_it_is_noisy() -> None:
    quiet = PracticeModel(ModelSettings(model="practice/reader"))
    noisy = PracticeModel(ModelSettings(model="practice/reader", params={"noise": 0.2}))
    assert ChatTarget(quiet).deterministic
    assert ChatTarget(quiet, seed=1).identity == ChatTarget(quiet, seed=2).identity
    assert not ChatTarget(noisy).deterministic
    assert ChatTarget(noisy, deterministic=True).deterministic


async def test_the_practice_reader_answers_as_a_model_does() -> None:
    model = PracticeModel(ModelSettings(model="practice/reader"))
    answer = await ChatTarget(model).answer(Skill(text="# X\n"), task("one two"), trial=0)
    assert answer.text
    assert answer.usage.calls == 1
    assert answer.usage.cost == 0.0


@pytest.mark.parametrize(
    ("reply", "ending"),
    [
        (says.text("", finish="content_filter"), Ending.FILTERED),
        (says.text(None, message={"refusal": "I cannot help with that."}), Ending.REFUSED),
        (says.text("hal", finish="error"), Ending.FAILED),
    ],
)
async def test_a_withheld_answer_is_none(
    loopback: Loopback, reply: Behaviour, ending: Ending
) -> None:
    loopback.script(reply)
    model, target = chat(loopback, max_attempts=1)
    with pytest.raises(CallFailed) as failed:
        await target.answer(SKILL, task(), trial=0)
    await model.aclose()
    assert failed.value.ending is ending
    assert failed.value.passing is (ending is Ending.FAILED)
    assert failed.value.used is not None
    assert failed.value.used.calls == 1


async def test_a_cut_answer_is_one_and_says_so(loopback: Loopback) -> None:
    loopback.script(says.text("<think>hm</think>tw", finish="length"))
    model, target = chat(loopback)
    answer = await target.answer(SKILL, task(), trial=0)
    await model.aclose()
    assert (answer.text, answer.ending, answer.reasoning) == ("tw", Ending.CUT, "hm")


async def test_a_second_attempt_is_the_next_turn_of_the_conversation(loopback: Loopback) -> None:
    model, target = chat(loopback)
    assert target.converses
    again = second_attempt(task(), "hello", converses=target.converses)
    await target.answer(SKILL, for_target(again), trial=0)
    await model.aclose()
    _, *turns = loopback.requests[0]["messages"]
    assert [turn["role"] for turn in turns] == ["user", "assistant", "user"]
    assert [turn["content"] for turn in turns] == ["Good day?", "hello", REQUEST]


def test_a_template_with_a_place_for_the_task_makes_one_text(loopback: Loopback) -> None:
    model, _ = chat(loopback)
    assert not ChatTarget(model, template="{skill}\n\n{task}").converses
    assert ChatTarget(model, template="{skill}").converses
