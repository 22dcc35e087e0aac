"""The curriculum: what is likely to teach comes first, and only until there is enough."""

from __future__ import annotations

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.proposals.curriculum import (
    Attempt,
    Choice,
    Curriculum,
    Record,
    Why,
    at_random,
    curriculum,
    in_turns,
    next_batch,
    worth_a_minibatch,
)
from tests.scripted import tasks

TRAIN = tasks().split("train")
NOW = "the incumbent"
IDS = [task.id for task in TRAIN]


def plan(
    records: dict[str, Record] | None = None, *, tested: int = 6, seed: str = "0 1", most: int = 32
) -> Curriculum:
    return curriculum(
        TRAIN, records or {}, version=NOW, tested=tested, shown=18, most=most, seed=seed
    )


def before(*scores: float, missed: tuple[str, ...] = ()) -> Record:
    """A task with these scores, each with another version."""
    attempts = [Attempt(f"v{at}", score, missed) for at, score in enumerate(scores)]
    return Record(tuple(attempts))


def why(records: dict[str, Record]) -> dict[str, Why]:
    return {choice.task.id: choice.why for choice in plan(records).choices}


def run(made: Curriculum, failing: set[str]) -> list[list[str]]:
    """The batches in which ``failing`` tasks fail."""
    outcomes: dict[str, bool | None] = {}
    batches: list[list[str]] = []
    while batch := next_batch(made, outcomes):
        batches.append([choice.task.id for choice in batch])
        outcomes |= {choice.task.id: choice.task.id not in failing for choice in batch}
    return batches


def ran(made: Curriculum, failing: set[str]) -> list[str]:
    """The tasks that are run where ``failing`` ones fail."""
    return list(chain.from_iterable(run(made, failing)))


def test_what_is_half_solved_comes_before_what_is_new_and_that_before_what_passes() -> None:
    records = {IDS[0]: before(1, 1), IDS[1]: before(0, 0.5), IDS[2]: before(0)}
    order = [choice.task.id for choice in plan(records).choices]
    assert order[:2] == [IDS[1], IDS[2]]
    assert order[-1] == IDS[0]


def test_each_task_says_why() -> None:
    records = {
        IDS[0]: Record((Attempt(NOW, 1.0),)),
        IDS[1]: Record((Attempt(NOW, 0.0),)),
        IDS[2]: before(0.5),
        IDS[3]: before(1, 0),
        IDS[4]: before(0),
        IDS[5]: before(0)._replace(answered=True),
        IDS[6]: before(0, 0, 0),
        IDS[7]: before(0, 1),
    }
    reasons = why(records)
    assert [reasons[name] for name in IDS[:9]] == [
        Why.PASSES,
        Why.FAILS,
        Why.HALF_SOLVED,
        Why.HALF_SOLVED,
        Why.FAILED,
        Why.ANSWERED,
        Why.UNSOLVED,
        Why.PASSED,
        Why.NEW,
    ]


def test_a_rare_kind_of_failure_takes_turns_with_a_frequent_one() -> None:
    often = {name: before(0, missed=("tone",)) for name in IDS[:6]}
    for seed in range(10):
        made = plan({**often, IDS[6]: before(0, missed=("form",))}, seed=f"{seed} 1")
        assert IDS[6] in [choice.task.id for choice in made.choices[:2]]


def test_a_proposal_that_is_dearer_to_test_wants_more_failures() -> None:
    enough = [
        curriculum(TRAIN, {}, version=NOW, tested=tested, shown=shown, most=32, seed="").failures
        for tested, shown in ((1, 18), (8, 18), (30, 18), (300, 18), (300, 5))
    ]
    assert enough == [1, 2, 10, 18, 5]


def test_nothing_is_run_once_there_are_failures_enough() -> None:
    assert [len(batch) for batch in run(plan(), set(IDS))] == [2]


def test_it_goes_on_by_as_many_as_are_lacking() -> None:
    made = plan(tested=20)
    order = [choice.task.id for choice in made.choices]
    assert (made.failures, made.most) == (6, 10)
    assert run(made, {order[1], order[3]}) == [order[:6], order[6:10]]


def test_what_the_version_has_answered_is_free_and_all_of_it_is_seen() -> None:
    records = {name: Record((Attempt(NOW, at % 2),)) for at, name in enumerate(IDS[:6])}
    batches = run(plan(records), {*IDS[:6:2]})
    assert [set(batch) for batch in batches] == [set(IDS[:6])]


def test_a_failure_is_looked_for_to_the_end_and_a_second_one_only_so_far() -> None:
    made = plan(tested=20, most=4)
    order = [choice.task.id for choice in made.choices]
    assert ran(made, set()) == order
    assert len(ran(made, {order[0]})) == 4
    assert len(ran(made, {order[-1]})) == len(order)


def test_a_task_without_a_result_is_no_failure() -> None:
    made = plan(tested=8)
    lost = {choice.task.id: None for choice in made.choices[:2]}
    assert [choice.task.id for choice in next_batch(made, lost)] == [
        choice.task.id for choice in made.choices[2:4]
    ]


def test_beside_the_failures_some_tasks_are_run_that_should_pass() -> None:
    solved = {name: before(1) for name in IDS[:6]}
    made = plan(solved, tested=24)
    batches = run(made, set(IDS[6:]))
    assert made.failures == 8
    assert set(batches[-1]) <= set(IDS[:6])
    assert run(plan(tested=24), set(IDS)) == [[choice.task.id for choice in made_first(8)]]


def made_first(count: int) -> tuple[Choice, ...]:
    return plan(tested=24).choices[:count]


def test_without_a_curriculum_minibatches_are_run_until_one_holds_a_failure() -> None:
    made = at_random(TRAIN, size=5)
    assert [len(batch) for batch in run(made, {IDS[6], IDS[7]})] == [5, 5]
    assert {choice.why for choice in made.choices} == {Why.DRAWN}


SCORES = st.lists(st.sampled_from([0.0, 0.5, 1.0]), max_size=4)


@given(st.lists(SCORES, min_size=len(IDS), max_size=len(IDS)), st.integers(0, 9), st.data())
def test_every_task_has_one_place_and_the_order_depends_on_nothing_else(
    scores: list[list[float]], seed: int, data: st.DataObject
) -> None:
    records = {name: before(*some) for name, some in zip(IDS, scores, strict=True)}
    shuffled = data.draw(st.permutations(TRAIN))
    made = [
        curriculum(given_, records, version=NOW, tested=6, shown=18, most=32, seed=f"{seed} 1")
        for given_ in (TRAIN, shuffled)
    ]
    assert made[0] == made[1]
    assert sorted(choice.task.id for choice in made[0].choices) == sorted(IDS)
    places = [list(Why).index(choice.why) for choice in made[0].choices]
    assert places == sorted(places)


@given(st.sets(st.sampled_from(IDS)), st.integers(1, 60), st.integers(1, 20))
def test_no_task_is_run_twice_and_one_that_fails_is_found_if_there_is_one(
    failing: set[str], tested: int, most: int
) -> None:
    names = ran(plan(tested=tested, most=most), failing)
    assert len(names) == len(set(names))
    assert bool(failing & set(names)) == bool(failing)
    assert len(names) <= len(IDS)


def test_turns_leave_nothing_out() -> None:
    assert in_turns([[1, 2, 3], [4], [5, 6]]) == [1, 4, 5, 2, 6, 3]
    assert in_turns([]) == []


def test_a_whole_minibatch_is_worth_its_price_beside_a_dear_test() -> None:
    assert worth_a_minibatch(tested=11, size=32)
    assert not worth_a_minibatch(tested=10, size=32)
