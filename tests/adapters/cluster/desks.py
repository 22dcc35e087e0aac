"""A target as a function of a module: it can end its worker, and ask a server."""

from __future__ import annotations

import os
import signal
import urllib.request
from pathlib import Path

from tests.faults.small_run import agent

NOTES = "SKILLOPT_TEST_NOTES"
"""A folder: each call is noted in its file `calls`; `end-TASK` there ends the worker, once."""
SERVER = "SKILLOPT_TEST_SERVER"
"""A URL that is asked in each call, with the process in its path."""


def desk(skill: str, given: str) -> str:
    """The desk of a letter."""
    notes = os.environ.get(NOTES)
    if notes:
        _note(Path(notes), given)
    if SERVER in os.environ:
        with urllib.request.urlopen(f"{os.environ[SERVER]}/{os.getpid()}") as response:
            response.read()
    return agent(skill, given)


def _note(notes: Path, given: str) -> None:
    with (notes / "calls").open("a", encoding="utf-8") as file:
        file.write(f"{given}\n")
    try:
        (notes / f"end-{given}").unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
