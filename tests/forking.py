"""Processes that begin with everything imported: forked from one that has loaded it."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterable


def all_succeed(jobs: Iterable[Callable[[], object]]) -> bool:
    """Run each job in a process of its own, all at once; whether none of them has failed."""
    children = [forked(job) for job in jobs]
    ends = [os.waitpid(child, 0)[1] for child in children]
    return not any(ends)


def forked(job: Callable[[], object]) -> int:
    """Begin a job in a process of its own, which ends with it; returns its id."""
    child = os.fork()
    if child == 0:
        try:
            job()
        except BaseException:  # noqa: BLE001 - the child must end here
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return child
