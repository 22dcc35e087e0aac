"""Stdout is kept for results."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from skillopt.cli.results import keep_results, results
from tests.scripted import environment

MIXED = """
import os, subprocess, sys
from skillopt.cli.output import print_json, say
from skillopt.cli.results import keep_results
keep_results()
keep_results()
print("a print", flush=True)
os.write(1, b"a write\\n")
subprocess.run(["echo", "a child"])
say("é")
print_json({"right": True})
os.close(1)
say("last")
"""


def mixed(**streams: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", MIXED]
    return subprocess.run(command, text=True, check=False, env=environment(), **streams)


def test_nothing_but_results_gets_to_stdout() -> None:
    done = mixed(capture_output=True)
    assert done.stdout == 'é\n{\n  "right": true\n}\nlast\n'
    assert done.stderr == "a print\na write\na child\n"


def test_without_a_stderr() -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$0" -c "$1" 2>&-', sys.executable, MIXED],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        env=environment(),
    )
    assert done.stdout == 'é\n{\n  "right": true\n}\nlast\n'


def test_a_stream_in_its_place_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    keep_results()
    assert results() is sys.stdout
