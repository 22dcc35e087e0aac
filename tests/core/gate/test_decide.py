"""What holds for every gate, whatever the outcomes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from skillopt.core.gate import (
    Contest,
    GateKind,
    GatePolicy,
    GateTask,
    Outcome,
    Standing,
    Verdict,
    Wanted,
    advance,
    open_book,
)
from tests.core.gate.contests import KINDS, World, contest, kinds, play, seeds, shuffled, worlds

MANY = settings(max_examples=150, deadline=None)


@MANY
@given(world=worlds, kind=kinds, seed=seeds)
def test_identical_rollouts_are_never_accepted(world: World, kind: GateKind, seed: int) -> None:
    """The two arms give the same score on every task, trial by trial: there is nothing to accept."""

    def same(want: Wanted) -> float | None:
        return world.first[want.task]

    verdict, _, _ = play(contest(world.first, kind=kind, seed=seed), same)
    assert verdict.outcome is Outcome.REJECTED


@MANY
@given(world=worlds, kind=kinds, seed=seeds)
def test_arrival_order_changes_nothing(world: World, kind: GateKind, seed: int) -> None:
    """Outcomes that arrive in another order, one by one, lead to the same verdict."""
    contested = contest(world.first, kind=kind, seed=seed)
    verdict, outcomes, _ = play(contested, world)
    arrived: dict[Wanted, float | None] = {}
    asked: set[Wanted] = set()
    while not isinstance(step := advance(contested, arrived), Verdict):
        asked.update(step)
        one = shuffled(step, seed)[0]
        arrived[one] = world(one)
    assert step == verdict
    assert asked == set(outcomes)


@MANY
@given(world=worlds, kind=kinds, seed=seeds, data=st.data())
def test_a_killed_contest_resumes_at_any_point(
    world: World, kind: GateKind, seed: int, data: st.DataObject
) -> None:
    """With any part of the paid outcomes at hand, the rest alone is paid and the verdict is the same."""
    contested = contest(world.first, kind=kind, seed=seed)
    verdict, outcomes, _ = play(contested, world)
    kept = data.draw(st.integers(0, len(outcomes)))
    survivors = dict(list(outcomes.items())[:kept])
    again, after, batches = play(
        Contest.model_validate_json(contested.model_dump_json()), world, start=survivors
    )
    assert again == verdict
    assert after == outcomes
    assert sum(map(len, batches)) == len(outcomes) - kept


@MANY
@given(world=worlds, kind=kinds, seed=seeds)
def test_only_one_of_two_mirrored_candidates_can_win(
    world: World, kind: GateKind, seed: int
) -> None:
    """Swap what the arms score: both directions are never accepted on the same evidence."""
    forward, _, _ = play(contest(world.first, kind=kind, seed=seed), world)
    first = {task: 1 - score for task, score in world.first.items()}

    def mirrored(want: Wanted) -> float | None:
        score = world(want)
        return None if score is None else 1 - score

    backward, _, _ = play(contest(first, kind=kind, seed=seed), mirrored)
    assert {forward.outcome, backward.outcome} != {Outcome.ACCEPTED}


@MANY
@given(world=worlds, kind=kinds, seed=seeds, data=st.data())
def test_a_better_outcome_never_costs_an_acceptance(
    world: World, kind: GateKind, seed: int, data: st.DataObject
) -> None:
    """Raise any of the candidate's outcomes: what was accepted is accepted still."""
    contested = contest(world.first, kind=kind, seed=seed, alpha=0.3)
    verdict, outcomes, _ = play(contested, world)
    mine = [want for want in outcomes if want.arm == "candidate" and outcomes[want] is not None]
    if verdict.outcome is not Outcome.ACCEPTED or not mine:
        return
    raised = set(data.draw(st.lists(st.sampled_from(mine), min_size=1)))

    def better(want: Wanted) -> float | None:
        return 1.0 if want in raised else world(want)

    again, _, _ = play(contested, better)
    assert again.outcome is Outcome.ACCEPTED


@pytest.mark.parametrize("kind", KINDS)
def test_a_clear_gain_is_accepted_and_a_clear_loss_stops_early(kind: GateKind) -> None:
    first = {f"t{at}": float(at % 2) for at in range(40)}
    better, _, _ = play(contest(first, kind=kind), lambda want: float(want.arm == "candidate"))
    assert better.outcome is Outcome.ACCEPTED
    worse, _, _ = play(contest(first, kind=kind), lambda want: float(want.arm == "incumbent"))
    assert worse.outcome is Outcome.REJECTED
    if kind != "strict":
        assert worse.code == "futile"
        assert worse.rollouts < len(first)


@pytest.mark.parametrize("kind", KINDS)
def test_a_deterministic_target_is_run_once(kind: GateKind) -> None:
    first = {f"t{at}": float(at % 2) for at in range(40)}
    contested = contest(first, kind=kind, deterministic=True)
    verdict, outcomes, _ = play(contested, lambda want: float(want.arm == "candidate"))
    assert verdict.outcome is Outcome.ACCEPTED
    assert {want.arm for want in outcomes} == {"candidate"}
    assert {want.trial for want in outcomes} == {0}
    assert len(outcomes) == 40


def test_the_incumbent_gets_fresh_trials_from_the_given_number_on() -> None:
    first = {f"t{at}": float(at % 2) for at in range(40)}
    _, outcomes, _ = play(contest(first), lambda want: float(want.arm == "candidate"))
    assert {want.trial for want in outcomes if want.arm == "incumbent"} == {16}
    assert {want.trial for want in outcomes if want.arm == "candidate"} == {0, 1}


@pytest.mark.parametrize("kind", KINDS)
def test_too_much_missing_is_inconclusive_and_never_rejected(kind: GateKind) -> None:
    first = {f"t{at}": float(at % 2) for at in range(40)}
    verdict, _, _ = play(contest(first, kind=kind), lambda _: None)
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.code == "missing"
    assert verdict.book == contest(first).book


def test_a_few_missing_tasks_are_left_out() -> None:
    first = {f"t{at}": float(at % 2) for at in range(40)}

    def scores(want: Wanted) -> float | None:
        return None if want.task in {"t0", "t1"} else float(want.arm == "candidate")

    verdict, _, _ = play(contest(first), scores)
    assert verdict.outcome is Outcome.ACCEPTED
    assert [pair.task for pair in verdict.pairs if pair.candidate is None] == ["t0", "t1"]


def test_tasks_of_one_cluster_count_once() -> None:
    """Twelve wins are proof; twelve wins of one kin are one win."""
    first = {f"t{at}": 0.0 for at in range(12)}
    apart = tuple(GateTask(id=name) for name in first)
    kin = tuple(GateTask(id=name, cluster="one repository") for name in first)
    assert play(contest(first, tasks=apart), lambda _: 1.0)[0].outcome is Outcome.ACCEPTED
    assert play(contest(first, tasks=kin), lambda _: 1.0)[0].outcome is Outcome.REJECTED


def test_weights_decide_what_a_task_counts() -> None:
    """Losing the one heavy task outweighs ten wins."""
    first = {"heavy": 1.0, **{f"t{at}": 0.0 for at in range(10)}}
    tasks = tuple(GateTask(id=name, weight=30 if name == "heavy" else 1) for name in first)
    verdict, _, _ = play(contest(first, tasks=tasks), lambda want: float(want.task != "heavy"))
    assert verdict.outcome is Outcome.REJECTED
    assert (
        play(contest(first), lambda want: float(want.task != "heavy"))[0].outcome
        is Outcome.ACCEPTED
    )


def test_verdicts_survive_the_ledger() -> None:
    world = World(size=20, gain=0.2, seed=5)
    verdict, _, _ = play(contest(world.first), world)
    assert Verdict.model_validate_json(verdict.model_dump_json()) == verdict


@pytest.mark.parametrize(
    "broken",
    [
        {"tasks": ()},
        {"tasks": (GateTask(id="a"), GateTask(id="a"))},
        {"tasks": (GateTask(id="b"),)},
    ],
)
def test_impossible_contests_are_refused(broken: dict[str, object]) -> None:
    whole = {"tasks": (GateTask(id="a"),), "book": {"a": Standing(total=1, runs=1)}}
    with pytest.raises(ValidationError):
        Contest.model_validate(
            {**whole, **broken, "next_trial": 1, "policy": GatePolicy(), "seed": 0}
        )


def test_the_reason_has_the_numbers() -> None:
    first = {f"t{at}": float(at % 2) for at in range(40)}
    accepted, _, _ = play(contest(first), lambda want: float(want.arm == "candidate"))
    assert "points on 40 tasks in pass 2" in accepted.reason
    assert "p = 0.001" in accepted.reason
    futile, _, _ = play(contest(first), lambda _: 0.0)
    assert futile.reason.startswith("stopped early after 7 of 40 tasks: -")


def test_open_book_holds_one_run_per_task() -> None:
    book = open_book({"a": 1.0, "b": 0.4})
    assert book["a"] == Standing(total=1, runs=1, passed=1)
    assert book["b"] == Standing(total=0.4, runs=1, failed=1)
