"""The race: looks that stop hopeless candidates early, a price, and one test at the end."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given

from skillopt.core.gate.contest import GateMemory, Outcome
from skillopt.core.gate.evidence import Evidence, Ruling
from skillopt.core.gate.looks import RACE, Plan
from skillopt.core.gate.race import affordable, judged, race, task_order
from skillopt.core.gate.race import tested as final_test
from tests.core.gate.contests import seeds

HALF = [float(at % 2) for at in range(30)]


def evidence(*, deterministic: bool = False, seed: int = 1, **memory: int) -> Evidence:
    return Evidence(
        total=np.array(HALF),
        runs=np.ones(30),
        weights=np.ones(30),
        seed=seed,
        next_trial=16,
        deterministic=deterministic,
        memory=GateMemory(**memory),
    )


def raced(
    made: Evidence, candidate: float, *, plan: Plan = RACE, passes: int = 2, lock_step: bool = False
) -> tuple[Ruling, list[tuple[str, int]]]:
    """The ruling where every task of the candidate scores ``candidate``; arm and size by batch."""
    play = race(made, plan, passes=passes, lock_step=lock_step)
    batches: list[tuple[str, int]] = []
    try:
        asks = next(play)
        while True:
            batches += [(ask.arm, len(ask.tasks)) for ask in asks]
            asks = play.send(
                tuple(
                    np.full(len(ask.tasks), candidate)
                    if ask.arm == "candidate"
                    else np.array(HALF)[ask.tasks]
                    for ask in asks
                )
            )
    except StopIteration as stop:
        ruling: Ruling = stop.value
        return ruling, batches


def test_a_clear_gain_is_tested_after_all_passes() -> None:
    ruling, batches = raced(evidence(), 1.0)
    assert (ruling.outcome, ruling.code, ruling.passes) == (Outcome.ACCEPTED, "test", 2)
    assert ruling.p_value is not None
    assert ruling.p_value <= RACE.alpha
    assert sum(size for arm, size in batches if arm == "candidate") == 60
    assert sum(size for arm, size in batches if arm == "incumbent") == 30, "topped up once"


def test_a_clear_loss_is_stopped_at_the_first_look() -> None:
    ruling, batches = raced(evidence(), 0.0)
    assert (ruling.outcome, ruling.code, ruling.passes) == (Outcome.REJECTED, "futile", 1)
    assert batches == [("candidate", 5)]
    assert ruling.seen == 5
    assert ruling.gain is not None
    assert ruling.bound is not None
    assert ruling.gain <= ruling.bound


def test_a_steady_target_is_run_once_and_never_topped_up() -> None:
    ruling, batches = raced(evidence(deterministic=True), 1.0)
    assert (ruling.outcome, ruling.passes) == (Outcome.ACCEPTED, 1)
    assert {arm for arm, _ in batches} == {"candidate"}
    assert sum(size for _, size in batches) == 30


def test_in_lock_step_every_run_has_one_beside_it() -> None:
    _, batches = raced(evidence(), 1.0, lock_step=True)
    assert sum(size for arm, size in batches if arm == "candidate") == 60
    assert sum(size for arm, size in batches if arm == "incumbent") == 60


def test_a_target_that_turns_out_never_to_differ_is_not_run_a_second_time() -> None:
    made = evidence()
    made.repeats = 35.0
    ruling, _ = raced(made, 1.0)
    assert (ruling.outcome, ruling.passes) == (Outcome.ACCEPTED, 1)


def test_what_cannot_be_paid_ends_after_the_first_pass_at_its_own_level() -> None:
    poor = RACE._replace(credit=0.0, alone=0.5)
    ruling, batches = raced(evidence(), 1.0, plan=poor)
    assert (ruling.passes, ruling.bound) == (1, RACE.alpha * 0.5)
    assert sum(size for _, size in batches) == 30


def test_credit_is_what_earlier_contests_left() -> None:
    plan = RACE._replace(credit=1.0)
    made = evidence(contests=3, rollouts=120)
    made.asked = 20
    assert affordable(made, plan, 10)
    assert not affordable(made, plan, 11)
    made.aside = 5
    assert affordable(made, plan, 15), "sentinels are no part of it"
    assert affordable(made, plan._replace(credit=math.inf), 10**9)


@given(seeds)
def test_the_order_is_the_seeds_and_has_every_task(seed: int) -> None:
    order = task_order(evidence(seed=seed))
    assert sorted(order) == list(range(30))
    assert list(order) == list(task_order(evidence(seed=seed)))


def after_one_pass(scores: list[float]) -> Evidence:
    made = evidence()
    made.trials[0] = np.array(scores)
    made.lost |= np.isnan(made.trials[0])
    return made


def test_a_look_lets_through_what_is_above_its_bar() -> None:
    everything = np.arange(30)
    assert judged(after_one_pass([1.0] * 30), everything, z=0.5, passes=1) is None
    ruling = judged(after_one_pass(HALF), everything, z=0.5, passes=1)
    assert ruling is not None
    assert (ruling.outcome, ruling.gain) == (Outcome.REJECTED, 0.0)


@pytest.mark.parametrize(("lost", "outcome"), [(3, Outcome.ACCEPTED), (4, Outcome.INCONCLUSIVE)])
def test_too_much_missing_decides_nothing(lost: int, outcome: Outcome) -> None:
    made = after_one_pass([math.nan] * lost + [1.0] * (30 - lost))
    assert final_test(made, RACE, passes=1).outcome is outcome
    look = judged(made, np.arange(30), z=0.5, passes=1)
    assert (look is not None and look.code == "missing") is (outcome is Outcome.INCONCLUSIVE)
