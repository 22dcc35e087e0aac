from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypedDict

import pytest
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.messages import AIMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph

from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.models import LiteLLMModel, ModelSettings, load_litellm
from skillopt.adapters.targets import CallableTarget, ChatTarget, CommandTarget, RunnableTarget
from skillopt.adapters.targets.chat import trial_seed
from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.rollout import Answer, Usage
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.loop_settings import SpendLimits
from skillopt.core.quoting import blocks
from skillopt.core.skill.skill import Skill
from skillopt.errors import CallFailed, RunStopped, SpendExhausted, TargetError
from tests.loopback import Loopback

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


# A chat model


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


def test_a_practice_model_is_deterministic_unless_it_is_noisy() -> None:
    quiet = LiteLLMModel(ModelSettings(model="practice/reader"))
    noisy = LiteLLMModel(ModelSettings(model="practice/reader", params={"noise": 0.2}))
    assert ChatTarget(quiet).deterministic
    assert ChatTarget(quiet, seed=1).identity == ChatTarget(quiet, seed=2).identity
    assert not ChatTarget(noisy).deterministic
    assert ChatTarget(noisy, deterministic=True).deterministic


async def test_the_practice_reader_answers_through_the_same_door() -> None:
    model = LiteLLMModel(ModelSettings(model="practice/reader"))
    answer = await ChatTarget(model).answer(Skill(text="# X\n"), task("one two"), trial=0)
    await model.aclose()
    assert answer.text
    assert answer.usage.calls == 1
    assert answer.usage.cost == 0.0


# A function


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


def provider_error(name: str) -> Exception:
    made: Exception = getattr(load_litellm().exceptions, name)("boom", "openai", "m")
    return made


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (lambda: ValueError("my own bug"), TargetError),
        (lambda: TimeoutError("inside"), TargetError),
        (lambda: provider_error("RateLimitError"), CallFailed),
        (lambda: provider_error("AuthenticationError"), RunStopped),
        (lambda: CallFailed("said so"), CallFailed),
        (lambda: SpendExhausted("said so"), SpendExhausted),
    ],
    ids=["bug", "timeout", "rate limit", "key", "call failed", "spend"],
)
async def test_whose_failure_it_is(
    raised: Callable[[], Exception], expected: type[Exception]
) -> None:
    async def agent(_: str, __: Any) -> str:
        try:
            raise raised()
        except ValueError as error:
            raise RuntimeError("around it") from error

    with pytest.raises(expected):
        await CallableTarget(agent).answer(None, task(), trial=0)


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


def test_a_function_is_named_by_itself_or_by_its_user() -> None:
    assert CallableTarget(later).identity == CallableTarget(later).identity
    assert CallableTarget(later).identity != CallableTarget(now).identity
    assert CallableTarget(later, name="agent v2").identity != CallableTarget(later).identity
    assert CallableTarget(later, name="v").identity == CallableTarget(now, name="v").identity


# A LangChain or LangGraph runnable


def agent_graph() -> Any:
    async def speak(state: MessagesState) -> dict[str, Any]:
        skill = blocks(str(state["messages"][0].content))["skill"]
        said = f"{len(state['messages'])} messages, skill of {len(skill)}"
        used = {"input_tokens": 11, "output_tokens": 4, "total_tokens": 15}
        return {"messages": [AIMessage(content=said, usage_metadata=used)]}

    graph = StateGraph(MessagesState)
    graph.add_node("speak", speak)
    graph.add_edge(START, "speak")
    graph.add_edge("speak", END)
    return graph.compile(checkpointer=InMemorySaver())


async def test_a_graph_with_a_memory_starts_afresh_each_time() -> None:
    meter = SpendMeter(SpendLimits())
    target = RunnableTarget(agent_graph(), meter=meter)
    answers = [await target.answer(SKILL, task(), trial=trial) for trial in range(2)]
    assert [answer.text for answer in answers] == [f"2 messages, skill of {len(SKILL.text)}"] * 2
    assert answers[0].usage == Usage(calls=1, prompt_tokens=11, completion_tokens=4, cost=None)
    assert meter.used.calls == 2


async def test_a_chat_model_of_langchain_is_a_target() -> None:
    answer = await RunnableTarget(FakeListChatModel(responses=["hello"])).answer(
        SKILL, CONVERSATION, trial=0
    )
    assert answer.text == "hello"


class OwnState(TypedDict, total=False):
    rules: str
    question: str
    verdict: str


async def test_a_graph_of_ones_own_shape_is_a_target() -> None:
    async def decide(state: OwnState) -> OwnState:
        return {"verdict": f"{state['question']} by {len(state['rules'])}"}

    graph = StateGraph(OwnState)
    graph.add_node("decide", decide)
    graph.add_edge(START, "decide")
    graph.add_edge("decide", END)

    def asked(skill: str, messages: list[dict[str, str]]) -> OwnState:
        return {"rules": skill, "question": messages[-1]["content"]}

    def verdict(state: Mapping[str, str]) -> str:
        return state["verdict"]

    target = RunnableTarget(graph.compile(), to_input=asked, to_text=verdict)
    answer = await target.answer(SKILL, task(), trial=0)
    assert answer.text == f"Good day? by {len(SKILL.text)}"


class Says:
    def __init__(self, output: Any) -> None:
        self.output = output

    async def ainvoke(self, input: Any, config: Any = None) -> Any:  # noqa: A002 - their name
        if isinstance(self.output, Exception):
            raise self.output
        return self.output


@pytest.mark.parametrize(
    ("output", "text"),
    [
        ("plain", "plain"),
        ({"messages": [{"role": "assistant", "content": "dict"}]}, "dict"),
        (AIMessage(content=["a", {"type": "text", "text": "b"}, {"type": "image"}]), "ab"),
    ],
    ids=["text", "dicts", "parts"],
)
async def test_the_text_is_found(output: Any, text: str) -> None:
    assert (await RunnableTarget(Says(output)).answer(None, task(), trial=0)).text == text


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ({"verdict": "x"}, TargetError),
        (None, TargetError),
        (KeyError("x"), TargetError),
        (provider_error("Timeout"), CallFailed),
    ],
    ids=["elsewhere", "none", "bug", "provider"],
)
async def test_a_runnable_that_fails(output: Any, expected: type[Exception]) -> None:
    with pytest.raises(expected):
        await RunnableTarget(Says(output)).answer(None, task(), trial=0)


# A command


def command(code: str, **options: Any) -> CommandTarget:
    return CommandTarget([sys.executable, "-c", code], **options)


ECHO = """
import json, sys
asked = json.load(sys.stdin)
skill = asked["skill_path"] and open(asked["skill_path"], "rb").read().hex()
print(json.dumps([skill, asked["input"], asked["task_id"], asked["trial"]]))
"""


async def test_a_command_finds_the_skill_to_the_byte_and_answers() -> None:
    answer = await command(ECHO).answer(SKILL, CONVERSATION, trial=3)
    skill, given, name, trial = json.loads(answer.text)
    assert bytes.fromhex(skill) == SKILL.to_bytes()
    assert given == [message.model_dump() for message in CONVERSATION.messages]
    assert (name, trial) == ("t1", 3)
    assert not answer.text.endswith("\n")


async def test_a_command_without_a_skill_is_told_so() -> None:
    answer = await command(ECHO).answer(None, task("é"), trial=0)
    assert json.loads(answer.text) == [None, "é", "t1", 0]


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        ("import sys; sys.exit('no idea')", "exit code 1: no idea"),
        ("import sys; sys.stdout.buffer.write(bytes([255]))", "not UTF-8"),
        ("print('x' * 2_000_000)", "the limit is"),
    ],
)
async def test_a_command_that_fails_is_the_targets_failure(code: str, complaint: str) -> None:
    with pytest.raises(TargetError, match=complaint):
        await command(code).answer(SKILL, task(), trial=0)


async def test_a_command_that_is_too_slow_is_killed() -> None:
    with pytest.raises(TargetError, match="was killed"):
        await command("import signal; signal.pause()", timeout=DEADLINE).answer(
            None, task(), trial=0
        )


async def test_nothing_a_command_has_started_outlives_its_rollout(tmp_path: Path) -> None:
    line = tmp_path / "line"
    os.mkfifo(line)
    code = f"""
import subprocess, sys
with open({str(line)!r}, "w") as line:
    wait = "import signal; print('ready', flush=True); signal.pause()"
    subprocess.run([sys.executable, "-c", wait], stdout=line)
"""
    rollout = asyncio.create_task(command(code, timeout=None).answer(None, task(), trial=0))
    with await asyncio.to_thread(line.open) as heard:
        assert await asyncio.to_thread(heard.readline) == "ready\n"
        rollout.cancel()
        with pytest.raises(asyncio.CancelledError):
            await rollout
        # The line ends when the last process that holds its other end is gone.
        assert await asyncio.to_thread(heard.read) == ""


async def test_a_command_that_reads_nothing_still_answers() -> None:
    long = task("x" * 1_000_000)
    assert (await command("print('done')").answer(None, long, trial=0)).text == "done"


async def test_a_command_that_is_not_there_stops_the_run() -> None:
    with pytest.raises(RunStopped, match="no-such-program"):
        await CommandTarget(["no-such-program"]).answer(None, task(), trial=0)


async def test_runs_of_a_command_are_limited() -> None:
    meter = SpendMeter(SpendLimits(max_calls=1))
    target = command("print(1)", meter=meter)
    await target.answer(None, task(), trial=0)
    with pytest.raises(SpendExhausted):
        await target.answer(None, task(), trial=1)
