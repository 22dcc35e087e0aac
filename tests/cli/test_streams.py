"""Commands whose output nobody can take: one message, the documented code, no traceback."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from tests.adapters.ledger.samples import a_run
from tests.scripted import SKILL, command, environment

FULL = Path("/dev/full")
LOST = "skillopt: standard output cannot be written to: "


@pytest.fixture
async def project(tmp_path: Path) -> Path:
    async with SqlLedger.open(tmp_path / ".skillopt" / "ledger.db") as ledger:
        await ledger.start_run(a_run(), SKILL)
    return tmp_path


def shell(project: Path, *arguments: str, streams: str) -> tuple[int, str]:
    """Exit code, and what is printed to the streams that are open."""
    line = f"{shlex.join(command(*arguments))} {streams}"
    ended = subprocess.run(
        ["/bin/sh", "-c", line],
        check=False,
        cwd=project,
        env=environment(),
        capture_output=True,
        text=True,
    )
    return ended.returncode, ended.stdout + ended.stderr


COMMANDS = [
    ("runs", "list"),
    ("runs", "list", "--json"),
    ("ledger", "verify"),
    ("ledger", "export"),
    ("--help",),
    ("--version",),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_closed_stdout_is_one_message(arguments: tuple[str, ...], project: Path) -> None:
    code, told = shell(project, *arguments, streams=">&-")
    assert code == 4
    assert [line for line in told.splitlines() if "skillopt: " in line] == [f"{LOST}it is closed"]
    assert "Traceback" not in told


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full")
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_full_stdout_is_one_message(arguments: tuple[str, ...], project: Path) -> None:
    code, told = shell(project, *arguments, streams=f">{FULL}")
    assert code == 4
    assert told.count(f"{LOST}No space left on device") == 1
    assert "Traceback" not in told


@pytest.mark.parametrize("streams", ["2>&-", "2>/dev/full", "<&- >&- 2>&-"])
def test_an_error_that_nobody_can_read_has_its_code(streams: str, project: Path) -> None:
    assert shell(project, "ledger", "show", "nothing", streams=streams) == (2, "")


def test_a_reader_that_leaves_is_no_failure(project: Path) -> None:
    code, told = shell(project, "ledger", "export", streams="| head -1; exit 0")
    assert code == 0
    assert "skillopt: " not in told
    assert "Traceback" not in told


def test_what_a_command_opens_does_not_get_the_number_of_a_closed_stream(project: Path) -> None:
    """A ledger that is file 1 would be written into by whoever prints."""
    ledger = project / ".skillopt" / "ledger.db"
    before = ledger.read_bytes()
    for _ in range(2):
        assert shell(project, "runs", "list", streams="<&- >&- 2>&-")[0] == 4
    assert ledger.read_bytes() == before
    assert shell(project, "ledger", "verify", streams="")[0] == 0


def test_a_file_that_cannot_be_written_is_named(project: Path) -> None:
    code, told = shell(project, "ledger", "export", "--out", os.fspath(project), streams="")
    assert code in (2, 4)
    assert str(project) in told
    assert "Traceback" not in told
