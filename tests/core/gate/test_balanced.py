"""The balanced gate: price, level, what it learns."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from skillopt.core.gate import Contest, GateMemory, GateTask, Outcome, Standing, Wanted
from skillopt.core.gate.balanced import noisiness, plan_of
from skillopt.core.gate.contest import Noise, Spread
from skillopt.core.gate.evidence import Evidence
from tests.core.gate.contests import World, contest, play, seeds, worlds

MANY = settings(max_examples=100, deadline=None)
HALF = {f"t{at}": float(at % 2) for at in range(40)}


def ahead(want: Wanted) -> float:
    return float(want.arm == "candidate")


def after(memory: GateMemory, first: dict[str, float] = HALF) -> Contest:
    return contest(first, kind="balanced").model_copy(update={"memory": memory})


def known(noise: float, spread: float, *, contests: int = 9, rollouts: int = 300) -> GateMemory:
    """What a run has learned that has measured these variances again and again."""
    return GateMemory(
        contests=contests,
        rollouts=rollouts,
        noise=Noise(squares=1000 * noise, repeats=1000),
        spread=Spread(squares=1000 * spread, noise_weight=0.0, units=1000),
        scatter=0.25,
        step=1.0,
    )


NOISY, CALM = known(0.12, 0.06), known(0.01, 0.12)


def level(contested: Contest) -> float:
    evidence = Evidence.of(contested)
    return plan_of(evidence, noisiness(evidence)).alpha


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
def test_a_run_is_never_more_than_one_pass_ahead_of_stricts_price(world: World, seed: int) -> None:
    spent = 0
    for number, (rollouts, memory) in enumerate(run_of(world, 5, seed), start=1):
        spent += rollouts
        assert memory.rollouts == spent <= (number + 1) * len(world.first)


def test_a_second_pass_is_run_where_runs_are_noisy_and_it_can_be_paid() -> None:
    paid, _, _ = play(after(NOISY), ahead)
    assert (paid.passes, paid.outcome) == (2, Outcome.ACCEPTED)
    calm, _, _ = play(after(CALM), ahead)
    assert (calm.passes, calm.outcome) == (1, Outcome.ACCEPTED)
    poor, outcomes, _ = play(after(NOISY.model_copy(update={"rollouts": 400})), ahead)
    assert poor.passes == 1
    assert len(outcomes) == 40


def test_noise_asks_for_more_than_being_ahead() -> None:
    """One task of 40 is enough where runs are calm, and not where they are noisy."""

    def one_more(want: Wanted) -> float:
        return 1.0 if want.task == "t0" and want.arm == "candidate" else HALF[want.task]

    assert play(after(CALM), one_more)[0].outcome is Outcome.ACCEPTED
    assert play(after(NOISY), one_more)[0].outcome is Outcome.REJECTED


def test_the_level_is_one_half_at_first_and_wears_off_with_the_tasks() -> None:
    assert level(after(known(0.12, 0.06, contests=0))) == pytest.approx(0.5)
    assert level(after(known(0.12, 0.06, contests=20))) == pytest.approx(0.25)
    assert level(after(known(0.01, 0.12, contests=20))) == pytest.approx(0.5)
    many = {f"t{at}": float(at % 2) for at in range(80)}
    assert level(after(known(0.12, 0.06, contests=20), many)) == pytest.approx(1 / 3)


def test_the_level_follows_what_is_still_to_be_gained() -> None:
    low = {f"t{at}": float(at % 8 == 0) for at in range(40)}
    high = {f"t{at}": float(at % 8 != 0) for at in range(40)}
    memory = known(0.12, 0.06, contests=20)
    assert level(after(memory, high)) < level(after(memory)) < level(after(memory, low))


def test_grades_count_as_calm_up_to_more_noise() -> None:
    memory = known(0.05, 0.06)
    assert noisiness(Evidence.of(after(memory))) == 1.0
    graded = memory.model_copy(update={"step": 0.01})
    assert noisiness(Evidence.of(after(graded))) == 0.0


def test_without_noise_one_step_ahead_is_enough() -> None:
    contested = contest(HALF, kind="balanced", deterministic=True)

    def one_more(want: Wanted) -> float:
        return 1.0 if want.task == "t0" else HALF[want.task]

    verdict, outcomes, _ = play(contested, one_more)
    assert verdict.outcome is Outcome.ACCEPTED
    assert verdict.shrunk_gain == pytest.approx(1 / 40)
    assert len(outcomes) == 40
    assert verdict.book["t0"] == Standing(total=1, runs=1, passed=1, failed=1)


def test_a_target_that_showed_no_noise_is_taken_as_deterministic() -> None:
    calm = GateMemory(
        contests=9, rollouts=100, noise=Noise(squares=0, repeats=40), scatter=0.25, step=1.0
    )
    for kind in ("balanced", "race", "explore", "exact"):
        contested = contest(HALF, kind=kind).model_copy(update={"memory": calm})
        verdict, outcomes, _ = play(contested, ahead)
        assert verdict.passes == 1
        assert len(outcomes) == 40


def test_a_race_that_sees_no_noise_on_its_way_stops_after_one_pass() -> None:
    first = {f"t{at}": 0.0 for at in range(45)}
    verdict, outcomes, _ = play(contest(first), ahead)
    assert verdict.outcome is Outcome.ACCEPTED
    assert verdict.passes == 1
    assert len(outcomes) == 90


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
