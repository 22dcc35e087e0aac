"""How a process that holds a run is called, and whether it is still there."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from skillopt.adapters.ledger.locks.process_name import (
    LONGEST,
    UNKNOWN,
    has_died_here,
    this_process,
)


def ended() -> int:
    """The number of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    process.wait()
    return process.pid


def test_the_name_has_process_and_host() -> None:
    assert this_process().startswith(f"process {os.getpid()} on ")
    assert len(this_process().encode()) <= LONGEST


def test_a_process_that_lives_has_not_died() -> None:
    assert not has_died_here(this_process())
    assert not has_died_here(this_process().replace(str(os.getpid()), str(os.getppid())))


def test_a_process_that_ended_here_has() -> None:
    assert has_died_here(this_process().replace(str(os.getpid()), str(ended())))


@pytest.mark.parametrize(
    "holder", [UNKNOWN, "", "process x on y", "process 1", f"process {10**9} on another-host"]
)
def test_of_others_nothing_is_known(holder: str) -> None:
    assert not has_died_here(holder)


def test_a_long_host_name_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "höst" * 40)
    assert len(this_process().encode()) == LONGEST
