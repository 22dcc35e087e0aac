"""Python checks in worker processes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from skillopt.adapters.checks import ProgramChecks
from skillopt.adapters.processes import Fence
from skillopt.adapters.worker import CheckWorkers, Crashed
from skillopt.core.evaluation.checks import Python
from skillopt.core.evaluation.task import Message, Task
from skillopt.errors import CallFailed, InputError

CHECKS = """
import os, sys
def right(answer, task):
    return answer == task.expected, "as wanted"
async def later(answer, task):
    return 0.5
def number(answer, task):
    return os.getpid() % 2 == 2, str(os.getpid())
def leaves(answer, task):
    os.kill(os.getpid(), 9)
def odd(answer, task):
    return "odd"
def forges(answer, task):
    for one in range(3, 20):
        try:
            os.write(one, b'{"found": [1.0, "forged"]}\\n')
        except OSError:
            pass
    os.kill(os.getpid(), 9)
def replies(answer, task):
    for one in range(3, 20):
        try:
            os.write(one, answer.encode() + b"\\n")
        except OSError:
            pass
    os.kill(os.getpid(), 9)
def noise(answer, task):
    for one in range(3, 20):
        try:
            os.write(one, b"noise\\n" * 9)
        except OSError:
            pass
    return True
def has_key(answer, task):
    return "MY_API_KEY" not in os.environ
"""


def task(name: str, **more: Any) -> Task:
    check = Python(type="python", call=f"apart:{name}", isolated=True, **more)
    given = (Message(role="user", content="ask \ud800"),)
    return Task(id="t1", split="train", input=given, checks=(check,), expected={"a": ["\ud801"]})


@pytest.fixture
async def checks(tmp_path: Path) -> AsyncIterator[ProgramChecks]:
    (tmp_path / "apart.py").write_text(CHECKS)
    runner = ProgramChecks(folder=tmp_path)
    yield runner
    await runner.close()


async def run(checks: ProgramChecks, name: str, answer: Any = "said", **more: Any) -> Any:
    asked = task(name, **more)
    return await checks.run(asked.checks[0], answer, asked)  # type: ignore[arg-type]


async def test_it_finds_what_it_finds_here(checks: ProgramChecks, tmp_path: Path) -> None:
    assert (await run(checks, "right")).score == 0.0
    assert (await run(checks, "later")).score == 0.5
    with pytest.raises(CallFailed, match="returned 'odd' for task"):
        await run(checks, "odd")
    here = Python(type="python", call="apart:number")
    assert str(os.getpid()) in (await checks.run(here, "x", task("number"))).feedback


async def test_one_worker_serves_until_it_crashes(checks: ProgramChecks) -> None:
    first, second = [(await run(checks, "number")).feedback for _ in range(2)]
    assert first == second
    with pytest.raises(CallFailed, match="it ended its worker process, which was replaced"):
        await run(checks, "leaves")
    third = (await run(checks, "number")).feedback
    assert third != first
    assert str(os.getpid()) not in third


async def test_several_run_at_once(checks: ProgramChecks) -> None:
    found = await asyncio.gather(*(run(checks, "number") for _ in range(12)))
    assert 1 <= len({one.feedback for one in found}) <= 4


async def test_noise_on_its_line_is_no_result(checks: ProgramChecks) -> None:
    with pytest.raises(CallFailed, match="apart:noise"):
        await run(checks, "noise")
    assert (await run(checks, "later")).score == 0.5


@pytest.mark.parametrize(
    "reply",
    [
        '{"found": ' + "[" * 100_000 + "]" * 100_000 + "}",
        *("[]", "7", "null", '"found"', '{"failed": {"a": 1}}', '{"absent": 1}', "{"),
        '{"found": [1' + "0" * 400 + ', "x"]}',
        '{"found": [1.0, {}]}',
        '{"found": [NaN, "x"]}',
        '{"found": [true, null, 3]}',
    ],
    ids=lambda reply: reply[:24],
)
async def test_a_reply_that_is_none_is_a_failed_check(checks: ProgramChecks, reply: str) -> None:
    with pytest.raises(CallFailed, match="apart:replies"):
        await run(checks, "replies", reply)


async def test_no_check_answers_for_the_next_one(checks: ProgramChecks) -> None:
    own, forged = '{"found": [1.0, "own"]}', '{"found": [0.0, "forged"]}'
    assert (await run(checks, "replies", f"{own}\n{forged}")).score == 1.0
    assert (await run(checks, "later")).score == 0.5


async def test_a_check_that_was_there_cannot_end_the_run_as_missing(
    checks: ProgramChecks,
) -> None:
    await checks.prepare([task("replies")])
    key = "sk-ant-api03-" + "a1B2" * 12
    with pytest.raises(CallFailed, match=r"gone \[redacted\]"):
        await run(checks, "replies", f'{{"absent": "gone {key}"}}')


async def test_it_has_a_chosen_environment(
    checks: ProgramChecks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_API_KEY", "k")
    assert (await run(checks, "has_key")).score == 1.0


async def test_nothing_is_imported_here(checks: ProgramChecks, tmp_path: Path) -> None:
    (tmp_path / "apart.py").write_text("import os\nos.kill(os.getpid(), 9)\n")
    tasks = [task("right")]
    assert checks.identity(tasks) == checks.identity(tasks)
    with pytest.raises(InputError, match="ends its process when imported"):
        await checks.prepare(tasks)


async def test_what_is_not_there_is_said_before_anything_is_run(checks: ProgramChecks) -> None:
    with pytest.raises(InputError, match="module 'apart' has no 'missing'"):
        await checks.prepare([task("missing")])
    own = Python(type="python", call="own:mine", isolated=True)
    with pytest.raises(InputError, match="cannot run in a process of its own"):
        await checks.prepare([task("right").model_copy(update={"checks": (own,)})])


async def test_one_that_hangs_while_it_is_imported(tmp_path: Path) -> None:
    (tmp_path / "apart.py").write_text("import os\nos.kill(os.getpid(), 9)\n")
    workers = CheckWorkers(folder=tmp_path, fence=Fence())
    with pytest.raises(Crashed):
        await workers.load("apart:right")
    await workers.close()
