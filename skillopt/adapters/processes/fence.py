"""What a command is given of this machine: environment, resources, and what it can reach."""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from skillopt.adapters.processes.sandbox import sandboxed
from skillopt.adapters.processes.starting import Order

PASSED = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TZ", "TERM", "LANG", "LANGUAGE", "NO_COLOR"),
        *("PYTHONPATH", "PYTHONHOME", "PYTHONUTF8", "PYTHONIOENCODING", "PYTHONDONTWRITEBYTECODE"),
        *("VIRTUAL_ENV", "CONDA_PREFIX", "NODE_PATH", "JAVA_HOME", "GEM_HOME", "GEM_PATH"),
        *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR"),
        *("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"),
    }
)
"""Variables that a command finds in its environment, beside `LC_...`: none that holds a secret."""

OPEN_FILES = 4_096
LARGEST_FILE = 4 * 1024**3
"""Bytes that one file of a command may come to."""
PROCESSES = 1_024
"""Processes and threads that a command may add to those of the system."""


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder for one command alone; it is deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="skillopt-", ignore_cleanup_errors=True) as folder:
        yield Path(folder).resolve()


@dataclass(frozen=True)
class Fence:
    """How commands of a run are held."""

    passes: tuple[str, ...] = ()
    """Variables that they find in their environment beside those of :data:`PASSED`."""
    memory: int | None = None
    """Megabytes that one process may hold."""
    sandbox: bool = False
    """Bubblewrap: no network, a read-only system, nothing of the home folder."""

    def order(
        self,
        argv: Sequence[str],
        *,
        own: Path,
        cwd: Path,
        within: float | None,
        env: Mapping[str, str] | None = None,
        sees: Iterable[Path] = (),
    ) -> Order:
        """What is started for ``argv``.

        Args:
            argv: program and arguments.
            own: its own folder, for its temporary files.
            cwd: where it runs.
            within: seconds it may take.
            env: further variables.
            sees: files and folders that it may read in a sandbox, beside the system's and ``cwd``.
        """
        given = {**self._environment(), "TMPDIR": str(own), **(env or {})}
        if self.sandbox:
            argv = sandboxed(argv, own=own, cwd=cwd, sees=sees)
            given["HOME"] = str(own)
        return Order(
            argv=argv,
            env=given,
            cwd=str(cwd),
            limits=self._limits(),
            # Of one process: what is over it runs on many cores, or is stuck.
            seconds=None if within is None else math.ceil(within * (os.cpu_count() or 1)) + 1,
            processes=PROCESSES,
        )

    def _environment(self) -> dict[str, str]:
        return {
            name: value
            for name, value in os.environ.items()
            if name in PASSED or name in self.passes or name.startswith("LC_")
        }

    def _limits(self) -> dict[str, tuple[int, int]]:
        limits = {
            "RLIMIT_NOFILE": (OPEN_FILES, OPEN_FILES),
            "RLIMIT_FSIZE": (LARGEST_FILE, LARGEST_FILE),
            "RLIMIT_CORE": (0, 0),
        }
        if self.memory is not None:
            limits["RLIMIT_DATA"] = (self.memory * 1024**2,) * 2
        return limits
