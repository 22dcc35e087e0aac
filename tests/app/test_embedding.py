"""The loop inside programs of one's own: callables, runnables, graphs."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableLambda
from langgraph.graph import END, START, MessagesState, StateGraph

import skillopt
from skillopt.core.evaluation.checks import Python, Rubric
from skillopt.core.evaluation.rollout import Reply, Usage
from skillopt.core.history.run import RunRecord
from skillopt.core.quoting import blocks
from skillopt.errors import RunStopped
from tests.scripted import SKILL, Messages, agent, learner, proposing, tasks
from tests.standins_ledger import MemoryLedger
from tests.targets import ScriptedTarget


async def tuned(tmp_path: Path, **more: Any) -> skillopt.Run:
    given = {
        "validation_set": tasks(),
        "target": agent,
        "optimizer": learner,
        "ledger": tmp_path / "ledger.db",
        "deterministic": True,
        "rounds": 4,
    }
    return await skillopt.atune(SKILL, **(given | more))


async def async_agent(skill: str, letter: str) -> skillopt.Answer:
    await asyncio.sleep(0)
    used = Usage(calls=2, prompt_tokens=7, completion_tokens=1, cost=0.5)
    return skillopt.Answer(text=agent(skill, letter), usage=used)


async def async_learner(messages: Messages) -> Reply:
    await asyncio.sleep(0)
    return Reply(text=learner(messages), usage=Usage(calls=1, cost=2.0))


async def test_sync_and_async_callables_tune_alike(tmp_path: Path) -> None:
    run = await tuned(tmp_path)
    other = await tuned(tmp_path, target=async_agent, optimizer=async_learner)
    assert run.shipped == other.shipped == "improved"
    assert run.skill == other.skill
    assert run.sealed is not None
    assert run.sealed.difference > 0.5
    assert other.usage.cost is not None
    answers = (other.usage.calls - 2 * len(other.rounds)) / 2
    assert other.usage.cost == answers * 0.5 + 2 * len(other.rounds) * 2.0


async def test_own_objects_are_taken_as_they_are(tmp_path: Path) -> None:
    class Desk:
        identity = "desk, version 1"
        deterministic = True

        async def answer(
            self, skill: skillopt.Skill | None, task: skillopt.Task, *, trial: int
        ) -> skillopt.Answer:
            return skillopt.Answer(text=agent(skill.text if skill else "", task.text))

    class Mentor:
        identity = "mentor, version 1"

        async def reply(self, messages: Any, *, shape: Any) -> Reply:
            said = [message.model_dump() for message in messages]
            return Reply(text=learner(said), usage=Usage(calls=1))

    run = await tuned(tmp_path, target=Desk(), optimizer=Mentor())
    assert run.shipped == "improved"
    assert run.record.target == "desk, version 1"

    unlimited = run.usage.calls
    run = await tuned(
        tmp_path / "limited", target=Desk(), optimizer=Mentor(), max_calls=unlimited // 2
    )
    assert run.usage.calls <= unlimited // 2
    assert run.record.stopped_by == "spend"


def right(answer: str, task: skillopt.Task) -> tuple[float, str]:
    return float(answer == task.expected), f"expected {task.expected}"


async def right_later(answer: str, task: skillopt.Task) -> bool:
    await asyncio.sleep(0)
    return answer == task.expected


async def test_own_checks_sync_and_async(tmp_path: Path) -> None:
    seen: list[str] = []

    def optimizer(messages: Messages) -> str:
        seen.append(blocks(messages[1]["content"])["evidence"])
        return learner(messages)

    checks = (
        Python(type="python", call="own:right", criterion="desk"),
        Python(type="python", call="own:later"),
    )
    run = await tuned(
        tmp_path,
        validation_set=tasks(checks),
        checks={"right": right, "later": right_later},
        optimizer=optimizer,
    )
    assert run.shipped == "improved"
    assert "desk: expected garden" in seen[0]
    assert "python: " in seen[0]
    assert "own:later" not in seen[0], "how it is checked stays with the grader"


async def test_own_checks_that_fail_are_missing_data(tmp_path: Path) -> None:
    def broken(answer: str, task: skillopt.Task) -> bool:
        raise RuntimeError("the grader is down")

    checks = (Python(type="python", call="own:broken"),)
    with pytest.raises(skillopt.ModelError, match="the grader is down"):
        await tuned(tmp_path, validation_set=tasks(checks), checks={"broken": broken})


def judging(messages: Messages) -> str:
    """Meets a criterion where the answer is what was expected."""
    data = blocks(messages[1]["content"])
    met = float(data["answer"] == json.loads(data["expected"]))
    names = json.loads(data["criteria"])
    found = [{"criterion": name, "why": "see", "met": met} for name in names]
    return json.dumps({"results": found})


async def async_judging(messages: Messages) -> str:
    await asyncio.sleep(0)
    return judging(messages)


@pytest.mark.parametrize("judge", [judging, async_judging])
async def test_an_own_judge(judge: Any, tmp_path: Path) -> None:
    rubric = tasks((Rubric(type="rubric", criteria=("desk",)),))
    run = await tuned(tmp_path, validation_set=rubric, judge=judge)
    assert run.shipped == "improved"
    assert not run.record.self_judged


async def test_a_rubric_without_a_judge_is_told_before_any_call(tmp_path: Path) -> None:
    called: list[str] = []

    def target(_skill: str, letter: str) -> str:
        called.append(letter)
        return ""

    rubric = tasks((Rubric(type="rubric", criteria=("desk",)),))
    with pytest.raises(skillopt.InputError, match="--judge"):
        await tuned(tmp_path, validation_set=rubric, target=target)
    assert called == []


async def test_the_target_judges_itself_only_where_the_user_insists(tmp_path: Path) -> None:
    rubric = tasks((Rubric(type="rubric", criteria=("desk",)),))
    roles = {"target": "practice/reader", "judge": "practice/reader", "optimizer": proposing("no")}
    with pytest.raises(skillopt.InputError, match="allow-self-judging"):
        await tuned(tmp_path, validation_set=rubric, **roles)


def chain(given: dict[str, Any]) -> str:
    system, letter = given["messages"][0]["content"], given["messages"][-1]["content"]
    return agent(blocks(system).get("skill", ""), letter)


async def node(state: MessagesState) -> dict[str, Any]:
    system, letter = state["messages"][0].text, state["messages"][-1].text
    return {"messages": [AIMessage(agent(blocks(system).get("skill", ""), letter))]}


def graph_target() -> Any:
    graph = StateGraph(MessagesState)
    graph.add_node("answer", node)
    graph.add_edge(START, "answer")
    graph.add_edge("answer", END)
    return graph.compile()


@pytest.mark.parametrize("kind", ["LangChain", "LangGraph"])
async def test_runnables_as_the_target(kind: str, tmp_path: Path) -> None:
    target = RunnableLambda(chain) if kind == "LangChain" else graph_target()
    run = await tuned(tmp_path, target=target)
    assert run.shipped == "improved"


async def test_cancelling_a_run_keeps_what_was_paid(tmp_path: Path) -> None:
    asked: list[str] = []

    async def target(skill: str, letter: str) -> str:
        asked.append(f"{letter} {skill}")
        if len(asked) == 40:
            asyncio.get_running_loop().call_soon(running.cancel)
            await asyncio.Event().wait()
        return agent(skill, letter)

    target.__qualname__ = "the same target"
    running = asyncio.ensure_future(tuned(tmp_path, target=target, concurrency=1))
    with pytest.raises(asyncio.CancelledError):
        await running
    before = asked[:39]
    run = await tuned(tmp_path, target=target, concurrency=1)
    assert run.shipped == "improved"
    assert not set(before) & set(asked[40:])


async def test_the_same_run_twice_at_once_in_one_process_is_told(tmp_path: Path) -> None:
    async with skillopt.SqlLedger.open(tmp_path / "ledger.db") as ledger:
        both = [tuned(tmp_path, ledger=ledger) for _ in range(2)]
        ends = await asyncio.gather(*both, return_exceptions=True)
        assert sorted(type(end).__name__ for end in ends) == ["Run", "RunHeld"]
        assert len(await ledger.list_runs()) == 1


async def test_two_texts_of_one_name_are_tuned_at_once(tmp_path: Path) -> None:
    other = skillopt.Skill(text=f"{SKILL.text}\nBe kind.\n")
    given: dict[str, Any] = {"validation_set": tasks(), "target": agent, "optimizer": learner}
    async with skillopt.SqlLedger.open(tmp_path / "ledger.db") as ledger:
        one, two = await asyncio.gather(
            *(
                skillopt.atune(skill, ledger=ledger, deterministic=True, rounds=1, **given)
                for skill in (SKILL, other)
            )
        )
    assert one.record.id != two.record.id
    assert (one.first, two.first) == (SKILL, other)


class FullOnce(MemoryLedger):
    """Has no room for the first run that is to be entered."""

    full = True

    async def start_run(self, run: RunRecord, skill: skillopt.Skill) -> None:
        if self.full:
            self.full = False
            raise skillopt.LedgerError("the disk is full")
        await super().start_run(run, skill)


async def test_a_run_that_could_not_be_entered_begins_at_the_next_try() -> None:
    async with skillopt.tuning(
        SKILL,
        validation_set=tasks(),
        target=agent,
        optimizer=learner,
        ledger=FullOnce(),
        deterministic=True,
        rounds=1,
    ) as tuning:
        with pytest.raises(skillopt.LedgerError, match="full"):
            await tuning.run()
        assert len((await tuning.run()).rounds) == 1


async def test_a_run_that_is_over_is_left_before_its_context_is(tmp_path: Path) -> None:
    async with (
        skillopt.SqlLedger.open(tmp_path / "ledger.db") as ledger,
        skillopt.tuning(
            SKILL,
            validation_set=tasks(),
            target=agent,
            optimizer=learner,
            ledger=ledger,
            deterministic=True,
            rounds=4,
        ) as tuning,
    ):
        first = await tuning.run()
        again = await tuned(tmp_path, ledger=ledger)
    assert again.record.id != first.record.id


async def test_a_run_whose_first_version_could_not_be_measured_goes_on_at_the_next_try(
    tmp_path: Path,
) -> None:
    target = ScriptedTarget(before=lambda *_: refuse_the_fifth())

    def refuse_the_fifth() -> None:
        if len(target.ran) == 5:
            raise RunStopped("the provider's door is shut")

    async with skillopt.tuning(
        SKILL,
        validation_set=tasks(),
        target=target,
        optimizer=learner,
        ledger=tmp_path / "ledger.db",
        rounds=4,
        concurrency=1,
    ) as tuning:
        with pytest.raises(RunStopped, match="shut"):
            await tuning.run()
        assert len(target.ran) == 5
        run = await tuning.run()
    alone = ScriptedTarget()
    other = await tuned(tmp_path, target=alone, ledger=tmp_path / "alone.db", concurrency=1)
    assert (run.skill, run.shipped) == (other.skill, "improved")
    assert sorted(target.ran) == sorted([*alone.ran, target.ran[4]])
