"""The end of the process."""

from __future__ import annotations

import subprocess
import sys
import threading

from skillopt.cli.leaving import leave
from tests.scripted import environment

LEFT = """
import threading
from skillopt.cli import leaving
leaving.PATIENCE = 0.0
before = threading.enumerate()
threading.Thread(target=threading.Event().wait).start()
print("result")
leaving.leave({code!r}, before=before)
"""


def test_a_thread_that_hangs_is_left() -> None:
    exits: dict[object, int] = {3: 3, 0: 0, None: 0, "text": 1}
    processes = {
        code: subprocess.Popen(
            [sys.executable, "-c", LEFT.format(code=code)],
            stdout=subprocess.PIPE,
            env=environment(),
        )
        for code in exits
    }
    said = {code: process.communicate()[0] for code, process in processes.items()}
    assert set(said.values()) == {b"result\n"}
    assert {code: process.returncode for code, process in processes.items()} == exits


def test_threads_that_end_or_were_there_are_no_reason() -> None:
    ends = threading.Event()
    known = threading.Thread(target=ends.wait)
    known.start()
    before = threading.enumerate()
    brief = threading.Thread(target=int)
    brief.start()
    leave(3, before=before)
    assert known.is_alive(), "what was there before is not waited for"
    assert not brief.is_alive()
    ends.set()
    known.join()
