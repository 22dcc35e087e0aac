"""The shim (`shim.c`) as Python sees it: built with the system's C compiler, preloaded, armed."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from enum import IntEnum
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")
ROOT = Path(__file__).parents[2]


class Fault(IntEnum):
    """What goes wrong; the numbers are those of `shim.c`."""

    NONE = 0
    NO_SPACE = 1
    IO_ERROR = 2
    BROKEN_PIPE = 3
    SHORT = 4
    KILL = 5
    STALL = 6


def compiler() -> str | None:
    """The C compiler; None where there is none, or no Linux."""
    return shutil.which("cc") if sys.platform == "linux" else None


def built(folder: Path) -> Path:
    """The shim as a library."""
    library = folder / "shim.so"
    subprocess.run(
        [compiler() or "cc", "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"], check=True
    )
    return library


def under_shim(module: str, library: Path, *arguments: str) -> subprocess.Popen[str]:
    """A module of the tests at work, with the shim before libc."""
    environment = {**os.environ, "LD_PRELOAD": str(library), "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


class Shim:
    """The library in a process that was started with it."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None)
        self._library.fault_where.restype = ctypes.c_char_p

    def arm(self, folder: Path, fault: Fault, at: int, *, lasting: bool, pipes: bool) -> None:
        """Count calls on files in ``folder`` from now on; call ``at`` (and all after) fails."""
        under = os.fsencode(folder)
        self._library.fault_arm(under, int(fault), at, int(lasting), int(pipes))

    @property
    def seen(self) -> int:
        """Calls so far."""
        return int(self._library.fault_seen())

    @property
    def where(self) -> str:
        """The function that went wrong."""
        return bytes(self._library.fault_where()).decode()
