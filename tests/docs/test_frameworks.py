"""The page on frameworks: each example runs as it stands, on the framework's own scripted model.

A framework that is not installed is skipped, with the extra that brings it.
"""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import skillopt
from skillopt.adapters.ledger import SqlLedger
from skillopt.app.evaluate import EVALUATIONS, Evaluation
from skillopt.core.evaluation.rollout import Usage

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))

from pages.parts import fences  # noqa: E402

PAGE = ROOT / "docs" / "frameworks.md"
EXAMPLES = {
    fence.text.partition("\n")[0].removeprefix("# "): fence
    for fence in fences(PAGE)
    if fence.language == "python"
}
SKILL = "---\nname: orders\ndescription: Where an order is.\n---\n# Orders\n\nLook orders up.\n"
LOOKED_UP = {"id": "1", "name": "order_status", "args": {"order": 23}, "type": "tool_call"}
SAID = "Order 23 is sent."


def installed(module: str, extra: str) -> ModuleType:
    return pytest.importorskip(module, reason=f"needs the extra {extra!r} of skillopt-ledger")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with the page's tasks and a skill."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    [tasks] = [fence for fence in fences(PAGE) if fence.language == "yaml"]
    (tmp_path / "tasks.yaml").write_text(tasks.text)
    (tmp_path / "SKILL.md").write_text(SKILL)
    (tmp_path / "skillopt.toml").touch()
    return tmp_path


def copied(name: str, folder: Path) -> Any:
    """The example, copied out of the page into ``folder`` and imported there."""
    (folder / name).write_text(EXAMPLES[name].text)
    sys.modules.pop(name.removesuffix(".py"), None)
    importlib.invalidate_caches()
    return importlib.import_module(name.removesuffix(".py"))


async def measured(target: Any, **options: Any) -> tuple[Evaluation, Usage]:
    found = await skillopt.aevaluate(
        "SKILL.md",
        validation_set="tasks.yaml",
        target=target,
        ledger="ledger.db",
        deterministic=True,
        identity="example",
        concurrency=1,
        **options,
    )
    async with SqlLedger.open("ledger.db") as ledger:
        return found, await ledger.usage(EVALUATIONS)


def scripted_chat_model() -> Any:
    """LangChain's scripted model, which calls the tool once and then answers."""
    from langchain_core.language_models.fake_chat_models import FakeMessagesListChatModel
    from langchain_core.messages import AIMessage

    class Scripted(FakeMessagesListChatModel):
        heard: list[Any] = []  # noqa: RUF012 - a field of pydantic's

        def bind_tools(self, tools: Any, **_: Any) -> Any:
            return self

        def _generate(self, messages: Any, *args: Any, **named: Any) -> Any:
            self.heard.append(messages)
            return super()._generate(messages, *args, **named)

    used = {"input_tokens": 20, "output_tokens": 3, "total_tokens": 23}
    return Scripted(
        responses=[
            AIMessage("", tool_calls=[LOOKED_UP], usage_metadata=used),
            AIMessage(SAID, usage_metadata=used),
        ]
    )


TWO_CALLS = Usage(calls=2, prompt_tokens=40, completion_tokens=6, cost=None)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_short(name: str) -> None:
    code = [line for line in EXAMPLES[name].text.splitlines() if line.strip()]
    assert len(code) < 30


async def test_a_plain_function(project: Path) -> None:
    found, used = await measured(copied("plain_agent.py", project).agent)
    assert found.score.mean == 1.0
    assert used.calls == 1


async def test_a_plain_function_without_the_tool_fails_its_check(project: Path) -> None:
    def silent(skill: str, question: str) -> skillopt.Answer:
        return skillopt.Answer(text=SAID, trace=skillopt.traces.Trace())

    found, _ = await measured(silent)
    assert found.score.mean == 0.5


async def test_a_target_that_gives_no_trace_is_told_so(project: Path) -> None:
    def plain(skill: str, question: str) -> str:
        return SAID

    with pytest.raises(skillopt.InputError, match="says nothing of its tool calls"):
        await measured(plain)


async def test_a_langgraph_graph(project: Path) -> None:
    model = scripted_chat_model()
    found, used = await measured(copied("langgraph_agent.py", project).build(model))
    assert found.score.mean == 1.0
    assert used == TWO_CALLS
    assert "Look orders up." in model.heard[0][0].content


async def test_tuning_is_a_part_of_a_graph(project: Path) -> None:
    agent = copied("plain_agent.py", project).agent

    def optimizer(messages: list[dict[str, str]]) -> str:
        if '"critiques"' in messages[0]["content"] and "limits" not in messages[1]["content"]:
            return json.dumps({"critiques": []})
        edit = {"kind": "insert", "anchor": "", "where": "after", "text": "Be polite.\n"}
        return json.dumps({"idea": "be polite", "edits": [edit]})

    state = await copied("tuning_graph.py", project).night(
        agent,
        validation_set="tasks.yaml",
        optimizer=optimizer,
        ledger="ledger.db",
        rounds=1,
        deterministic=True,
    )
    assert state["skill"] == SKILL


async def test_an_agent_of_langchain(project: Path) -> None:
    installed("langchain.agents", "langchain")
    model = scripted_chat_model()
    found, used = await measured(copied("langchain_agent.py", project).build(model))
    assert found.score.mean == 1.0
    assert used == TWO_CALLS
    assert "Look orders up." in model.heard[0][0].content


async def test_a_deep_agent(project: Path) -> None:
    installed("deepagents", "deepagents")
    example, model = copied("deep_agent.py", project), scripted_chat_model()
    example.MODEL = model
    found, used = await measured(example.agent)
    assert found.score.mean == 1.0
    assert used == TWO_CALLS
    system = str(model.heard[0][0].content)
    assert "Where an order is." in system
    assert "/orders/SKILL.md" in system


async def test_an_agent_of_pydantic_ai(project: Path) -> None:
    installed("pydantic_ai", "pydantic-ai")
    from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart
    from pydantic_ai.models.function import FunctionModel
    from pydantic_ai.models.test import TestModel

    heard: list[Any] = []

    def scripted(messages: Any, info: Any) -> ModelResponse:
        heard.append(info.instructions)
        if len(messages) == 1:
            return ModelResponse(parts=[ToolCallPart("order_status", {"order": 23})])
        return ModelResponse(parts=[TextPart(SAID)])

    example = copied("pydantic_agent.py", project)
    example.MODEL = FunctionModel(scripted)
    found, used = await measured(example.agent)
    assert found.score.mean == 1.0
    assert used.calls == 2
    assert used.prompt_tokens > 0 < used.completion_tokens
    assert used.cost is None
    assert "Look orders up." in heard[0]

    example.MODEL = TestModel(custom_output_text="?")
    answer = await example.agent(SKILL, "Where is order 23?")
    assert [call.name for call in answer.trace.tool_calls] == ["order_status"]
    assert answer.trace.tool_calls[0].result == "unknown"


def agents_sdk_model(heard: list[Any]) -> Any:
    from agents import Model, ModelResponse
    from agents import Usage as Used
    from openai.types.responses import (
        ResponseFunctionToolCall,
        ResponseOutputMessage,
        ResponseOutputText,
    )

    class Scripted(Model):
        async def get_response(self, *_: Any, **given: Any) -> Any:
            heard.append(given["system_instructions"])
            called = any("output" in dict(one) for one in given["input"] if isinstance(one, dict))
            text = ResponseOutputText(text=SAID, type="output_text", annotations=[])
            said = ResponseOutputMessage(
                id="m", content=[text], role="assistant", status="completed", type="message"
            )
            call = ResponseFunctionToolCall(
                call_id="1", name="order_status", arguments='{"order": 23}', type="function_call"
            )
            used = Used(requests=1, input_tokens=20, output_tokens=3, total_tokens=23)
            return ModelResponse(output=[said if called else call], usage=used, response_id=None)

        def stream_response(self, *_: Any, **__: Any) -> Any:
            raise NotImplementedError

    return Scripted()


async def test_an_agent_of_the_agents_sdk(project: Path) -> None:
    installed("agents", "openai-agents")
    from agents import set_tracing_disabled

    set_tracing_disabled(True)
    heard: list[Any] = []
    example = copied("openai_agent.py", project)
    example.MODEL = agents_sdk_model(heard)
    found, used = await measured(example.agent)
    assert found.score.mean == 1.0
    assert used == TWO_CALLS
    assert heard == [SKILL, SKILL]


def test_no_framework_is_loaded_unless_it_is_used() -> None:
    frameworks = ("langchain", "langchain_core", "langgraph", "deepagents", "pydantic_ai", "agents")
    code = "import sys, skillopt; skillopt.traces.langchain, skillopt.Answer\n"
    code += f"print([name for name in {frameworks!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert ast.literal_eval(done.stdout) == []
