"""Bubblewrap. What it does is tested where it works; what it is asked for, everywhere."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from skillopt.adapters.processes import Caps, Ended, Fence, check_sandbox, own_folder, run, sandbox
from skillopt.errors import SettingsError

CAPS = Caps(out=100_000, err=2_000, err_total=100_000)


def works() -> bool:
    program = shutil.which("bwrap")
    command = [str(program), "--unshare-all", "--ro-bind", "/", "/", "true"]
    return bool(program) and subprocess.run(command, check=False).returncode == 0


needs_bwrap = pytest.mark.skipif(not works(), reason="bubblewrap does not work here")


@pytest.fixture(autouse=True)
def _forgets() -> Iterator[None]:
    sandbox._bwrap.cache_clear()
    yield
    sandbox._bwrap.cache_clear()


async def python(code: str, folder: Path, **env: str) -> Ended:
    with own_folder() as own:
        argv = [sys.executable, "-c", code]
        order = Fence(sandbox=True).order(
            argv, own=own, cwd=own, within=60.0, env=env, sees=(folder,)
        )
        return await run(order, b"asked", caps=CAPS, within=60.0)


@needs_bwrap
async def test_it_answers_as_it_does_outside(tmp_path: Path) -> None:
    (tmp_path / "fact").write_text("seen")
    code = f"""
import os, sys, tempfile
print(sys.stdin.read(), open({str(tmp_path / "fact")!r}).read(), os.getcwd() == os.environ["HOME"])
open("mine", "w").write("x")
tempfile.TemporaryFile()
sys.exit(3)
"""
    ended = await python(code, tmp_path)
    assert (ended.code, ended.out) == (3, b"asked seen True\n"), ended.err


@needs_bwrap
async def test_it_reaches_no_network(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = f"import socket; socket.create_connection(('127.0.0.1', {port}), timeout=5)"
        ended = await python(code, tmp_path)
    assert ended.code == 1
    assert b"refused" in ended.err or b"unreachable" in ended.err


@needs_bwrap
@pytest.mark.parametrize("place", ["/etc/skillopt-was-here", "/usr/skillopt-was-here", "fact"])
async def test_it_writes_nowhere_else(tmp_path: Path, place: str) -> None:
    (tmp_path / "fact").write_text("before")
    target = tmp_path / place if place == "fact" else Path(place)
    ended = await python(f"open({str(target)!r}, 'w').write('after')", tmp_path)
    assert ended.code == 1
    assert b"Read-only file system" in ended.err
    assert (tmp_path / "fact").read_text() == "before"


@needs_bwrap
async def test_homes_and_sockets_are_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh" / "id").write_text("secret")
    monkeypatch.setenv("HOME", str(home))
    code = f"import os; print(os.listdir({str(home)!r}), os.listdir('/run'))"
    assert (await python(code, tmp_path / "none")).out == b"[] []\n"


@needs_bwrap
async def test_it_sees_no_other_process(tmp_path: Path) -> None:
    code = "import os; print([p for p in os.listdir('/proc') if p.isdigit() and int(p) > 9])"
    assert (await python(code, tmp_path)).out == b"[]\n"


@needs_bwrap
async def test_what_it_leaves_is_gone_with_it(tmp_path: Path) -> None:
    line = tmp_path / "line"
    os.mkfifo(line)
    reading = os.open(line, os.O_RDONLY | os.O_NONBLOCK)
    code = "import os, time\nif not os.fork():\n os.setsid()\n time.sleep(600)"
    script = f"exec 3>{line}; {sys.executable} -c '{code}'"
    with own_folder() as own:
        order = Fence(sandbox=True).order(
            ["sh", "-c", script], own=own, cwd=own, within=60.0, sees=(tmp_path,)
        )
        assert (await run(order, b"", caps=CAPS, within=60.0)).code == 0
    assert os.read(reading, 1) == b""
    os.close(reading)


@needs_bwrap
def test_it_is_tried_before_a_run() -> None:
    check_sandbox()


def test_without_it_there_is_a_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SettingsError, match="there is no `bwrap`; install bubblewrap"):
        check_sandbox()


def test_one_that_does_not_work_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\necho 'No permissions to create new namespace' >&2; exit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(SettingsError, match="does not work here: No permissions to create"):
        check_sandbox()


def test_what_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    own = tmp_path / "own"
    argv = sandbox.sandboxed(["cat", "-n"], own=own, cwd=own, sees=[tmp_path])
    assert argv[0] == str(program)
    assert argv[-3:] == ["--", "cat", "-n"]
    joined = " ".join(argv)
    for wanted in (
        "--unshare-all",
        "--cap-drop ALL",
        "--ro-bind / /",
        "--tmpfs /tmp",
        f"--bind {own} {own}",
    ):
        assert wanted in joined
    assert "--share-net" not in argv
