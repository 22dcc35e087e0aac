"""Which skill gets the next round: what is promised holds for every library."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.library.allocation import (
    FLOOR,
    MOST,
    USUAL,
    SkillRecord,
    next_skill,
    outlooks_of,
    prior_rounds,
)


def skill(
    name: str, *gains: float, size: float = 20, score: float = 0.4, **more: object
) -> SkillRecord:
    spent = tuple(size for _ in gains)
    return SkillRecord(name, size, score, gains, spent, **more)  # type: ignore[arg-type]


@st.composite
def records_drawn(draw: st.DrawFn) -> list[SkillRecord]:
    found = []
    for number in range(draw(st.integers(1, 8))):
        gains = draw(st.lists(st.sampled_from([0.0, 0.0, 0.03, 0.1]), max_size=6))
        spent = draw(st.lists(st.floats(0, 1), min_size=len(gains), max_size=len(gains)))
        score, size = draw(st.floats(0, 1)), draw(st.integers(1, 100))
        is_open = draw(st.booleans())
        found.append(
            SkillRecord(f"s{number}", size, score, tuple(gains), tuple(spent), is_open=is_open)
        )
    return found


@given(records=records_drawn(), seed=st.integers(0, 3), shuffle=st.randoms(use_true_random=False))
def test_the_order_of_the_skills_means_nothing(
    records: list[SkillRecord], seed: int, shuffle: random.Random
) -> None:
    other = records.copy()
    shuffle.shuffle(other)
    assert next_skill(records, seed=seed) == next_skill(other, seed=seed)


@given(records=records_drawn(), room=st.none() | st.floats(-0.1, 1))
def test_the_chosen_one_is_open_and_its_round_is_expected_to_fit(
    records: list[SkillRecord], room: float | None
) -> None:
    chosen = next_skill(records, room=room)
    fits = {one.name for one in outlooks_of(records) if room is None or one.spend <= room}
    assert (chosen in fits) if fits else chosen is None
    assert fits <= {one.name for one in records if one.is_open}


@given(
    records=records_drawn(),
    hits=st.lists(st.sampled_from([0.0, 0.0, 0.05]), min_size=40, max_size=40),
)
def test_no_skill_starves(records: list[SkillRecord], hits: list[float]) -> None:
    """Each has its part of the rounds that are dealt out evenly, at all times."""
    playing = {one.name: one._replace(gains=(), spent=(), is_open=True) for one in records}
    for done, gain in enumerate(hits):
        rounds = Counter({name: len(one.gains) for name, one in playing.items()})
        assert min(rounds[name] for name in playing) >= int(FLOOR * done / len(playing))
        chosen = next_skill(list(playing.values()))
        assert chosen is not None
        one = playing[chosen]
        playing[chosen] = one._replace(gains=(*one.gains, gain), spent=(*one.spent, one.size))


def test_everyone_comes_once_before_anyone_comes_twice() -> None:
    records = [skill("lucky", 0.3), skill("new"), skill("dear", size=90)]
    assert next_skill(records) == "new"
    assert next_skill([records[0], skill("new", 0.0), records[2]]) == "dear"


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (skill("a", 0.1, 0.1), skill("b", 0.0, 0.0)),
        (skill("a", 0.0, score=0.1), skill("b", 0.0, score=0.9)),
        (skill("a", 0.0, size=10), skill("b", 0.0, size=80)),
        (skill("a", 0.0, 0.1), skill("b", 0.1, 0.0)),
    ],
    ids=["has gained", "has room", "is cheap", "has gained last"],
)
def test_more_is_expected_of_the_skill_that(better: SkillRecord, worse: SkillRecord) -> None:
    rates = {one.name: one.rate for one in outlooks_of([better, worse])}
    assert rates["a"] > rates["b"]


def test_a_skill_without_room_expects_nothing() -> None:
    (outlook,) = outlooks_of([skill("full", 0.1, score=0.9)])
    assert outlook.gain == 0


def test_the_prior_is_strong_where_skills_are_alike_and_weak_where_they_are_not() -> None:
    alike = [skill(f"s{n}", 0.1, 0.0, 0.1, 0.0) for n in range(6)]
    unlike = [skill(f"s{n}", *([0.1 * (n % 2)] * 4)) for n in range(6)]
    assert prior_rounds(alike) == MOST
    assert prior_rounds(unlike) < USUAL
    assert prior_rounds([skill("a", 0.1), skill("b", 0.0), skill("c", 0.0)]) == USUAL
    assert prior_rounds([]) == USUAL


def test_the_seed_decides_between_equals() -> None:
    records = [skill(f"s{n}") for n in range(8)]
    assert len({next_skill(records, seed=seed) for seed in range(12)}) > 1
    assert next_skill([]) is None
