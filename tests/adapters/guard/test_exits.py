"""What ends the program at once, called by the user's code."""

from __future__ import annotations

import asyncio
import contextvars
import os
import subprocess
import sys

import pytest

from skillopt.adapters.guard import Ended, awaited, called, heard
from skillopt.adapters.guard.exits import HardExit, exits_held


def leave(*_: object) -> None:
    os._exit(7)


async def leave_later() -> None:
    await asyncio.sleep(0)
    leave()


def test_a_call_that_leaves_is_ended_and_the_program_goes_on() -> None:
    with pytest.raises(Ended, match=r"HardExit: os\._exit\(7\), which would end the program"):
        called(leave)


async def test_so_is_an_awaited_one_and_a_task_of_its_own() -> None:
    with pytest.raises(Ended, match=r"os\._exit\(7\)"):
        await awaited(leave_later(), within=None)

    async def starts_one() -> None:
        await asyncio.gather(asyncio.create_task(leave_later()))

    with pytest.raises(Ended, match=r"os\._exit\(7\)"):
        await awaited(starts_one(), within=None)


def test_so_is_a_listener() -> None:
    with pytest.raises(Ended, match=r"os\._exit\(7\)"):
        heard(leave, "an event")


def test_a_process_that_the_code_has_forked_may_leave() -> None:
    def fork() -> int:
        child = os.fork()
        if child == 0:
            os._exit(9)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    assert called(fork) == 9


def test_the_program_itself_may_leave_while_and_after_code_runs() -> None:
    program = (
        "import contextvars, os, sys\n"
        "from skillopt.adapters.guard.exits import exits_held\n"
        "outside = contextvars.copy_context()\n"
        "with exits_held():\n"
        "    if 'during' in sys.argv: outside.run(os._exit, 5)\n"
        "os._exit(6)\n"
    )
    codes = [
        subprocess.run([sys.executable, "-c", program, when], check=False).returncode
        for when in ("during", "after")
    ]
    assert codes == [5, 6]


def test_held_exits_nest() -> None:
    with exits_held():
        with exits_held():
            pass
        with pytest.raises(HardExit):
            contextvars.copy_context().run(leave)
