"""A continued contest: the runs it has are counted and not paid again, and one pass is added."""

from __future__ import annotations

import hypothesis
from hypothesis import given

from skillopt.core.gate import GateKind, Outcome, Standing, Verdict, Wanted
from tests.core.gate.contests import World, contest, play, seeds, worlds

POOLED: tuple[GateKind, ...] = ("balanced", "race", "explore")


def both(world: World, kind: GateKind, seed: int) -> tuple[Verdict, Verdict, set[Wanted]] | None:
    """The contest of a near miss, the continued one, and what the latter asks for anew."""
    first = contest(world.first, kind=kind, seed=seed)
    verdict, outcomes, _ = play(first, world)
    if verdict.code != "test" or verdict.accepted or not (verdict.gain or 0) > 0:
        return None
    candidates = {want: score for want, score in outcomes.items() if want.arm == "candidate"}
    goes_on = first.model_copy(
        update={
            "book": verdict.book,
            "memory": verdict.memory,
            "next_trial": 32,
            "continues": verdict.passes,
            "earlier_tests": 1,
        }
    )
    again, after, _ = play(goes_on, world, start=candidates)
    return verdict, again, after.keys() - candidates.keys()


@hypothesis.settings(max_examples=300, deadline=None)
@given(world=worlds, seed=seeds)
def test_only_the_added_pass_is_run_and_paid(world: World, seed: int) -> None:
    for kind in POOLED:
        found = both(world, kind, seed)
        if found is None:
            continue
        first, again, fresh = found
        assert {want.trial for want in fresh if want.arm == "candidate"} <= {first.passes}
        assert again.rollouts == len(fresh)
        assert again.passes <= first.passes + 1
        assert again.memory.rollouts == first.memory.rollouts + len(fresh)


@hypothesis.settings(max_examples=300, deadline=None)
@given(world=worlds, seed=seeds)
def test_where_it_is_accepted_all_of_its_runs_were_tested_at_half_the_level(
    world: World, seed: int
) -> None:
    found = both(world, "race", seed)
    if found is None or not found[1].accepted:
        return
    first, again, _ = found
    assert again.p_value is not None
    assert again.p_value <= 0.07
    assert all(
        pair.candidate_runs == first.passes + 1
        for pair in again.pairs
        if pair.candidate is not None
    )


def test_a_gain_that_two_passes_left_open_is_found_by_the_third() -> None:
    """Twenty tasks that the incumbent fails; in the first two passes the candidate is right on
    three of them and once wrong where the incumbent is right, in the third on all of them."""
    first = {f"t{at:02}": float(at >= 20) for at in range(24)}

    def scores(want: Wanted) -> float:
        if want.arm == "incumbent":
            return first[want.task]
        if want.trial < 2:
            return float(want.task in {"t00", "t01", "t02", "t21", "t22", "t23"})
        return 1.0

    contested = contest(first, kind="race")
    before, outcomes, _ = play(contested, scores)
    assert (before.code, before.outcome) == ("test", Outcome.REJECTED)
    assert (before.gain or 0) > 0
    goes_on = contested.model_copy(
        update={"book": before.book, "next_trial": 32, "continues": 2, "earlier_tests": 1}
    )
    mine = {want: score for want, score in outcomes.items() if want.arm == "candidate"}
    again, _, _ = play(goes_on, scores, start=mine)
    assert again.outcome is Outcome.ACCEPTED
    assert "after 1 earlier rejection" in again.reason


def test_the_noise_of_the_runs_it_has_is_learned_once() -> None:
    first = {f"t{at:02}": float(at % 2) for at in range(24)}
    book = {task: Standing(total=score * 3, runs=3) for task, score in first.items()}

    def scores(want: Wanted) -> float:
        return 1.0 if want.trial % 2 else first[want.task]

    contested = contest(first, kind="race").model_copy(update={"book": book})
    _, outcomes, _ = play(contested, scores)
    ahead = {want: 1.0 for want in outcomes if want.arm == "candidate"}
    goes_on = contested.model_copy(update={"continues": 2})
    again, _, _ = play(goes_on, lambda _: 1.0, start=ahead)
    assert again.passes == 3
    assert again.memory.noise.repeats == 24
