"""The default gate: price, bar, memory."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from skillopt.core.gate import GateMemory, GateTask, Outcome, Standing, Wanted
from skillopt.core.gate.contest import Noise, Spread
from tests.core.gate.contests import World, contest, play, seeds, worlds

MANY = settings(max_examples=100, deadline=None)


def run_of(world: World, rounds: int, seed: int) -> list[tuple[int, GateMemory]]:
    """A run of identical candidates: rollouts and memory after each contest."""
    contested = contest(world.first, kind="balanced", seed=seed)
    found = []
    for number in range(rounds):
        verdict, outcomes, _ = play(contested, world)
        found.append((len(outcomes), verdict.memory))
        contested = contested.model_copy(
            update={
                "book": verdict.book,
                "memory": verdict.memory,
                "seed": seed + number + 1,
                "next_trial": contested.next_trial + 16,
            }
        )
    return found


@MANY
@given(world=worlds, seed=seeds)
def test_a_run_never_costs_more_than_one_rollout_per_task_and_contest(
    world: World, seed: int
) -> None:
    spent = 0
    for number, (rollouts, memory) in enumerate(run_of(world, 5, seed), start=1):
        spent += rollouts
        assert memory.rollouts == spent <= number * len(world.first)


def test_savings_pay_for_a_second_pass() -> None:
    """A rejected candidate leaves rollouts over; the next good one is run twice with them."""
    first = {f"t{at}": float(at % 2) for at in range(40)}
    rich = GateMemory(contests=9, rollouts=200, scatter=0.25, step=1.0)
    contested = contest(first, kind="balanced").model_copy(update={"memory": rich})
    verdict, outcomes, _ = play(contested, lambda want: float(want.arm == "candidate"))
    assert verdict.passes == 2
    assert verdict.outcome is Outcome.ACCEPTED
    poor = contest(first, kind="balanced")
    assert play(poor, lambda want: float(want.arm == "candidate"))[0].passes == 1
    assert len(outcomes) > 80


def test_the_bar_stands_before_the_candidate_runs_and_is_told() -> None:
    first = {f"t{at}": float(at % 2) for at in range(40)}
    ahead, _, _ = play(contest(first, kind="balanced"), lambda want: float(want.arm == "candidate"))
    assert ahead.code == "margin"
    assert "more than the +" in ahead.reason
    assert ahead.p_value is not None


def test_without_noise_one_step_ahead_is_enough() -> None:
    first = {f"t{at}": float(at % 2) for at in range(40)}
    contested = contest(first, kind="balanced", deterministic=True)

    def one_more(want: Wanted) -> float:
        return 1.0 if want.task == "t0" else first[want.task]

    verdict, outcomes, _ = play(contested, one_more)
    assert verdict.outcome is Outcome.ACCEPTED
    assert verdict.shrunk_gain == pytest.approx(1 / 40)
    assert len(outcomes) == 40
    assert verdict.book["t0"] == Standing(total=1, runs=1, passed=1, failed=1)


def test_a_target_that_showed_no_noise_is_taken_as_deterministic() -> None:
    first = {f"t{at}": float(at % 2) for at in range(40)}
    calm = GateMemory(
        contests=9, rollouts=100, noise=Noise(squares=0, repeats=40), scatter=0.25, step=1.0
    )
    for kind in ("balanced", "race", "explore", "exact"):
        contested = contest(first, kind=kind).model_copy(update={"memory": calm})
        verdict, outcomes, _ = play(contested, lambda want: float(want.arm == "candidate"))
        assert verdict.passes == 1
        assert len(outcomes) == 40


def test_a_race_that_sees_no_noise_on_its_way_stops_after_one_pass() -> None:
    first = {f"t{at}": 0.0 for at in range(45)}
    verdict, outcomes, _ = play(contest(first), lambda want: float(want.arm == "candidate"))
    assert verdict.outcome is Outcome.ACCEPTED
    assert verdict.passes == 1
    assert len(outcomes) == 90


def test_noise_raises_the_bar() -> None:
    """What beats a calm incumbent by three tasks of 40 does not beat a noisy one."""
    first = {f"t{at}": float(at % 2) for at in range(40)}
    better = {"t0", "t2"}

    def ahead(want: Wanted) -> float:
        return 1.0 if want.task in better and want.arm == "candidate" else first[want.task]

    outcomes = {}
    for name, squares in (("calm", 1.0), ("noisy", 40.0)):
        memory = GateMemory(
            contests=9,
            rollouts=360,
            noise=Noise(squares=squares, repeats=200),
            spread=Spread(squares=10.0, noise_weight=0.0, units=200),
            scatter=0.25,
            step=1.0,
        )
        contested = contest(first, kind="balanced").model_copy(update={"memory": memory})
        outcomes[name] = play(contested, ahead)[0].outcome
    assert outcomes == {"calm": Outcome.ACCEPTED, "noisy": Outcome.REJECTED}


def test_what_is_learned_goes_on_in_the_verdict() -> None:
    world = World(size=30, gain=0.25, seed=4)
    verdict, _, _ = play(contest(world.first, kind="balanced"), world)
    assert verdict.memory.contests == 1
    assert verdict.memory.spread.units > 0
    assert verdict.memory.step == 1.0
    assert verdict.memory.scatter is not None


def test_kin_count_once_in_the_spread() -> None:
    first = {f"t{at}": 0.0 for at in range(12)}
    kin = tuple(GateTask(id=name, cluster="one") for name in first)
    verdict, _, _ = play(contest(first, kind="balanced", tasks=kin), lambda _: 1.0)
    assert verdict.memory.spread.units == 1
    assert verdict.memory.spread.squares == 144
