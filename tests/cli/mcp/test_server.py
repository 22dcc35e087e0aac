"""`skillopt mcp`, asked by the official SDK's own client over standard input and output."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp.server.mcpserver import MCPServer

from skillopt.cli.mcp.allowance import Allowance
from skillopt.cli.mcp.asking import Asking
from skillopt.cli.mcp.keeping import Keeping
from skillopt.cli.mcp.root import Root
from skillopt.cli.mcp.server import serve
from skillopt.core.skill.edit import Insert
from skillopt.errors import InputError
from tests.app.tickets import project
from tests.loopback import serving, status, text

RULE = {"kind": "insert", "anchor": "", "text": '- When it mentions "crash", answer `bugs`.\n'}
KEPT = {
    "skill": "tickets.md",
    "edits": [RULE],
    "outcome": "rejected",
    "reason": "two of twelve cases got worse",
    "source": "my-agent",
}
NOISY = """
import os
import subprocess

def check(answer, task):
    print("noise")
    os.write(1, b"noise on the descriptor\\n")
    subprocess.run(["echo", "noise of a child"], check=True)
    return answer.strip() == task.expected
"""
HELD = """#!/bin/sh
[ -e open ] || { : > called; cat hold; }
echo billing
"""


@pytest.fixture
def tickets(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    folder.mkdir()
    return project(folder)


@asynccontextmanager
async def served(root: Path, *options: str) -> AsyncIterator[Client]:
    """The server as a process of its own, and the SDK's client of it."""
    here = str(Path(__file__).parents[3])
    started = StdioServerParameters(
        command=sys.executable,
        args=["-m", "skillopt", "mcp", "--root", str(root), *options],
        env={"PYTHONPATH": here, "HOME": os.environ["HOME"], "OPENAI_API_KEY": "sk-none"},
    )
    async with Client(started) as client:
        yield client


async def answered(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """A tool's structured content, which the client has compared with the tool's schema."""
    result = await client.call_tool(tool, arguments)
    text = result.content[0].text  # type: ignore[union-attr]
    assert not result.is_error, text
    assert result.structured_content is not None
    assert json.loads(text) == result.structured_content
    return result.structured_content


async def refused(client: Client, tool: str, **arguments: Any) -> str:
    """The message of a tool's error."""
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    text: str = result.content[0].text  # type: ignore[union-attr]
    assert "Traceback" not in text
    assert "Error executing tool" not in text
    return text


async def test_a_skill_is_measured_gated_tuned_and_its_record_read(tickets: Path) -> None:
    seen: list[tuple[float, float | None]] = []

    async def see(progress: float, total: float | None, _message: str | None) -> None:
        seen.append((progress, total))

    async with served(tickets) as client:
        tools = (await client.list_tools()).tools
        assert all(tool.output_schema and tool.description for tool in tools)
        asked = await answered(client, "evaluate", skill="tickets.md")
        assert asked["result"] is None
        approve = asked["approval_needed"]["approve"]
        assert approve == {"max_calls": 24}
        assert not (tickets / ".skillopt").exists()

        measured = await answered(client, "evaluate", skill="tickets.md", approve=approve)
        assert measured["result"]["score"]["mean"] == pytest.approx(1 / 3)
        assert measured["result"]["spent"]["calls"] == 24
        again = await answered(client, "evaluate", skill="tickets.md", approve=approve)
        assert again["result"]["spent"]["calls"] == 0

        both = {"old": "tickets.md", "new": "new.md", "tasks": "validation_sets/tickets.yaml"}
        asked = await answered(client, "gate", **both)
        approve = asked["approval_needed"]["approve"]
        gated = (await answered(client, "gate", **both, approve=approve))["result"]
        assert gated["outcome"] == "accepted"
        assert gated["spent"]["calls"] <= approve["max_calls"]
        assert {one["new"] - one["old"] for one in gated["changed"]} == {1.0}

        before = (tickets / "tickets.md").read_text()
        asked = await answered(client, "tune", skill="tickets.md", rounds=3)
        approve = asked["approval_needed"]["approve"]
        call = {"skill": "tickets.md", "rounds": 3, "approve": approve}
        result = await client.call_tool("tune", call, progress_callback=see)
        assert result.structured_content
        tuned = result.structured_content["result"]
        assert tuned["shipped"] == "improved"
        assert tuned["written"]["path"] is None
        assert (tickets / "tickets.md").read_text() == before
        assert tuned["skill"] != before
        assert len(seen) > 1
        assert [one for one, _ in seen] == sorted({one for one, _ in seen})
        assert all(total is not None and done <= total for done, total in seen)

        listed = await answered(client, "list_proposals", skill="tickets.md", verdict="accepted")
        assert listed["total"] == len(listed["proposals"]) > 0
        entry = listed["proposals"][0]["id"]
        shown = await answered(client, "show_proposal", entry=entry)
        assert shown["diff"].startswith("---")
        assert entry in shown["report"]
        history = await answered(client, "skill_history", skill="tickets.md")
        assert {run["kind"] for run in history["runs"]} == {"tune"}
        stats = await answered(client, "ledger_stats")
        assert {one["skill"] for one in stats["skills"]} == {"tickets", "new"}
        digest = await answered(client, "ledger_digest", skill="tickets.md")
        assert digest["skill"] == "tickets"


async def test_another_loop_keeps_its_edits_and_asks(tickets: Path) -> None:
    async with served(tickets) as client:
        ask = {"skill": "tickets.md", "edits": [RULE]}
        assert (await answered(client, "known_refusal", **ask)) == {"known": False, "refusal": None}
        asked = await answered(client, "keep", **KEPT)
        assert asked["approval_needed"]["approve"] == {"write": True}
        assert not (tickets / ".skillopt").exists()
        figures = {"gain": -0.17, "p_value": 0.8}
        kept = await answered(client, "keep", **KEPT, evidence=figures, approve={"write": True})
        known = await answered(client, "known_refusal", **ask)
        assert known["refusal"]["entry"] == kept["kept"]["entry"]
        assert known["refusal"]["decided_by"] == "my-agent"
        shown = await answered(client, "show_proposal", entry=kept["kept"]["entry"])
        assert "tried by my-agent, another loop: the gate has not tested it" in shown["report"]
        assert "rejected, says my-agent" in shown["report"]
        stats = await answered(client, "ledger_stats")
        assert [one["rejected"] for one in stats["skills"]] == [0]
        assert stats["skills"][0]["kept"][0]["rejected"] == 1


async def test_errors_say_what_breaks_which_rule(tickets: Path) -> None:
    (tickets.parent / "outside.md").write_text("# Outside\n")
    (tickets / "link.md").symlink_to(tickets.parent / "outside.md")
    async with served(tickets, "--max-calls", "30") as client:

        async def says(tool: str, words: str, **arguments: Any) -> None:
            assert words in await refused(client, tool, **arguments)

        for path in ("../outside.md", str(tickets.parent / "outside.md"), "link.md"):
            await says("evaluate", "is outside of the root", skill=path)
        await says("evaluate", "is no path", skill="a\0b")
        await says("evaluate", "is outside of the root", skill="tickets.md", tasks="/etc/passwd")
        await says("evaluate", "is outside of the root", skill="tickets.md", against="/etc/passwd")
        await says("evaluate", "no such file: ", skill="none.md")
        await says("evaluate", "has no argument 'aprove'", skill="tickets.md", aprove={})
        await says("evaluate", "split: Input should be", skill="tickets.md", split="test")
        await says("evaluate", "approve.max_calls is 0", skill="tickets.md", approve={})
        await says("skill_history", "is outside of the root", skill="../outside.md")
        more = {"max_calls": 31}
        await says("evaluate", "30 calls left of the limit", skill="tickets.md", approve=more)
        few = {"max_calls": 5}
        await says("evaluate", "max_calls = 5 leaves no room", skill="tickets.md", approve=few)
        await says("evaluate", "25 calls left of", skill="tickets.md", approve={"max_calls": 26})
        await says("show_proposal", "no proposal", entry="ffff")
        await says("guess", "no tool 'guess'; there are evaluate, gate")
        await says("keep", "approve.write is false", **KEPT, approve={"max_calls": 1})
        odd = {**KEPT, "source": "the gate"}
        await says("keep", "source 'the gate': use up to 64", **odd, approve={"write": True})
        assert (await answered(client, "ledger_stats"))["rollouts"] == 5


async def test_what_user_code_prints_does_not_reach_the_client(tickets: Path) -> None:
    tasks = tickets / "validation_sets" / "tickets.yaml"
    content = json.loads(tasks.read_text())
    content["checks"] = [{"type": "python", "call": "noisy:check"}]
    tasks.write_text(json.dumps(content))
    (tasks.parent / "noisy.py").write_text(NOISY)
    async with served(tickets) as client:
        found = await answered(client, "evaluate", skill="tickets.md", approve={"max_calls": 24})
        assert found["result"]["score"]["mean"] == pytest.approx(1 / 3)


async def test_a_cancelled_run_goes_on_with_the_same_call(tickets: Path) -> None:
    script = tickets / "target.sh"
    script.write_text(HELD)
    script.chmod(0o755)
    os.mkfifo(tickets / "hold")
    (tickets / "skillopt.toml").write_text(
        'target_command = "sh target.sh"\noptimizer = "practice/mentor"\nconcurrency = 1\n'
        'target_identity = "held"\ntarget_folder = "."\n'
    )
    approve = {"max_calls": 1000}
    call = {"skill": "tickets.md", "rounds": 0, "approve": approve}
    began = asyncio.Event()

    async def see(_done: float, _total: float | None, _message: str | None) -> None:
        began.set()

    async with served(tickets) as client:
        running = asyncio.create_task(client.call_tool("tune", call, progress_callback=see))
        await began.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        (tickets / "open").touch()
        done = await answered(client, "tune", **call)
        assert done["result"]["shipped"] == "nothing accepted"
        history = await answered(client, "skill_history", skill="tickets.md")
        assert [run["stopped_by"] for run in history["runs"]] == ["rounds"]


async def test_two_calls_at_once_and_the_meter_holds_what_each_is_allowed(tickets: Path) -> None:
    async with serving() as loopback, served(tickets, "--max-calls", "100") as client:
        loopback.script(text("billing"))
        (tickets / "skillopt.toml").write_text(
            f'target = "openai/loopback"\napi_base = "{loopback.base}"\nhealth_check = false\n'
        )
        both = {"tasks": "validation_sets/tickets.yaml"}
        asked = await answered(client, "evaluate", skill="tickets.md")
        assert asked["approval_needed"]["cost"] is None
        assert asked["approval_needed"]["approve"] == {"max_calls": 24}
        approve = {"max_calls": 24}
        found = await asyncio.gather(
            *(
                answered(client, "evaluate", skill=skill, **both, approve=approve)
                for skill in ("tickets.md", "new.md")
            )
        )
        assert [one["result"]["spent"]["calls"] for one in found] == [24, 24]
        assert len(loopback.requests) == 48
        few = {"old": "tickets.md", "new": "new.md", **both, "trials": 2}
        assert "has no argument 'trials'" in await refused(client, "gate", **few)
        said = await refused(
            client, "evaluate", skill="new.md", **both, trials=2, approve={"max_calls": 10}
        )
        assert "max_calls = 10 leaves no room" in said
        assert len(loopback.requests) == 58
        said = await refused(
            client, "evaluate", skill="new.md", **both, trials=3, approve={"max_calls": 43}
        )
        assert "more than the 42 calls left" in said


async def test_a_key_in_a_providers_error_does_not_reach_the_client(tickets: Path) -> None:
    key = "sk-abcdefghijklmnopqrstuvwxyz123456"
    async with serving() as loopback, served(tickets) as client:
        loopback.script(status(401, f"Incorrect API key provided: {key}"))
        (tickets / "skillopt.toml").write_text(
            f'target = "openai/loopback"\napi_base = "{loopback.base}"\nhealth_check = false\n'
        )
        approve = {"max_calls": 24}
        said = await refused(client, "evaluate", skill="tickets.md", approve=approve)
        assert "401" in said or "key" in said
        assert key not in said


def test_a_client_that_leaves_while_it_is_answered_leaves_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def leaves(_server: MCPServer[Any], _transport: str) -> None:
        raise ExceptionGroup("tasks", [BrokenPipeError(32, "Broken pipe")])

    monkeypatch.setattr(MCPServer, "run", leaves)
    serve(Root.at(tmp_path), ledger=None, allowance=Allowance(max_calls=None, max_cost=None))
    assert capsys.readouterr() == ("", "")


async def test_nobody_is_asked_to_approve_an_edit_that_does_not_fit(tmp_path: Path) -> None:
    project(tmp_path)
    tool = Keeping(Asking(Root.at(tmp_path), None)).keep
    said: dict[str, Any] = {"skill": "tickets.md", "outcome": "rejected", "reason": "w"}
    with pytest.raises(InputError, match="the anchor 'nowhere' does not occur"):
        await tool(edits=[Insert(anchor="nowhere", text="x")], source="me", **said)
    asked = await tool(edits=[Insert(anchor="", text="- x\n")], source="me", **said)
    assert asked.approval_needed is not None
    assert not (tmp_path / ".skillopt").exists()


async def test_nobody_is_asked_to_approve_what_cannot_be_run(tickets: Path) -> None:
    tasks = {"tasks": "validation_sets/tickets.yaml"}
    async with served(tickets) as client:
        gone = await refused(client, "gate", old="gone.md", new="new.md", **tasks)
        assert "no such file: gone.md" in gone
        same = await refused(client, "gate", old="tickets.md", new="tickets.md", **tasks)
        assert "nothing to decide" in same
        other = await refused(client, "evaluate", skill="new.md", against="gone.md", **tasks)
        assert "no such file: gone.md" in other
        asked = await answered(client, "evaluate", skill="new.md", against="none", **tasks)
        assert asked["approval_needed"]["calls"] == 48
