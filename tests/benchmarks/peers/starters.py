"""A process for each environment that has a tool imported, and forks for each run."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import NamedTuple, Self

from tests.benchmarks.peers.environments import HERE, Tool, install
from tests.benchmarks.peers.server import Played


class End(NamedTuple):
    """How a run ended."""

    code: int
    cpu: float
    """Seconds, those of the start included."""
    wall: float
    """Likewise."""


class Starter:
    """One environment's."""

    def __init__(self, python: Path, script: str, folder: Path) -> None:
        plain = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self._process = subprocess.Popen(
            [str(python), str(HERE / "tools" / "forked.py"), script, str(time.time())],
            cwd=folder,
            env={**plain, "OPENAI_API_KEY": "none"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._cpu, self._wall = self._read()

    def run(self, job: Path, played: Played, kill_at: int | None) -> End:
        """Do a job to its end, or until call ``kill_at`` has come."""
        assert self._process.stdin
        self._process.stdin.write(f"{job}\n")
        self._process.stdin.flush()
        (pid,) = map(int, self._read())
        played.end = lambda: os.kill(pid, signal.SIGKILL)
        played.ends_at = kill_at
        code, cpu, wall = self._read()
        played.ends_at = None
        return End(int(code), self._cpu + cpu, self._wall + wall)

    def close(self) -> None:
        """End it; no job is running."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()

    def _read(self) -> list[float]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the starter ended; what it wrote to standard error says why")
        return [float(number) for number in line.split()]


class Starters:
    """Started when they are first used, ended together."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._made = folder, dict[tuple[str, str], Starter]()

    def of(self, tool: Tool) -> Starter:
        """The starter of a tool, in its environment."""
        key = (tool.environment, tool.script)
        if key not in self._made:
            self._made[key] = Starter(install(tool, self._folder), tool.script, self._folder)
        return self._made[key]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for starter in self._made.values():
            starter.close()
