"""Protected tasks: run first, and a veto that a single unlucky run cannot cast.

Only a task the incumbent passes reliably can be a sentinel: on a task that it passes nine times in
ten, three runs of an equally good candidate still veto one time in 35.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Literal

import numpy as np

from skillopt.core.gate.contest import SENTINEL_RERUNS, SENTINEL_RUNS, GateTask, Outcome, Standing
from skillopt.core.gate.evidence import Asks, Evidence, IntArray, Ruling, Scores

SURE = 5
"""Runs, all passed, that make a task reliable."""
SHARE = 0.9

Reliability = Literal["reliable", "unreliable", "unknown"]


def reliability(passed: int, failed: int, *, deterministic: bool = False) -> Reliability:
    """Whether a task with this record may be a sentinel: at least 5 of 5, or 9 of 10."""
    runs = passed + failed
    if deterministic and runs:
        return "unreliable" if failed else "reliable"
    if runs >= SURE and not failed:
        return "reliable"
    if runs >= SENTINEL_RUNS:
        return "reliable" if passed >= SHARE * runs - 1e-9 else "unreliable"
    return "unknown" if failed <= 1 else "unreliable"


def unreliable(
    tasks: Sequence[GateTask], book: Mapping[str, Standing], *, deterministic: bool = False
) -> tuple[str, ...]:
    """Ids of the protected tasks whose record says that they cannot be sentinels."""
    return tuple(
        task.id
        for task in tasks
        if task.protected
        and reliability(book[task.id].passed, book[task.id].failed, deterministic=deterministic)
        == "unreliable"
    )


def sentinels(evidence: Evidence) -> Generator[Asks, Scores, Ruling | None]:
    """Qualify the protected tasks, run the candidate on them; a veto, or None."""
    if not len(evidence.protected):
        return None
    yield from _qualify(evidence)
    guards = _having(evidence, "reliable")
    yield from evidence.run(guards, 0)
    failures = evidence.trials[0] < 1
    suspects = guards[failures[guards]]
    if not len(suspects):
        return None
    needed = 1
    if not evidence.deterministic:
        needed = 2
        for trial in SENTINEL_RERUNS:
            yield from evidence.run(suspects, trial)
    rows = [
        evidence.trials[trial][suspects]
        for trial in (0, *SENTINEL_RERUNS)
        if trial in evidence.trials
    ]
    fails = np.sum(np.array(rows) < 1, axis=0)
    broken = suspects[fails >= needed]
    if not len(broken):
        return None
    gain = float(evidence.differences(1)[guards].sum()) / len(guards)
    culprit = int(broken[0])
    return Ruling(Outcome.REJECTED, "sentinel", gain, len(guards), 1, culprit=culprit)


def _qualify(evidence: Evidence) -> Generator[Asks, Scores, None]:
    """Run the incumbent on protected tasks until each is known to be reliable or not.

    To five runs first, to ten where one of them failed. A task whose runs could not be had stays
    unknown, and is no sentinel this time.
    """
    for runs in () if evidence.deterministic else (SURE, SENTINEL_RUNS):
        unsettled = _having(evidence, "unknown")
        if len(unsettled):
            yield from evidence.run_incumbent(unsettled, runs - evidence.raw_runs(unsettled))
    for task in _having(evidence, "unreliable"):
        evidence.notes[int(task)] = "cannot be protected: the incumbent does not pass it reliably"
    for task in _having(evidence, "unknown"):
        evidence.notes[int(task)] = "is not protected this time: its runs have no result"


def _having(evidence: Evidence, wanted: Reliability) -> IntArray:
    passed, failed = evidence.passed, evidence.failed
    if passed is None or failed is None:
        return evidence.protected[:0]
    found = [
        task
        for task in evidence.protected
        if reliability(int(passed[task]), int(failed[task]), deterministic=evidence.deterministic)
        == wanted
    ]
    return np.array(found, np.intp)
