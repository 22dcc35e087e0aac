"""Two versions' second attempts, side by side."""

from __future__ import annotations

from skillopt.core.probes.corrections import corrections
from skillopt.core.probes.runs import Attempts, ProbeRuns
from tests.core.probes.rollouts import run, tasks

IDS = ("t0", "t1", "t2", "t3")


def runs(*scores: tuple[float, float]) -> ProbeRuns:
    pairs = tuple(
        Attempts(run(task, first), run(task, second))
        for task, (first, second) in zip(IDS, scores, strict=True)
    )
    return ProbeRuns(plain=tuple(pair.first for pair in pairs), attempts=pairs)


def test_repairs_and_breakages_of_each_and_the_difference_of_the_gains() -> None:
    before = runs((0, 1), (0, 0), (1, 1), (1, 0))
    after = runs((0, 1), (0, 1), (1, 1), (1, 1))
    found = corrections(before, after, tasks(4))
    assert found.first is not None
    assert found.last is not None
    assert (found.first.repaired, found.first.broken, found.first.gain.mean) == (1, 1, 0)
    assert (found.last.repaired, found.last.broken, found.last.gain.mean) == (2, 0, 0.5)
    assert found.difference is not None
    assert found.difference.mean == 0.5


def test_one_version_alone_and_one_that_never_answers() -> None:
    found = corrections(runs((0, 1), (0, 0), (1, 1), (1, 0)), None, tasks(4))
    assert (found.last, found.difference) == (None, None)
    silent = corrections(ProbeRuns(plain=()), None, tasks(4))
    assert silent.first is None
