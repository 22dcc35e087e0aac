"""What a command is given: an environment, resources, a folder."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from skillopt.adapters.processes import Caps, Ended, Fence, own_folder, run
from skillopt.adapters.processes.fence import PASSED

CAPS = Caps(out=100_000, err=2_000, err_total=100_000)


async def python(code: str, fence: Fence | None = None, **more: Any) -> Ended:
    with own_folder() as own:
        argv = [sys.executable, "-c", code]
        order = (fence or Fence()).order(argv, own=own, cwd=own, within=60.0, **more)
        return await run(order, b"", caps=CAPS, within=60.0)


async def test_the_environment_is_a_chosen_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("MY_TOKEN", "t")
    monkeypatch.setenv("LC_TIME", "C")
    code = "import json, os; print(json.dumps(dict(os.environ)))"
    found = json.loads((await python(code, env={"OWN": "é"})).out)
    assert found["OWN"] == "é"
    assert found["PATH"] == os.environ["PATH"]
    assert found["LC_TIME"] == "C"
    assert not {"OPENAI_API_KEY", "MY_TOKEN"} & set(found)
    assert set(found) <= PASSED | {"OWN", "TMPDIR", "LC_TIME", "LC_CTYPE", "LC_ALL"}
    passed = json.loads((await python(code, Fence(passes=("MY_TOKEN", "NOT_SET")))).out)
    assert passed["MY_TOKEN"] == "t"
    assert "NOT_SET" not in passed


async def test_memory_is_limited() -> None:
    ended = await python("x = bytearray(300_000_000)", Fence(memory=200))
    assert ended.code == 1
    assert b"MemoryError" in ended.err
    assert (await python("x = bytearray(300_000_000)", Fence(memory=600))).code == 0


async def test_time_and_files_are_limited() -> None:
    code = """
import json, resource
names = "RLIMIT_CPU RLIMIT_NOFILE RLIMIT_FSIZE RLIMIT_CORE RLIMIT_NPROC".split()
print(json.dumps([resource.getrlimit(getattr(resource, name)) for name in names]))
"""
    found = json.loads((await python(code)).out)
    assert all(soft == hard != -1 for soft, hard in found)
    assert found[3] == [0, 0]


async def test_a_file_without_end_ends() -> None:
    code = "f = open('x', 'wb'); f.truncate(5 * 1024**3)"
    ended = await python(code)
    assert b"File too large" in ended.err


async def test_its_temporary_files_go_with_it() -> None:
    code = "import tempfile; print(tempfile.mkdtemp())"
    made = Path((await python(code)).out.decode().strip())
    assert not made.parent.exists()
