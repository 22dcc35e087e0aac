"""Checks that try to end, silence, print into or freeze the program, through the console script."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scripted import command, environment

CHECKS = """
import asyncio, contextlib, os, sys, threading
print("printed while it is imported")

def prints(answer, task):
    print("printed")
    sys.stderr.write("printed\\n")
    os.write(1, b"written to the descriptor\\n")
    threading.Thread(target=print, args=("from a thread",)).start()
    os.system("echo from a child")
    return answer == task.expected

def silences(answer, task):
    sys.stdout = sys.stderr = None
    return answer == task.expected

def closes(answer, task):
    sys.stdout.close()
    with contextlib.suppress(OSError):
        os.close(1)
    return answer == task.expected

def leaves_a_thread(answer, task):
    threading.Thread(target=threading.Event().wait).start()
    return answer == task.expected

def exits(answer, task):
    sys.exit(0)

def interrupts(answer, task):
    raise KeyboardInterrupt

def hangs(answer, task):
    while True:
        pass

async def blocks(answer, task):
    while True:
        pass

async def hangs_elsewhere(answer, task):
    await asyncio.to_thread(threading.Event().wait)

async def cancels(answer, task):
    raise asyncio.CancelledError

def has_no_next(answer, task):
    return next(iter(()))

class Odd(Exception):
    def __str__(self):
        sys.exit(0)

    __repr__ = __str__

def has_no_text(answer, task):
    raise Odd

def returns_an_odd_thing(answer, task):
    return Odd()

def leaves_at_once(answer, task):
    os._exit(0)

def crashes(answer, task):
    import ctypes
    ctypes.string_at(0)

def holds_the_lock(answer, task):
    import re
    sum(range(10 ** 18))

def tells_its_process(answer, task):
    if "skillopt.cli.main" in sys.modules:
        raise ValueError("it runs in the program")
    return answer == task.expected

async def exits_in_a_task(answer, task):
    async def leave():
        sys.exit(0)
    asyncio.get_running_loop().create_task(leave())
    await asyncio.sleep(60)
"""

TASKS = """
name: words
checks: [{{type: python, call: "{module}:{name}", timeout: 0.5{more}}}]
tasks:
  - {{id: a, split: train, input: one, expected: one}}
  - {{id: b, split: validation, input: two, expected: two}}
  - {{id: c, split: validation, input: three, expected: three}}
  - {{id: d, split: test, input: four, expected: four}}
"""


def gate(
    folder: Path, name: str, *flags: str, more: str = "", module: str = "hostile", **env: str
) -> subprocess.CompletedProcess[str]:
    (folder / "hostile.py").write_text(CHECKS)
    (folder / "words.yaml").write_text(TASKS.format(name=name, more=more, module=module))
    (folder / "agent.py").write_text("import json, sys\nprint(json.load(sys.stdin)['input'])\n")
    for version in ("old", "new"):
        text = f"---\nname: words\ndescription: Says words.\n---\n# Words\n\nThe {version} one.\n"
        (folder / f"{version}.md").write_text(text)
    given = ["old.md", "new.md", "--tasks", "words.yaml", "--json", *flags]
    return subprocess.run(
        command("gate", *given, "--target-command", f"{sys.executable} agent.py"),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**environment(), "CI": "", **env},
    )


QUIET = ["prints", "silences", "closes", "leaves_a_thread"]
"""They score the answer, and the two versions are alike."""

LOUD = {
    "exits": "it raised SystemExit: 0, which would end the program",
    "leaves_at_once": "it raised HardExit: os._exit(0), which would end the program",
    "interrupts": "it raised KeyboardInterrupt, which would end the program",
    "hangs": "took longer than 0.5 s",
    "blocks": "took longer than 0.5 s",
    "hangs_elsewhere": "took longer than 0.5 s",
    "cancels": "it raised CancelledError, which would end the program",
    "has_no_next": "StopIteration",
    "has_no_text": "Odd: (it has no text)",
    "returns_an_odd_thing": "it raised SystemExit: 0, which would end the program",
}
"""They have no result, and the gate none either."""


def reasons(folder: Path) -> str:
    """Why rollouts of the ledger are missing."""
    ledger = sqlite3.connect(folder / ".skillopt" / "ledger.db")
    with contextlib.closing(ledger):
        return " ".join(str(row) for row in ledger.execute("select payload from rollouts"))


@pytest.mark.parametrize("name", QUIET)
def test_a_check_cannot_spoil_the_result(tmp_path: Path, name: str) -> None:
    done = gate(tmp_path, name)
    assert json.loads(done.stdout)["outcome"] == "rejected", done.stderr
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", LOUD)
def test_a_check_cannot_end_or_freeze_the_program(tmp_path: Path, name: str) -> None:
    done = gate(tmp_path, name)
    assert json.loads(done.stdout)["outcome"] == "inconclusive", done.stderr
    assert done.returncode == 3
    assert LOUD[name] in reasons(tmp_path)
    assert "Traceback" not in done.stderr


def test_a_check_cannot_end_the_program_from_a_task_of_its_own(tmp_path: Path) -> None:
    done = gate(tmp_path, "exits_in_a_task")
    assert "called exit(0)" in json.loads(done.stdout)["error"]["message"]
    assert done.returncode == 2


CRASHES = {
    "crashes": "it ended its worker process",
    "holds_the_lock": "took longer than 0.5 s",
    **{name: LOUD[name] for name in ("leaves_at_once", "exits", "blocks")},
}
"""Checks with no result in a process of their own; two of them would take this one with them."""


@pytest.mark.parametrize("name", CRASHES)
def test_a_check_in_its_own_process_may_crash(tmp_path: Path, name: str) -> None:
    done = gate(tmp_path, name, more=", isolated: true")
    assert json.loads(done.stdout)["outcome"] == "inconclusive", done.stderr
    assert done.returncode == 3
    assert CRASHES[name] in reasons(tmp_path)


@pytest.mark.parametrize("name", ["prints", "leaves_a_thread"])
def test_in_ci_checks_run_in_a_process_of_their_own(tmp_path: Path, name: str) -> None:
    done = gate(tmp_path, name, CI="true")
    assert json.loads(done.stdout)["outcome"] == "rejected", done.stderr
    assert done.returncode == 1
    assert "printed" not in done.stderr
    assert "written to" not in done.stderr


def test_that_can_be_turned_off(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    assert gate(first, "tells_its_process", CI="true").returncode == 1
    done = gate(second, "tells_its_process", "--no-isolate-checks", CI="true")
    assert done.returncode == 3
    assert "it runs in the program" in reasons(second)


def test_a_module_that_ends_the_program_is_found_before_anything_is_spent(tmp_path: Path) -> None:
    (tmp_path / "leaving.py").write_text("import ctypes\nctypes.string_at(0)\n")
    done = gate(tmp_path, "x", more=", isolated: true", module="leaving")
    assert done.returncode == 2
    assert "ends its process when imported" in json.loads(done.stdout)["error"]["message"]
