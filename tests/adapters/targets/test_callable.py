"""A function as the target."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.targets import CallableTarget
from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.rollout import Answer, Usage
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.evaluation.trace import ToolCall, Trace
from skillopt.core.loop_settings import SpendLimits
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile
from skillopt.errors import SpendExhausted, TargetError

SKILL = Skill(text="\ufeff---\nname: greet\n---\r\n# Greet\n\nSay <<<skill 00\nhello.")


DEADLINE = 0.1


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


async def later(skill: str, given: Any) -> str:
    return f"{skill}|{given}"


def now(skill: str, given: Any) -> str:
    return f"{skill}|{given}"


class Agent:
    async def __call__(self, skill: str, given: Any) -> str:
        return f"{skill}|{given}"


@pytest.mark.parametrize("function", [later, now, Agent()], ids=["async", "sync", "object"])
async def test_a_function_is_a_target(function: Any) -> None:
    target = CallableTarget(function)
    assert (await target.answer(SKILL, task(), trial=0)).text == f"{SKILL.text}|Good day?"
    assert (await target.answer(None, task(), trial=0)).text == "|Good day?"
    turns = [message.model_dump() for message in CONVERSATION.messages]
    assert (await target.answer(None, CONVERSATION, trial=0)).text == f"|{turns}"


async def test_a_function_may_say_what_it_used() -> None:
    used = Usage(calls=4, prompt_tokens=9, cost=0.5)

    async def agent(_: str, __: Any) -> Answer:
        return Answer(text="x", usage=used)

    meter = SpendMeter(SpendLimits())
    assert (await CallableTarget(agent, meter=meter).answer(None, task(), trial=0)).usage == used
    assert meter.used == used


async def test_sync_functions_run_at_once() -> None:
    import threading

    barrier = threading.Barrier(3, timeout=30)

    def agent(_: str, __: Any) -> str:
        barrier.wait()
        return "met"

    target = CallableTarget(agent)
    answers = await asyncio.gather(*(target.answer(None, task(), trial=n) for n in range(3)))
    assert [answer.text for answer in answers] == ["met"] * 3


async def test_a_function_that_is_too_slow_has_failed() -> None:
    async def agent(_: str, __: Any) -> str:
        await asyncio.Event().wait()
        return "never"

    with pytest.raises(TargetError, match=r"took over 0\.1 s"):
        await CallableTarget(agent, timeout=DEADLINE).answer(None, task(), trial=0)


async def test_a_function_that_returns_no_answer_has_failed() -> None:
    wrong: Any = lambda _, __: 7  # noqa: E731
    with pytest.raises(TargetError, match="returned int"):
        await CallableTarget(wrong).answer(None, task(), trial=0)


async def test_cancelling_passes_through_and_counts() -> None:
    started = asyncio.Event()

    async def agent(_: str, __: Any) -> str:
        started.set()
        await asyncio.Event().wait()
        return "never"

    meter = SpendMeter(SpendLimits(max_calls=3))
    rollout = asyncio.create_task(CallableTarget(agent, meter=meter).answer(None, task(), trial=0))
    await started.wait()
    rollout.cancel()
    with pytest.raises(asyncio.CancelledError):
        await rollout
    assert meter.used.calls == 1


async def test_calls_of_a_function_are_limited() -> None:
    meter = SpendMeter(SpendLimits(max_calls=3))
    target = CallableTarget(later, meter=meter)
    done = await asyncio.gather(
        *(target.answer(None, task(), trial=n) for n in range(8)), return_exceptions=True
    )
    assert sum(isinstance(outcome, Answer) for outcome in done) == 3
    assert sum(isinstance(outcome, SpendExhausted) for outcome in done) == 5


async def test_it_may_take_the_task_the_trial_and_a_folder_with_the_skill() -> None:
    seen: list[Path] = []

    def agent(skill: str, asked: str, *, task: Task, trial: int, skill_folder: Path | None) -> str:
        if skill_folder is None:
            return f"none|{asked}"
        seen.append(skill_folder)
        there = (skill_folder / "SKILL.md").read_bytes() == SKILL.to_bytes()
        return f"{skill_folder.name}|{there}|{task.id}|{trial}|{asked}"

    target = CallableTarget(agent)
    assert (await target.answer(SKILL, task(), trial=2)).text == "greet|True|t1|2|Good day?"
    assert (await target.answer(SKILL, task(), trial=3)).text == "greet|True|t1|3|Good day?"
    assert (await target.answer(None, task(), trial=0)).text == "none|Good day?"
    assert len(set(seen)) == 2
    assert not any(path.exists() for path in seen)


async def test_what_it_did_is_passed_on() -> None:
    trace = Trace(steps=(ToolCall(name="search"),))
    target = CallableTarget(lambda _, __: Answer(text="x", trace=trace))
    assert (await target.answer(SKILL, task(), trial=0)).trace == trace


async def test_a_function_is_given_a_folders_references_with_the_text() -> None:
    folder = Skill(text="# x\n", files=(SkillFile(path="a.md", data=b"- one\n"),))
    answer = await CallableTarget(now).answer(folder, task(), trial=0)
    assert answer.text == "# x\n\n=== a.md ===\n\n- one\n|Good day?"


async def test_one_that_takes_the_folder_is_given_the_skill_md_alone() -> None:
    def agent(skill: str, _asked: str, *, skill_folder: Path) -> str:
        return f"{skill}|{(skill_folder / 'a.md').read_text()}"

    folder = Skill(text="# x\n", files=(SkillFile(path="a.md", data=b"- one\n"),))
    assert (await CallableTarget(agent).answer(folder, task(), trial=0)).text == "# x\n|- one\n"
