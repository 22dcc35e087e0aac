"""Whether a head holds: by fresh runs, against the last version that held and the first."""

from __future__ import annotations

import numpy as np
import pytest

from skillopt.core.gate import GateTask
from skillopt.core.gate.drift import drift_check
from skillopt.core.gate.drift_result import Drift

NAMES = [f"t{at}" for at in range(40)]
TASKS = tuple(GateTask(id=name) for name in NAMES)


def right(count: int) -> dict[str, float]:
    """The first ``count`` tasks are passed."""
    return {name: float(at < count) for at, name in enumerate(NAMES)}


def check(head: int, held: int, first: int) -> Drift:
    scores = {"head": right(head), "held": right(held), "first": right(first)}
    return drift_check(scores, head="head", held="held", first="first", tasks=TASKS)


@pytest.mark.parametrize(
    ("scores", "back_to"),
    [
        ((20, 18, 16), None),
        ((18, 18, 16), None),
        ((17, 18, 16), "held"),
        ((17, 15, 18), "first"),
        ((15, 17, 18), "first"),
        ((15, 17, 17), "held"),
    ],
)
def test_the_search_goes_back_to_the_last_version_that_is_not_behind_the_first(
    scores: tuple[int, int, int], back_to: str | None
) -> None:
    assert check(*scores).back_to == back_to


def test_the_first_check_has_the_first_version_to_go_back_to() -> None:
    scores = {"head": right(9), "first": right(10)}
    found = drift_check(scores, head="head", held="first", first="first", tasks=TASKS)
    assert (found.back_to, found.since, found.total) == ("first", -1 / 40, -1 / 40)


def test_tasks_without_a_result_are_left_out_and_none_at_all_says_nothing() -> None:
    scores = {"head": {"t0": 1.0, "t1": 0.0}, "held": {"t0": 0.0}, "first": right(5)}
    found = drift_check(scores, head="head", held="held", first="first", tasks=TASKS)
    assert (found.tasks, found.since, found.total) == (1, 1.0, 0.0)
    nothing = drift_check(
        {"head": {}, "first": {}}, head="head", held="first", first="first", tasks=TASKS
    )
    assert (nothing.tasks, nothing.back_to) == (0, None)


def test_weights_and_clusters_count() -> None:
    tasks = (GateTask(id="t0", weight=3), *TASKS[1:])
    scores = {"head": {**right(0), "t0": 1.0}, "first": {**right(3), "t0": 0.0}}
    found = drift_check(scores, head="head", held="first", first="first", tasks=tasks)
    assert found.back_to is None
    assert found.since == pytest.approx((3 - 2) / 42)


def test_a_head_worth_nothing_mostly_stays_and_a_good_one_nearly_always() -> None:
    rng = np.random.default_rng(1)
    backs = dict.fromkeys((-0.2, 0.0, 0.15), 0)
    for gain in backs:
        for _ in range(300):
            first = rng.random(40) < 0.5
            head = rng.random(40) < 0.5 + gain
            scores = {
                name: dict(zip(NAMES, map(float, arm), strict=True))
                for name, arm in (("head", head), ("first", first))
            }
            found = drift_check(scores, head="head", held="first", first="first", tasks=TASKS)
            backs[gain] += found.back_to is not None
    assert backs[-0.2] / 300 > 0.7
    assert 0.08 < backs[0.0] / 300 < 0.25
    assert backs[0.15] / 300 < 0.03
