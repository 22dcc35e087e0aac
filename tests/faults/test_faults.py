"""A few faults, kills and runs at once; `docs/security.md` has the commands that try all of them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.faults import flood, injector
from tests.faults.judging import Judge
from tests.scripted import ROOT, environment

NO_COMPILER = "fault injection needs Linux and a C compiler (cc)"
needs_compiler = pytest.mark.skipif(injector.compiler() is None, reason=NO_COMPILER)


def said(module: str, *arguments: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT, env=environment(), check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


@needs_compiler
def test_a_run_goes_on_after_any_io_call_went_wrong() -> None:
    faults = ("NO_SPACE", "IO_ERROR", "SHORT", "KILL")
    (last,) = said("tests.faults", "--first", "150", "--every", "500", "--faults", *faults)
    assert "0 broke something" in last, last
    assert int(last.split()[0]) > 500


@needs_compiler
def test_a_run_goes_on_after_the_disk_was_full() -> None:
    (last,) = said(
        "tests.faults", "--lasting", "--faults", "NO_SPACE", "--first", "300", "--every", "700"
    )
    assert "0 broke something" in last, last


@needs_compiler
def test_a_run_goes_on_after_a_targets_pipe_broke() -> None:
    arguments = ("--run", "command", "--faults", "BROKEN_PIPE", "IO_ERROR", "--every", "800")
    (last,) = said("tests.faults", *arguments)
    assert "0 broke something" in last, last


def test_a_run_with_processes_goes_on_after_a_kill() -> None:
    (line,) = said("tests.faults.kills", "--kills", "3", "--jobs", "3", "--seed", "5")
    told = json.loads(line)
    assert told["wrong"] == []
    assert told["events"] > 20


def test_runs_at_once_on_one_server_lose_nothing(postgres_url: str) -> None:
    found = flood.flooded(postgres_url, runs=4, processes=2, seconds=0)
    assert found["wrong"] == []
    assert found["runs"] == 4
    assert int(str(found["rollouts"])) > 40


async def test_the_flood_sees_what_a_ledger_lost(postgres_url: str) -> None:
    told = [{"run": "nobody", "rounds": 2, "rollouts": 7}]
    wrong = await flood.missing(postgres_url, told)  # type: ignore[arg-type]
    assert wrong == ["run nobody: 0 of 2 rounds", "run nobody: 0 of 7 rollouts"]


SOUND = {"first": {"end": "e", "calls": 9}, "then": {"sound": True, "end": None, "skill": "s"}}


@pytest.mark.parametrize(
    ("first", "then", "end", "complaint"),
    [
        ({"refused": "LedgerError: full"}, {}, "e", None),
        ({"raw": "Traceback\nOSError: full"}, {}, "e", "not an error of ours"),
        ({"refused": "x"}, {"sound": False}, "e", "does not verify"),
        ({"refused": "x"}, {"skill": "t"}, "e", "another text"),
        ({"refused": "x"}, {}, "f", "another end"),
        ({}, {"refused": "LedgerError: damaged"}, None, "afterwards"),
    ],
)
def test_what_breaks_is_complained_of(
    first: dict[str, str], then: dict[str, object], end: str, complaint: str | None
) -> None:
    judge = Judge()
    assert judge.complaints(json.dumps({"calls": 9, "expected": {**SOUND, "end": "e"}})) == []
    point = {"at": 3, "fault": "KILL", "first": first, "then": {**SOUND["then"], **then}}
    found = judge.complaints(json.dumps({**point, "end": end, "ended_untold": False}))
    assert [each for each in found if complaint and complaint in each] == found
    assert bool(found) is (complaint is not None)
    assert judge.broken == bool(found)
