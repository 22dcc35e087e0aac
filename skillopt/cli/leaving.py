"""The end of the process, whatever the user's code has left running in it."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterable

PATIENCE = 5.0
"""Seconds that threads of the user's code are waited for."""


def leave(code: object, *, before: Iterable[threading.Thread], patience: float = PATIENCE) -> None:
    """End the process where threads that were started since ``before`` would keep it.

    Args:
        code: its exit code, as `SystemExit` has it.
        before: the threads that are nobody's concern.
        patience: seconds that they are waited for.
    """
    known = {threading.current_thread(), *before}
    ends = time.monotonic() + patience
    for thread in threading.enumerate():
        if thread in known or thread.daemon:
            continue
        thread.join(max(0.0, ends - time.monotonic()))
        if thread.is_alive():
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
            os._exit(code if isinstance(code, int) else int(code is not None))
