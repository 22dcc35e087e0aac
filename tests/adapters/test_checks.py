"""Checks that touch the world: what they may return, and how they may fail."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from skillopt.adapters.checks import KEPT_OUTPUT, ProgramChecks
from skillopt.core.evaluation.checks import CheckResult, Command, File, Python
from skillopt.core.evaluation.produced import Produced
from skillopt.core.evaluation.task import Task
from skillopt.core.evaluation.trace import ProducedFile
from skillopt.errors import CallFailed


def task(check: Python | Command) -> Task:
    return Task(
        id="t1", split="train", input="ask", checks=(check,), expected={"a": 1}, tags=("x",)
    )


async def called(folder: Path, body: str, answer: str = "said", **fields: Any) -> CheckResult:
    source = textwrap.dedent(body)
    (folder / "own_checks.py").write_text(source, encoding="utf-8")
    check = Python(type="python", call="own_checks:check", **fields)
    return await ProgramChecks(folder=folder).run(check, answer, task(check))


async def ran(folder: Path, *argv: str, answer: str = "said", **fields: Any) -> CheckResult:
    check = Command(type="command", argv=argv, **fields)
    return await ProgramChecks(folder=folder).run(check, answer, task(check))


@pytest.mark.parametrize(
    ("returned", "score", "feedback"),
    [
        ("True", 1.0, ""),
        ("False", 0.0, 'python: expected an answer that the check accepts, got "said"'),
        ("0.25", 0.25, 'python: expected an answer that the check accepts, got "said"'),
        ("1", 1.0, ""),
        ("(0.5, 'half\\nof it')", 0.5, "python: half of it"),
        ("(True, 'fine')", 1.0, "python: fine"),
        ("(0, 'no')", 0.0, "python: no"),
    ],
)
@pytest.mark.parametrize("kind", ["def", "async def"])
async def test_what_a_callable_may_return(
    tmp_path: Path, kind: str, returned: str, score: float, feedback: str
) -> None:
    found = await called(tmp_path, f"{kind} check(answer, task):\n    return {returned}\n")
    assert (found.score, found.feedback) == (score, feedback)


@pytest.mark.parametrize(
    "returned",
    [
        "None",
        "'yes'",
        "2",
        "-0.1",
        "float('nan')",
        "float('inf')",
        "(1,)",
        "(1, 2)",
        "(1, 'a', 'b')",
        "[1, 'a']",
        "1j",
    ],
)
async def test_what_it_may_not_return_is_missing_data(tmp_path: Path, returned: str) -> None:
    with pytest.raises(CallFailed, match="a check returns a bool, a score from 0 to 1, or"):
        await called(tmp_path, f"def check(answer, task):\n    return {returned}\n")


async def test_a_callable_that_raises_is_missing_data(tmp_path: Path) -> None:
    with pytest.raises(CallFailed, match=r"own_checks:check failed on task 't1': KeyError: 'b'"):
        await called(tmp_path, "def check(answer, task):\n    return task.expected['b']\n")


async def test_a_callable_sees_answer_and_task(tmp_path: Path) -> None:
    body = """
    def check(answer, task):
        seen = [answer, task.id, task.input, task.expected, task.tags]
        return seen == ["said", "t1", "ask", {"a": 1}, ("x",)]
    """
    assert (await called(tmp_path, body, criterion="sees")) == CheckResult(
        criterion="sees", score=1.0
    )


async def test_a_command_passes_with_exit_code_0(tmp_path: Path) -> None:
    assert await ran(tmp_path, "grep", "-q", "said") == CheckResult(criterion="command", score=1.0)


async def test_its_feedback_is_the_end_of_its_output(tmp_path: Path) -> None:
    script = "for n in 1 2 3 4 5 6 7; do echo line $n; done; echo why >&2; exit 3"
    found = await ran(tmp_path, "sh", "-c", script, criterion="runs")
    assert found.score == 0.0
    assert found.feedback == (
        "runs: expected exit code 0, got exit code 3: line 4 / line 5 / line 6 / line 7 / why"
    )


async def test_a_command_gets_answer_task_and_folder(tmp_path: Path) -> None:
    script = 'cat > answer; echo "$SKILLOPT_TASK_ID" > id; echo "$SKILLOPT_TASK" > task'
    await ran(tmp_path, "sh", "-c", script, answer="ä\n" * 100_000)
    assert (tmp_path / "answer").read_text(encoding="utf-8") == "ä\n" * 100_000
    assert (tmp_path / "id").read_text() == "t1\n"
    told = json.loads((tmp_path / "task").read_text())
    assert told == {"id": "t1", "input": "ask", "expected": {"a": 1}, "tags": ["x"]}


async def test_an_answer_nobody_reads_is_no_trouble(tmp_path: Path) -> None:
    assert (await ran(tmp_path, "true", answer="x" * 5_000_000)).score == 1.0


async def test_its_output_is_bounded(tmp_path: Path) -> None:
    found = await ran(tmp_path, "sh", "-c", f"yes | head -c {KEPT_OUTPUT * 50}; echo end; exit 1")
    assert found.feedback.endswith("y / y / y / y / end")


async def test_an_end_by_a_signal_is_a_failed_answer(tmp_path: Path) -> None:
    assert "an end by signal 9" in (await ran(tmp_path, "sh", "-c", "kill -9 $$")).feedback


async def test_time_up_ends_the_command_and_its_children(tmp_path: Path) -> None:
    with pytest.raises(CallFailed, match=r"'sh' took longer than 1\.5 s on task 't1'"):
        await ran(tmp_path, "sh", "-c", "sleep 600 & echo $! > child; wait", timeout=1.5)
    wait_for_end(int((tmp_path / "child").read_text()))


async def test_what_a_command_leaves_running_is_ended(tmp_path: Path) -> None:
    assert (await ran(tmp_path, "sh", "-c", "sleep 600 & echo $! > child")).score == 1.0
    wait_for_end(int((tmp_path / "child").read_text()))


async def test_a_cancelled_check_ends_its_command(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "started")
    running = asyncio.create_task(ran(tmp_path, "sh", "-c", "echo $$ > started; sleep 600"))
    pid = int(await asyncio.to_thread((tmp_path / "started").read_text))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    wait_for_end(pid)


async def test_a_command_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CallFailed, match="'no-such-program' cannot be started"):
        await ran(tmp_path, "no-such-program")


async def test_many_at_once_leave_nothing_open(tmp_path: Path) -> None:
    await asyncio.gather(*(ran(tmp_path, "true") for _ in range(24)))
    before = open_files()
    found = await asyncio.gather(*(ran(tmp_path, "cat") for _ in range(24)))
    assert all(result.score == 1.0 for result in found)
    await asyncio.sleep(0)
    assert open_files() <= before


def wait_for_end(pid: int) -> None:
    """The process is killed already; the system may take a moment to be done with it."""
    while is_running(pid):
        os.sched_yield()


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def open_files() -> int:
    return len(list(Path("/dev/fd").iterdir()))


async def test_what_a_check_says_takes_the_place_of_how_it_is_checked(tmp_path: Path) -> None:
    body = "def check(answer, task):\n    return False\n"
    found = await called(tmp_path, body, says="the answer names a day")
    assert found.feedback == 'python: expected: the answer names a day; got "said"'
    ran_out = await ran(tmp_path, "sh", "-c", "echo late; exit 1", says="the answer is early")
    assert ran_out.feedback == "command: expected: the answer is early; got exit code 1: late"


async def test_a_command_does_not_tell_its_own_files(tmp_path: Path) -> None:
    (tmp_path / "tone_meter.py").write_text("raise SystemExit(f'{__file__}: too loud')\n")
    found = await ran(tmp_path, sys.executable, "tone_meter.py")
    assert "too loud" in found.feedback
    assert "tone_meter" not in found.feedback


async def test_a_command_runs_in_the_workspace_and_finds_its_own_files(tmp_path: Path) -> None:
    beside, workspace = tmp_path / "set", tmp_path / "own" / "workspace"
    beside.mkdir()
    workspace.mkdir(parents=True)
    (beside / "look.py").write_text(
        "import os, sys\n"
        "assert sys.stdin.read() == 'said', 'no answer'\n"
        "assert os.environ['SKILLOPT_WORKSPACE'] == os.getcwd()\n"
        "sys.exit(0 if open('out.txt').read() == 'made' else 'not made')\n"
    )
    (workspace / "out.txt").write_text("made")
    check = Command(type="command", argv=(sys.executable, "look.py"))
    task = Task(id="t", split="train", input="x", checks=(check,))
    runner = ProgramChecks(folder=beside)
    left = Produced(str(workspace))
    assert (await runner.run(check, "said", task, produced=left)).score == 1
    (workspace / "out.txt").write_text("other")
    found = await runner.run(check, "said", task, produced=left)
    assert (found.score, "not made" in found.feedback) == (0, True)


async def test_a_file_check_reads_the_workspace_or_what_the_target_says(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("made")
    content = {"type": "exact", "value": "made"}
    check = File.model_validate({"type": "file", "path": "a.txt", "content": content})
    task = Task(id="t", split="train", input="x", checks=(check,))
    digest = "0" * 64
    said = ProducedFile(path="a.txt", digest=digest, size=4, text="made")
    unknown = ProducedFile(path="a.txt", digest=digest, size=4)
    for left, score in (
        (Produced(str(tmp_path)), 1),
        (Produced(None, (said,)), 1),
        (Produced(None, (unknown,)), 0),
        (Produced(), 0),
        (Produced(str(tmp_path / "gone"), (said,)), 0),
    ):
        assert (await ProgramChecks().run(check, "", task, produced=left)).score == score
