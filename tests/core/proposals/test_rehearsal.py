"""Rehearsals: which tasks, whether a revision goes on, and when a proposal is clearly harmful."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.task import Task
from skillopt.core.proposals.refusal import Stage, TrainEffect
from skillopt.core.proposals.rehearsal import (
    MOST,
    clearly_harmful,
    is_better,
    rehearsal_lost,
    rehearsed,
)
from skillopt.core.skill.changes import Change

ROSES = Change(section="", after="- Roses grow in the garden.")
COUNTS = st.integers(0, 12)


def task(name: str, text: str) -> Task:
    return Task(
        id=name, split="train", input=text, expected="garden", checks=(Exact(type="exact"),)
    )


def effect(fixed: int, broke: int, same: int = 0) -> TrainEffect:
    return TrainEffect(
        mended=tuple(f"f{i}" for i in range(fixed)),
        broke=tuple(f"b{i}" for i in range(broke)),
        same=same,
    )


TRAIN = (
    *(task(f"roses-{i}", f"More roses, number {i}!") for i in range(40)),
    *(task(f"saw-{i}", "The saw was bad.") for i in range(60)),
)


def test_it_takes_place_where_the_words_reach_and_the_proposal_has_not_looked() -> None:
    found = rehearsed(TRAIN, [ROSES], shown={"roses-1", "roses-2", "saw-1"}, tested=20)
    assert len(found) == 5, "a quarter of what the gate takes"
    assert all(one.id.startswith("roses") for one in found)
    assert not {"roses-1", "roses-2"} & {one.id for one in found}


def test_it_is_bounded() -> None:
    assert len(rehearsed(TRAIN, [ROSES], shown=(), tested=1000)) == MOST
    assert rehearsed(TRAIN, [ROSES], shown=(), tested=3) == ()


def test_a_revision_goes_on_if_it_is_as_good() -> None:
    assert is_better(effect(1, 0), effect(3, 2))
    assert not is_better(effect(1, 1), effect(3, 2))


@given(COUNTS, COUNTS)
def test_harm_is_clear_only_where_more_broke_than_chance_explains(fixed: int, broke: int) -> None:
    if clearly_harmful(effect(fixed, broke)):
        assert broke >= fixed + 4, "a fair coin shows four of four in 6 % of all cases"
        assert clearly_harmful(effect(fixed, broke + 1))
    else:
        assert fixed > 0 or broke < 4


def test_the_reason_names_counts_and_no_task() -> None:
    lost = rehearsal_lost(effect(1, 6, 3))
    assert (lost.stage, lost.code) == (Stage.RACE, "harm")
    assert "of the 10 train tasks" in lost.reason
    assert "fixed 1 and broke 6" in lost.reason
    assert rehearsal_lost(effect(1, 1)).code == "revised"
