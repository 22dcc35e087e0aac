"""Which train tasks are run, and which rollouts the optimizer sees."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.evaluation.checks import CheckResult, Exact
from skillopt.core.evaluation.rollout import Graded, RolloutKey, Usage
from skillopt.core.evaluation.task import Task
from skillopt.core.evaluation.trace import ToolCall, Trace
from skillopt.core.proposals.sampling import (
    LONGEST_SHOWN,
    NOT_LOADED,
    evidence_sample,
    observe,
    train_order,
)


def task(name: str, text: str = "question") -> Task:
    check = Exact(type="exact", value="yes")
    return Task(id=name, split="train", input=f"{text} {name}", checks=(check,))


def rollout(name: str, *missed: str) -> Graded:
    results = tuple(CheckResult(criterion=kind, score=0, feedback="wrong") for kind in missed)
    return Graded(
        key=RolloutKey(skill="s", task=name, target="t", trial=0),
        task_id=name,
        answer="an answer",
        score=0.0 if missed else 1.0,
        results=results,
        usage=Usage(),
        seconds=0.0,
    )


@given(st.sets(st.text(min_size=1), min_size=1), st.integers(), st.integers(min_value=1))
def test_the_order_is_a_permutation_and_does_not_depend_on_the_files(
    names: set[str], seed: int, number: int
) -> None:
    tasks = [task(name) for name in names]
    order = train_order(tasks, seed=seed, number=number)
    assert {one.id for one in order} == names
    assert order == train_order(list(reversed(tasks)), seed=seed, number=number)


def test_rounds_have_orders_of_their_own() -> None:
    tasks = [task(str(number)) for number in range(20)]
    assert len({train_order(tasks, seed=0, number=number) for number in range(5)}) == 5


kinds = st.lists(st.sampled_from([(), ("a",), ("b",), ("a", "b")]), max_size=40)


@given(kinds, st.integers(min_value=1, max_value=30))
def test_evidence_is_bounded_and_holds_every_kind_of_failure_it_has_room_for(
    missed: list[tuple[str, ...]], most: int
) -> None:
    rollouts = [rollout(str(index), *kind) for index, kind in enumerate(missed)]
    sample = evidence_sample(rollouts, most=most)
    assert len(sample) == len(set(sample)) <= most
    assert set(sample) <= set(rollouts)
    wanted = {kind for kind in missed if kind}
    shown = {tuple(r.criterion for r in one.results) for one in sample if not one.passed}
    assert len(shown) >= min(len(wanted), most * 3 // 4)
    assert all(one.passed for one in sample if not one.results)


def test_a_rare_kind_is_not_hidden_by_a_frequent_one() -> None:
    rollouts = [rollout(f"f{index}", "frequent") for index in range(50)] + [rollout("r", "rare")]
    assert rollouts[-1] in evidence_sample(rollouts, most=4)


def test_observations_show_long_texts_without_their_middle() -> None:
    long = task("long", "x" * 50_000)
    (seen,) = observe([rollout("long", "a")], [long])
    assert len(seen.input) < LONGEST_SHOWN + 100
    assert "characters left out" in seen.input
    assert seen.feedback == ("a: wrong",)


def test_of_the_successes_those_that_refused_candidates_broke_come_first() -> None:
    runs = [rollout("a"), rollout("b"), rollout("c"), rollout("d", "right")]
    shown = evidence_sample(runs, most=3, first=("c",))
    assert [run.task_id for run in shown] == ["d", "c", "a"]


def test_a_failure_without_the_skill_is_not_laid_on_its_body() -> None:
    loads = Trace(steps=(ToolCall(name="Skill", arguments={"skill": "post"}),))
    runs = [
        rollout("a", "x").model_copy(update={"trace": Trace()}),
        rollout("b", "x").model_copy(update={"trace": loads}),
        rollout("c").model_copy(update={"trace": Trace()}),
        rollout("d", "x"),
    ]
    tasks = [task(name) for name in "abcd"]
    shown = observe(runs, tasks, loads="post")
    assert [one.feedback for one in shown] == [
        (NOT_LOADED, "x: wrong"),
        ("x: wrong",),
        (),
        ("x: wrong",),
    ]
    assert NOT_LOADED not in str(observe(runs, tasks))
    queries = [one.model_copy(update={"loading": True}) for one in tasks]
    assert NOT_LOADED not in str(observe(runs, queries, loads="post"))
