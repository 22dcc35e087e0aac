"""A command as the target."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.processes import Fence
from skillopt.adapters.targets import CommandTarget
from skillopt.adapters.targets.command import placed
from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.loop_settings import SpendLimits
from skillopt.core.skill.skill import Skill
from skillopt.errors import RunStopped, SpendExhausted, TargetError

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


async def test_it_runs_in_a_folder_of_its_own_and_finds_what_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "helper_of_mine.py").write_text("WORD = 'helped'\n")
    (tmp_path / "agent.py").write_text(
        "import os, sys, helper_of_mine\n"
        "print(helper_of_mine.WORD, open(sys.argv[1][5:]).read(), sorted(os.listdir()))\n"
        "open('left', 'w').close()\n"
    )
    (tmp_path / "facts").write_text("facts")
    target = CommandTarget([sys.executable, "agent.py", "--at=facts"])
    monkeypatch.chdir("/")
    for trial in range(2):
        answer = await target.answer(SKILL, task(), trial=trial)
        assert answer.text == "helped facts ['greet']"
    assert not (tmp_path / "left").exists()
    as_module = CommandTarget([sys.executable, "-m", "helper_of_mine"], folder=tmp_path)
    assert (await as_module.answer(None, task(), trial=0)).text == ""


def test_only_files_are_named_in_full(tmp_path: Path) -> None:
    (tmp_path / "build").mkdir()
    (tmp_path / "run.sh").touch()
    words = ["run.sh", "build", "./build", "x", "--f=run.sh", "/run.sh", "a\0b", "y" * 9_999, ""]
    at = str(tmp_path)
    assert placed(words, tmp_path) == [
        f"{at}/run.sh",
        "build",
        f"{at}/build",
        "x",
        f"--f={at}/run.sh",
        *words[5:],
    ]


async def test_a_right_answer_counts_whatever_lingers() -> None:
    code = "import os\nif os.fork():\n print('right')\nelse:\n os.setsid(); os.execlp('sleep', 'sleep', '600')"
    assert (await command(code).answer(None, task(), trial=0)).text == "right"


async def test_one_that_prints_without_end_is_killed() -> None:
    for stream in (1, 2):
        target = CommandTarget(["sh", "-c", f"yes >&{stream}"], timeout=None)
        with pytest.raises(TargetError, match="printed without end and was killed"):
            await target.answer(None, task(), trial=0)


def test_a_sandbox_is_another_target() -> None:
    free, held = CommandTarget(["cat"]), CommandTarget(["cat"], fence=Fence(sandbox=True))
    assert free.identity != held.identity
    assert CommandTarget(["cat"], name="mine").identity == (
        CommandTarget(["cat"], name="mine", fence=Fence(sandbox=True)).identity
    )
