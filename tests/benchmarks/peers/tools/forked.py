"""Imports a tool once and forks for each job: `python forked.py SCRIPT`.

A job's path comes as a line of standard input; its process's id goes out as a line, and when it has
ended, its exit code, its CPU seconds and its wall seconds. Before that, one line says what the start
took: CPU and wall seconds, which each run pays that is started by itself.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

LONGEST = 3600
"""Seconds of a run; a tool that hangs is ended then."""


def main() -> None:
    """Serve until standard input ends."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a tool prints while it is imported is no line of ours

    def told(*numbers: float) -> None:
        print(*numbers, file=out, flush=True)

    path = Path(__file__).with_name(sys.argv[1])
    spec = spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    tool = module_from_spec(spec)
    spec.loader.exec_module(tool)
    tool.load()
    told(time.process_time(), time.time() - float(sys.argv[2]))
    for line in sys.stdin:
        started = time.monotonic()
        pid = os.fork()
        if not pid:
            worked(tool, Path(line.strip()))
        told(pid)
        _, status, used = os.wait4(pid, 0)
        cpu = used.ru_utime + used.ru_stime
        told(os.waitstatus_to_exitcode(status), cpu, time.monotonic() - started)


def worked(tool: Any, job: Path) -> None:
    """Do a job in this process, which ends with it."""
    signal.alarm(LONGEST)
    output = os.open(job.parent / "output.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.chdir(job.parent)
    code = 1
    try:
        tool.main(job)
        code = 0
    except BaseException:  # noqa: BLE001 (a fork must not go on with its parent's work)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
