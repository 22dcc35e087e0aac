"""Commands that do not want to end, or to be quiet."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from skillopt.adapters.processes import (
    Caps,
    Ended,
    Fence,
    NotStarted,
    PrintedTooMuch,
    own_folder,
    run,
    starting,
)
from skillopt.adapters.processes.running import _CHUNK, _TRIES
from skillopt.errors import CallFailed
from tests.scripted import ROOT

CAPS = Caps(out=1_000_000, err=1_000, err_total=5_000_000)


async def ran(
    *argv: str, given: bytes = b"", within: float | None = 60.0, caps: Caps = CAPS, **env: str
) -> Ended:
    with own_folder() as own:
        order = Fence().order(argv, own=own, cwd=own, within=within, env=env)
        return await run(order, given, caps=caps, within=within)


async def shell(script: str, **options: Any) -> Ended:
    return await ran("sh", "-c", script, **options)


async def python(code: str, **options: Any) -> Ended:
    return await ran(sys.executable, "-c", code, **options)


class Line:
    """A pipe that lives as long as something that was given it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        os.mkfifo(path)
        self._reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    @property
    def ended(self) -> bool:
        """All that has opened it is gone."""
        try:
            while os.read(self._reading, 4096):
                pass
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        os.close(self._reading)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    line = Line(tmp_path / "line")
    yield line
    line.close()


ESCAPES = {
    "a child": "sleep 600 3>$LINE &",
    "a child in a session of its own": "setsid sleep 600 3>$LINE &",
    "its orphan": "(setsid sleep 600 3>$LINE &) ; (setsid sh -c '(setsid sleep 600 3>$LINE &)' &)",
    "without an environment": "env -i /usr/bin/env setsid sleep 600 3>$LINE &",
    "deaf to signals": "trap '' TERM HUP INT QUIT; setsid sh -c 'trap \"\" TERM HUP; sleep 600' 3>$LINE &",
    "stopped": "setsid sh -c 'kill -STOP $$; sleep 600' 3>$LINE &",
    "that stops its supervisor": "setsid sleep 600 3>$LINE & kill -STOP $PPID; sleep 600",
    "that stops the keeper and ends its supervisor": (
        "setsid sleep 600 3>$LINE & kill -STOP $(cut -d ' ' -f 4 /proc/$PPID/stat); "
        "kill -9 $PPID; sleep 600"
    ),
    "that ends its supervisor": "setsid sleep 600 3>$LINE & kill -9 $PPID; sleep 600",
}


@pytest.mark.parametrize("script", ESCAPES.values(), ids=ESCAPES)
@pytest.mark.parametrize("way", ["ends", "takes too long"])
async def test_whatever_it_has_started_is_gone(line: Line, script: str, way: str) -> None:
    opens = f"exec 4>$LINE; {script}\necho right; exec 4>&-;"
    if way == "ends":
        ended = await shell(opens, LINE=str(line.path))
        if "PPID" not in script:
            assert (ended.code, ended.out) == (0, b"right\n")
    elif "PPID" not in script:
        with pytest.raises(TimeoutError):
            await shell(f"{opens} exec sleep 600", LINE=str(line.path), within=0.3)
    while not line.ended:  # where its supervisor is gone, another process takes its place
        os.sched_yield()


async def test_one_that_forks_without_end_ends(line: Line) -> None:
    code = """
import os, signal
line = open(os.environ["LINE"], "w")
for _ in range(20):
    if not os.fork():
        os.setsid()
        while True:
            if not os.fork():
                os._exit(0) if os.getpid() % 3 else os.setsid()
                signal.alarm(60)
            else:
                os.wait()
"""
    ended = await python(code, LINE=str(line.path))
    assert ended.code == 0
    assert line.ended


async def test_a_cancelled_one_is_gone(line: Line) -> None:
    waits = "setsid sleep 600 3>$LINE & echo ready > $LINE; sleep 600"
    running = asyncio.create_task(shell(waits, LINE=str(line.path), within=None))
    await asyncio.to_thread(select.select, [line._reading], [], [])
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert line.ended


@pytest.mark.parametrize("stream", [1, 2])
async def test_one_that_prints_without_end_is_cut_while_it_is_read(stream: int) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(PrintedTooMuch):
        await shell(f"yes >&{stream}", within=None)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 32_000  # kilobytes


async def test_one_that_prints_without_end_from_a_child_that_stays() -> None:
    with pytest.raises(PrintedTooMuch):
        await shell("setsid yes & sleep 600", within=None)


async def test_what_is_kept_of_its_output() -> None:
    ended = await shell("yes | head -c 900000; seq 1000 >&2; exit 3")
    assert (ended.code, len(ended.out)) == (3, 900_000)
    assert (len(ended.err), ended.err[-9:]) == (1_000, b"999\n1000\n")
    joined = Caps(out=0, err=20, err_total=1_000, joined=True)
    assert (await shell("echo one; echo two >&2", caps=joined)).err == b"one\ntwo\n"


async def test_its_input_may_be_large_and_unread() -> None:
    given = b"x" * 3_000_000
    assert (await ran("true", given=given)).code == 0
    assert (await ran("wc", "-c", given=given)).out.strip() == b"3000000"
    assert (await shell("exec <&-; echo right", given=given)).out == b"right\n"


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (("no-such-program",), "No such file"),
        (("/",), "ermission denied"),
        (("true", "a\0b"), "null byte"),
        (("true", "x" * 4_000_000), "too long"),
    ],
)
async def test_one_that_cannot_be_started(argv: tuple[str, ...], says: str) -> None:
    with pytest.raises(NotStarted, match=says):
        await ran(*argv)


async def test_its_exit_code_and_signal() -> None:
    assert (await shell("exit 75")).code == 75
    assert (await shell("kill -SEGV $$")).code == -signal.SIGSEGV


IGNORED = (signal.SIGQUIT, signal.SIGUSR1, signal.SIGALRM)
"""SIGQUIT is, in what a shell starts in the background."""


async def test_it_has_its_three_streams_and_nothing_of_the_supervisor() -> None:
    code = (
        "import os\n"
        "for one in range(3, 256):\n"
        "    try:\n"
        "        os.fstat(one)\n"
        "    except OSError:\n"
        "        continue\n"
        "    print(one)\n"
    )
    assert (await python(code)).out == b""


async def test_it_hears_every_signal() -> None:
    ignored = {number: signal.signal(number, signal.SIG_IGN) for number in IGNORED}
    try:
        starting.replace_keeper()
        status = (await ran("cat", "/proc/self/status")).out.decode()
    finally:
        for number, before in ignored.items():
            signal.signal(number, before)
        starting.replace_keeper()
    masks = {line.split()[0]: line.split()[1] for line in status.splitlines() if "Sig" in line}
    usual = (1 << 31) - 1  # above are those of the C library
    assert {int(masks[name], 16) & usual for name in ("SigBlk:", "SigIgn:")} == {0}


async def test_many_at_once_leave_nothing_open() -> None:
    await asyncio.gather(*(ran("true") for _ in range(24)))  # so many may be kept for the next
    before = open_files()
    ended = await asyncio.gather(*(ran("cat", given=b"%d" % one) for one in range(24)))
    assert [one.out for one in ended] == [b"%d" % one for one in range(24)]
    assert open_files() <= before


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
async def test_another_keeper_takes_the_place_of_one_that_is_out_of_order(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starting, "_ANSWERS", 2.0)
    starting.replace_keeper()
    await ran("true")
    assert starting._POOL.process is not None
    first = starting._POOL.process.pid
    os.kill(first, number)
    ended = await asyncio.gather(*(ran("echo", "x") for _ in range(40)))  # more than are idle
    assert [one.out for one in ended] == [b"x\n"] * 40
    assert starting._POOL.process.pid != first


def open_files() -> int:
    return len(list(Path("/dev/fd").iterdir()))


@pytest.mark.parametrize("failures", [2, 3])
async def test_output_that_cannot_be_read_is_no_failure_of_the_command(
    failures: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, left = os.read, [failures]

    def failing(fd: int, size: int) -> bytes:
        if size == _CHUNK and left[0]:
            left[0] -= 1
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(fd, size)

    monkeypatch.setattr(os, "read", failing)
    given = ran("sh", "-c", "echo yes", caps=replace(CAPS, joined=True))
    if failures < _TRIES:
        assert (await given).err == b"yes\n"
    else:
        with pytest.raises(CallFailed, match="could not be read: Input/output error"):
            await given


def test_a_program_that_has_run_commands_ends_with_nothing_open() -> None:
    code = """
import asyncio
from tests.adapters.processes.test_running import ran

asyncio.run(ran("true"))
"""
    ended = subprocess.run(
        [sys.executable, "-X", "dev", "-c", code], cwd=ROOT, capture_output=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
