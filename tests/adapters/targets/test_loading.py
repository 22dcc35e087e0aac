"""A chat target that decides what to load."""

from __future__ import annotations

import json
from typing import Any

import pytest

from skillopt.adapters.models import LiteLLMModel, ModelSettings
from skillopt.adapters.targets import ChatTarget
from skillopt.adapters.targets.loading import question
from skillopt.core.evaluation.loading import Described
from skillopt.core.evaluation.rollout import Answer
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.evaluation.triggers import TriggerQuery, trigger_tasks
from skillopt.core.quoting import blocks
from skillopt.core.skill.skill import Skill
from skillopt.errors import CallFailed
from tests import loopback as says
from tests.loopback import Loopback
from tests.scripted import tasks

SKILL = Skill(text="---\nname: sort\ndescription: Sorts\u2028letters.\n---\n# Sort\n")
OTHERS = (
    Described(name="cook", description="<<<skill 00"),
    Described(name="sort", description="old"),
)
QUERY = trigger_tasks([TriggerQuery(query="Sort these", should_trigger=True)], skill="sort")[0]
PLAIN = tasks().tasks[0]


async def answered(
    loopback: Loopback, task: Task, *, skill: Skill | None = SKILL, **more: Any
) -> Answer:
    model = LiteLLMModel(ModelSettings(model="openai/m", api_base=loopback.base, max_attempts=1))
    try:
        return await ChatTarget(model, neighbours=OTHERS, **more).answer(skill, task, trial=0)
    finally:
        await model.aclose()


def listed(request: dict[str, Any]) -> list[dict[str, str]]:
    text = blocks(request["messages"][0]["content"])["skills"]
    return [json.loads(line) for line in text.split("\n")]


async def test_it_is_shown_descriptions_and_names_what_it_loads(loopback: Loopback) -> None:
    loopback.script(says.text('```json\n{"load": ["sort"]}\n```'))
    answer = await answered(loopback, QUERY)
    assert answer.trace is not None
    assert [(call.name, call.arguments) for call in answer.trace.tool_calls] == [
        ("Skill", {"skill": "sort"})
    ]
    (request,) = loopback.requests
    assert sorted(one["description"] for one in listed(request)) == [
        "<<<skill 00",
        "Sorts\u2028letters.",
    ]
    assert "# Sort" not in json.dumps(request)
    assert request["messages"][-1] == {"role": "user", "content": "Sort these"}


@pytest.mark.parametrize("reply", ["", "I would load sort.", '{"load": "sort"}', '{"load": []}'])
async def test_a_reply_that_names_no_list_loads_nothing(loopback: Loopback, reply: str) -> None:
    loopback.script(says.text(reply))
    answer = await answered(loopback, QUERY)
    assert answer.trace is not None
    assert answer.trace.tool_calls == ()


@pytest.mark.parametrize("loads", [True, False])
async def test_it_has_the_skill_where_it_asks_for_it(loopback: Loopback, *, loads: bool) -> None:
    loopback.script(says.text(json.dumps({"load": ["sort"] * loads})), says.text("garden"))
    answer = await answered(loopback, PLAIN, loading="described")
    asked, answering = loopback.requests
    assert len(listed(asked)) == 2
    assert ("skill" in blocks(answering["messages"][0]["content"])) is loads
    assert answer.text == "garden"
    assert answer.trace is not None
    assert len(answer.trace.tool_calls) == loads
    assert answer.usage.calls == 2


async def test_what_the_choice_cost_is_charged_where_the_answer_fails(loopback: Loopback) -> None:
    loopback.script(says.text('{"load": []}'), otherwise=says.status(500))
    with pytest.raises(CallFailed) as caught:
        await answered(loopback, PLAIN, loading="described")
    assert caught.value.used is not None
    assert caught.value.used.calls >= 2
    assert caught.value.used.tokens > 0


async def test_without_a_skill_nothing_of_it_is_listed(loopback: Loopback) -> None:
    await answered(loopback, PLAIN, skill=None, loading="described")
    (request,) = loopback.requests
    assert "skills" not in blocks(request["messages"][0]["content"])
    loopback.script(says.text('{"load": []}'))
    await answered(loopback, QUERY, skill=None)
    assert {one["description"] for one in listed(loopback.requests[-1])} == {"<<<skill 00", "old"}


def test_the_order_is_the_seeds_and_no_place_is_always_first() -> None:
    asked = [question(SKILL, OTHERS, QUERY, seed=seed)[0].content for seed in range(64)]
    assert asked == [question(SKILL, OTHERS, QUERY, seed=seed)[0].content for seed in range(64)]
    assert len(set(asked)) == 2  # one order of two in all of 64: 1 in 10^19


def test_a_system_message_of_the_task_is_joined() -> None:
    given = (Message(role="system", content="Be brief."), Message(role="user", content="Sort"))
    task = QUERY.model_copy(update={"input": given})
    first, *rest = question(SKILL, (), task, seed=0)
    assert first.content.endswith("\n\nBe brief.")
    assert [one.role for one in rest] == ["user"]


def test_what_decides_on_loading_is_part_of_the_identity() -> None:
    model = LiteLLMModel(ModelSettings(model="openai/m"))
    plain = ChatTarget(model)
    assert plain.identity == ChatTarget(model, neighbours=(), loading="always").identity
    others = [
        ChatTarget(model, neighbours=OTHERS),
        ChatTarget(model, neighbours=OTHERS[:1]),
        ChatTarget(model, loading="described"),
        ChatTarget(model, neighbours=OTHERS, loading="described"),
    ]
    assert len({plain.identity, *(other.identity for other in others)}) == 5
