"""What a chat model is shown: the skill as data, the task's turns, one system message."""

from __future__ import annotations

from typing import Any

from skillopt.adapters.models import LiteLLMModel, ModelSettings
from skillopt.adapters.targets import ChatTarget
from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.quoting import blocks
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile
from tests.loopback import Loopback

SKILL = Skill(text="\ufeff---\nname: greet\n---\r\n# Greet\n\nSay <<<skill 00\nhello.")


def task(given: str | tuple[Message, ...] = "Good day?") -> Task:
    return Task(id="t1", split="train", input=given, checks=(Exact(type="exact"),))


CONVERSATION = task(
    (
        Message(role="system", content="You are at the desk."),
        Message(role="user", content="Hi"),
        Message(role="assistant", content="Yes?"),
        Message(role="user", content="Good day"),
    )
)


def chat(loopback: Loopback, *, seed: int = 0, **settings: Any) -> tuple[LiteLLMModel, ChatTarget]:
    model = LiteLLMModel(ModelSettings(model="openai/m", api_base=loopback.base, **settings))
    return model, ChatTarget(model, seed=seed)


async def test_without_a_skill_there_is_no_block(loopback: Loopback) -> None:
    model, target = chat(loopback)
    await target.answer(None, task(), trial=0)
    await model.aclose()
    assert blocks(loopback.requests[0]["messages"][0]["content"]) == {}


async def test_a_conversation_keeps_its_turns_and_one_system_message(loopback: Loopback) -> None:
    model, target = chat(loopback)
    await target.answer(SKILL, CONVERSATION, trial=0)
    await model.aclose()
    sent = loopback.requests[0]["messages"]
    assert [message["role"] for message in sent] == ["system", "user", "assistant", "user"]
    assert sent[0]["content"].endswith("You are at the desk.")


async def test_a_folders_references_stand_in_the_block(loopback: Loopback) -> None:
    model, target = chat(loopback)
    file = SkillFile(path="refs/a.md", data=b"- one\n")
    await target.answer(SKILL.model_copy(update={"files": (file,)}), task(), trial=0)
    await model.aclose()
    shown = blocks(loopback.requests[0]["messages"][0]["content"])["skill"]
    assert shown == f"{SKILL.text}\n\n=== refs/a.md ===\n\n- one\n"
