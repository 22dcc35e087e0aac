"""Agents with a command line: one contract over all presets, each against its stand-in."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from skillopt.adapters.checks import ProgramChecks
from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.processes import Fence, check_sandbox
from skillopt.adapters.targets import AgentTarget
from skillopt.adapters.workspace import Workspaces, read_file
from skillopt.core.agents.form import AgentForm
from skillopt.core.agents.presets import PRESETS
from skillopt.core.evaluation.checks import Command, Exact
from skillopt.core.evaluation.file_grading import FoundFile
from skillopt.core.evaluation.rollout import Answer
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.loop_settings import SpendLimits
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile
from skillopt.errors import (
    CallFailed,
    InputError,
    RunStopped,
    SettingsError,
    SpendExhausted,
    TargetError,
)
from tests.agent_clis import installed

SKILL = Skill(
    text="---\nname: say-the-word\ndescription: Says the word.\n---\n# Word\n\nSee references/word.md.\n",
    files=(SkillFile(path="references/word.md", data=b"heron\n"),),
)
DEADLINE = 0.1
FIVE = pytest.mark.parametrize("name", sorted(PRESETS))


@pytest.fixture(autouse=True)
def clients(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All stand-ins are on PATH; workspaces are made in a folder of the test's own."""
    bin_ = installed(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{bin_}{os.pathsep}{os.environ['PATH']}")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return bin_


@pytest.fixture
def left(tmp_path: Path) -> Iterator[Path]:
    """The folder of workspaces, in which nothing may be left."""
    yield tmp_path / "temporary"
    assert list((tmp_path / "temporary").iterdir()) == []


def task(given: str | tuple[Message, ...] = "What is the word?", **more: Any) -> Task:
    return Task(id="t1", split="train", input=given, checks=(Exact(type="exact"),), **more)


def found(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern))


def target(name: str, **options: Any) -> AgentTarget:
    return AgentTarget(PRESETS[name].told(), **options)


@asynccontextmanager
async def answer_of(
    agent: AgentTarget, asked: Task, skill: Skill | None = SKILL
) -> AsyncIterator[Answer]:
    answer = await agent.answer(skill, asked, trial=0)
    try:
        yield answer
    finally:
        await agent.release(answer)


@FIVE
async def test_it_finds_the_whole_skill_and_answers(name: str, left: Path) -> None:
    async with answer_of(target(name), task(files={"in.txt": "a bird"})) as answer:
        assert answer.text == "The word about 'a bird' is heron."
        assert answer.trace is not None
        results = [call.result for call in answer.trace.tool_calls]
        assert results[:2] == [SKILL.text, "heron"]
        assert any("word.md" in str(call.arguments) for call in answer.trace.tool_calls)
        assert not any(call.failed for call in answer.trace.tool_calls)


@FIVE
async def test_without_a_skill_there_is_none(name: str, left: Path) -> None:
    async with answer_of(target(name), task(), skill=None) as answer:
        assert answer.text == "I know of no skill."
        assert answer.files == ()


@FIVE
async def test_the_workspace_is_there_until_it_is_released(name: str, left: Path) -> None:
    agent = target(name)
    answer = await agent.answer(SKILL, task(files={"in.txt": "a"}, git=True), trial=0)
    assert answer.workspace is not None
    workspace = Path(answer.workspace)
    assert read_file(workspace, "out/word.txt") == FoundFile(text="heron\n")
    assert [(file.path, file.text) for file in answer.files] == [("out/word.txt", "heron\n")]
    assert "workspace" not in answer.model_dump()
    assert found(left, "*/workspace/.git/HEAD")
    await agent.release(answer)
    assert found(left, "*") == []


CALLS = {"claude-code": 4, "codex": 2, "copilot": 4, "opencode": 4, "gemini": 4}
TOKENS = {
    "claude-code": (1210, 30, 0.25),
    "codex": (1210, 30, None),
    "copilot": (0, 30, None),
    "opencode": (4 * 117, 4 * 25, 1.0),
    "gemini": (1210, 30, None),
}


@FIVE
async def test_it_says_what_it_used(name: str, left: Path) -> None:
    meter = SpendMeter(SpendLimits())
    async with answer_of(target(name, meter=meter), task()) as answer:
        used = answer.usage
        assert used.calls == CALLS[name]
        assert (used.prompt_tokens, used.completion_tokens, used.cost) == TOKENS[name]
        assert meter.used == used


@FIVE
@pytest.mark.parametrize("meets", ["rate limit", "overloaded"])
async def test_a_provider_that_fails_for_now_is_missing_data(
    name: str, meets: str, left: Path
) -> None:
    with pytest.raises(CallFailed) as caught:
        await target(name).answer(SKILL, task(f"[{meets}]"), trial=0)
    assert caught.value.passing
    assert str(caught.value).startswith(name)


@FIVE
@pytest.mark.parametrize("meets", ["auth", "no such model"])
async def test_a_provider_that_refuses_every_call_stops_the_run(
    name: str, meets: str, left: Path
) -> None:
    with pytest.raises(RunStopped, match="run the same command again"):
        await target(name).answer(SKILL, task(f"[{meets}]"), trial=0)


@FIVE
@pytest.mark.parametrize(
    ("meets", "says"),
    [
        ("turns", "."),
        ("cut", "ends in the middle of an object"),
        ("no end", "its output ends without"),
        ("garbage", "line .* of its output is no JSON"),
    ],
)
async def test_its_own_failure_is_the_targets(name: str, meets: str, says: str, left: Path) -> None:
    with pytest.raises(TargetError, match=says) as caught:
        await target(name).answer(SKILL, task(f"[{meets}]"), trial=0)
    assert caught.value.used is not None


@FIVE
async def test_a_flag_it_does_not_know_is_told_in_its_own_words(name: str, left: Path) -> None:
    agent = AgentTarget(PRESETS[name].told(args=["--no-such-flag"]))
    with pytest.raises(TargetError, match=r"exit code 1.*no-such-flag"):
        await agent.answer(SKILL, task(), trial=0)


@FIVE
async def test_one_that_takes_too_long_is_killed_with_all_it_started(name: str, left: Path) -> None:
    agent = target(name, timeout=DEADLINE)
    with pytest.raises(TargetError, match=r"took over 0\.1 s on task 't1'"):
        await agent.answer(SKILL, task("[hang]"), trial=0)


@FIVE
async def test_a_model_is_told_as_the_client_takes_it(name: str, left: Path) -> None:
    form = PRESETS[name].told(model="some/model-1")
    assert any(
        "some/model-1" in word for word in form.words(prompt="", prompt_file="", answer_file="")
    )
    agent = AgentTarget(form)
    async with answer_of(agent, task()) as answer:
        assert answer.text == "The word is heron."
    assert agent.identity != target(name).identity


@FIVE
async def test_the_version_is_part_of_the_identity(name: str, clients: Path) -> None:
    before = target(name).identity
    assert target(name).identity == before
    program = clients / PRESETS[name].version[0]
    program.write_text("#!/bin/sh\necho 99.0\n")
    assert target(name).identity != before
    program.write_text("#!/bin/sh\necho broken >&2; exit 3\n")
    with pytest.raises(SettingsError, match=r"exit code 3\): broken"):
        target(name)
    program.unlink()
    with pytest.raises(SettingsError, match="not on PATH; install it"):
        target(name)


@FIVE
async def test_keys_are_passed_only_where_that_is_said(
    name: str, monkeypatch: pytest.MonkeyPatch, left: Path
) -> None:
    monkeypatch.setenv("PASSED_KEY", "one")
    monkeypatch.setenv("OTHER_KEY", "two")
    agent = target(name, fence=Fence(passes=("PASSED_KEY",)))
    async with answer_of(agent, task("The word and the env?")) as answer:
        assert "with ['PASSED_KEY']" in answer.text


@FIVE
async def test_hostile_prompts_are_no_flags_and_no_places(name: str, left: Path) -> None:
    for given in ("--help", "-p", "{answer_file} {args}", "$(touch x) `id`"):
        async with answer_of(target(name), task(given)) as answer:
            assert answer.text == "The word is heron."
            assert [file.path for file in answer.files] == ["out/word.txt"]


@FIVE
async def test_a_conversation_is_one_text(name: str, left: Path) -> None:
    turns = (
        Message(role="user", content="Hi"),
        Message(role="assistant", content="Yes?"),
        Message(role="user", content="The word?"),
    )
    async with answer_of(target(name), task(turns)) as answer:
        assert answer.text == "The word is heron."


@FIVE
async def test_a_limit_of_money_needs_a_client_that_says_its_cost(name: str, left: Path) -> None:
    agent = target(name, meter=SpendMeter(SpendLimits(max_cost=0.1)))
    if not PRESETS[name].tells_cost:
        with pytest.raises(SettingsError, match="no known price"):
            await agent.answer(SKILL, task(), trial=0)
        return
    async with answer_of(agent, task()):
        pass
    with pytest.raises(SpendExhausted):
        await agent.answer(SKILL, task(), trial=1)


async def test_one_outage_after_another_ends_the_run(left: Path) -> None:
    agent = target("claude-code")
    ends = []
    for trial in range(20):
        with pytest.raises((CallFailed, RunStopped)) as caught:
            await agent.answer(SKILL, task("[overloaded]"), trial=trial)
        ends.append(caught.value)
        if isinstance(caught.value, RunStopped):
            break
    assert len(ends) > 1
    assert "Run the same command to resume" in str(ends[-1])


async def test_a_cancelled_run_leaves_nothing(tmp_path: Path, left: Path) -> None:
    line = tmp_path / "line"
    os.mkfifo(line)
    agent = target("codex", timeout=None)
    rollout = asyncio.create_task(agent.answer(SKILL, task(f"[hang] {line}"), trial=0))
    with await asyncio.to_thread(line.open) as heard:
        assert await asyncio.to_thread(heard.readline) == "ready\n"
        rollout.cancel()
        with pytest.raises(asyncio.CancelledError):
            await rollout
        # The line ends when the last process that holds its other end is gone.
        assert await asyncio.to_thread(heard.read) == ""


async def test_workspaces_are_kept_where_that_is_said(tmp_path: Path, left: Path) -> None:
    keep = tmp_path / "kept"
    agent = target("gemini", workspaces=Workspaces(keep))
    async with answer_of(agent, task()):
        pass
    with pytest.raises(TargetError):
        await agent.answer(SKILL, task("[turns]"), trial=1)
    kept = [path.parent.name.rpartition("-")[0] for path in found(keep, "*/workspace")]
    assert kept == ["t1-0", "t1-1"]
    assert len(found(keep, "*/workspace/out/word.txt")) == 2


OWN = "import sys\nprompt = {prompt}\nsays = 'got ' + prompt.strip()\n{answer}\n"


@pytest.mark.parametrize(
    ("prompt", "reads", "word"),
    [
        ("stdin", "sys.stdin.read()", None),
        ("argument", "sys.argv[-1]", None),
        ("file", "open(sys.argv[1]).read()", "{prompt_file}"),
    ],
)
@pytest.mark.parametrize(
    ("answer", "writes", "more"),
    [
        ("stdout", "print(says)", {}),
        ("file", "open('answer.md', 'w').write(says)", {"answer_file": "answer.md"}),
        ("file", "open(sys.argv[2], 'w').write(says)", {"words": ["{answer_file}"]}),
    ],
)
async def test_any_command_is_an_agent(
    tmp_path: Path,
    left: Path,
    *,
    prompt: str,
    reads: str,
    word: str | None,
    answer: str,
    writes: str,
    more: dict[str, Any],
) -> None:
    program = tmp_path / "agent.py"
    program.write_text(OWN.format(prompt=reads, answer=writes))
    words = [word or "-", *more.get("words", ["-"])]
    form = AgentForm.model_validate(
        {
            "command": [sys.executable, str(program), *words],
            "prompt": prompt,
            "answer": answer,
            "answer_file": more.get("answer_file"),
        }
    )
    agent = AgentTarget(form)
    async with answer_of(agent, task("--word {prompt}")) as found:
        assert found.text == "got --word {prompt}"
        assert found.files == ()
        assert found.trace is None
    assert agent.unidentified is None
    program.write_text("changed")
    assert AgentTarget(form).identity != agent.identity


async def test_what_a_command_does_wrong_is_said(left: Path) -> None:
    for code, says in (
        ("import sys; sys.exit('no idea')", "exit code 1: no idea"),
        ("import sys; sys.stdout.buffer.write(bytes([255]))", "not UTF-8 at byte 0"),
    ):
        agent = AgentTarget(AgentForm(command=(sys.executable, "-c", code)))
        with pytest.raises(TargetError, match=says):
            await agent.answer(SKILL, task(), trial=0)
    nowhere = AgentForm(command=(sys.executable, "-c", ""), answer="file", answer_file="a.md")
    with pytest.raises(TargetError, match=r"left no answer in a\.md"):
        await AgentTarget(nowhere).answer(SKILL, task(), trial=0)
    with pytest.raises(RunStopped, match="no-such-agent"):
        await AgentTarget(AgentForm(command=("no-such-agent",))).answer(SKILL, task(), trial=0)


async def test_too_long_a_prompt_for_an_argument_is_refused_with_the_way_out(left: Path) -> None:
    with pytest.raises(InputError, match="put the text into one of the task's `files`"):
        await target("gemini").answer(SKILL, task("x" * 200_000), trial=0)
    async with answer_of(target("codex"), task("x" * 200_000)) as answer:
        assert answer.text == "The word is heron."


async def test_a_task_file_in_the_way_of_the_skill_is_refused(left: Path) -> None:
    asked = task(files={".claude/skills/say-the-word/SKILL.md": "mine"})
    with pytest.raises(InputError, match="there already"):
        await target("claude-code").answer(SKILL, asked, trial=0)
    with pytest.raises(InputError, match="there already"):
        await target("claude-code").answer(SKILL, task(files={".claude/skills": "a file"}), trial=0)


async def test_in_a_sandbox_it_can_write_its_workspace_and_nothing_else(
    tmp_path: Path, left: Path
) -> None:
    try:
        check_sandbox()
    except SettingsError as error:
        pytest.skip(str(error))
    away = tmp_path / "away"
    code = f"echo made > out.txt; echo away > {away}; cat .agents/skills/*/SKILL.md"
    form = AgentForm(command=("sh", "-c", code))
    fence = Fence(sandbox=True)
    check = Command(
        type="command", argv=("sh", "-c", "echo more >> out.txt && grep -q made out.txt")
    )
    asked = Task(id="t1", split="train", input="x", checks=(check,), git=True)
    async with answer_of(AgentTarget(form, fence=fence), asked) as answer:
        assert answer.text == SKILL.text.removesuffix("\n")
        runner = ProgramChecks(folder=tmp_path, fence=fence)
        graded = await runner.run(check, "", asked, produced=answer.produced)
        assert graded.score == 1
    assert found(tmp_path, "away") == []


async def test_gemini_is_told_to_trust_the_workspace_and_says_where_it_was_not(left: Path) -> None:
    trusting = PRESETS["gemini"]
    async with answer_of(AgentTarget(trusting), task()) as answer:
        assert answer.text == "The word is heron."
    wary = trusting.model_copy(update={"env": {}})
    with pytest.raises(RunStopped, match=r"exit code 55: .* not running in a trusted directory"):
        await AgentTarget(wary).answer(SKILL, task(), trial=0)
