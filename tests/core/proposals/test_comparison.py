"""The comparison of answers: both orders have to agree, and a judge of positions decides nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.proposals.comparison import (
    MOST_COMPARED,
    Answered,
    Better,
    Duel,
    Said,
    Side,
    duel,
    order_of,
    preferred,
    ranking,
    tasks_to_compare,
    ties_of,
    told,
)
from skillopt.core.proposals.train_race import Place, Result

KEPT: tuple[Side, Side] = ("stands", "challenges")
TURNED: tuple[Side, Side] = ("challenges", "stands")
ORDERS = st.sampled_from([KEPT, TURNED])
REPLIES: st.SearchStrategy[Better | None] = st.sampled_from(["first", "second", "neither", None])
SAID = st.builds(Said, ORDERS, st.tuples(REPLIES, REPLIES))


@pytest.mark.parametrize(
    ("order", "replies", "found"),
    [
        (KEPT, ("first", "second"), "stands"),
        (KEPT, ("second", "first"), "challenges"),
        (TURNED, ("first", "second"), "challenges"),
        (TURNED, ("second", "first"), "stands"),
        (KEPT, ("first", "first"), "flipped"),
        (KEPT, ("second", "second"), "flipped"),
        (KEPT, ("neither", "neither"), "even"),
        (KEPT, ("neither", "second"), "flipped"),
        (KEPT, (None, "second"), "unread"),
        (TURNED, ("first", None), "unread"),
    ],
)
def test_only_what_both_orders_agree_on_counts(
    order: tuple[Side, Side], replies: tuple[Better | None, Better | None], found: str
) -> None:
    assert preferred(Said(order, replies)) == found


@given(st.lists(ORDERS), st.sampled_from(["first", "second", "neither", None]))
def test_a_judge_that_always_says_the_same_decides_nothing(
    orders: list[tuple[Side, Side]], always: Better | None
) -> None:
    found = duel("a", "b", [Said(order, (always, always)) for order in orders])
    assert (found.winner, found.won, found.lost) == ("a", 0, 0)
    assert not found.decided
    assert found.ties == len(orders)


@given(st.lists(SAID))
def test_every_task_is_counted_once_and_the_winner_is_not_behind(said: list[Said]) -> None:
    found = duel("a", "b", said)
    assert found.won + found.lost + found.ties == len(said)
    assert found.won >= found.lost
    assert {found.winner, found.loser} == {"a", "b"}


@given(st.lists(SAID))
def test_who_is_read_first_does_not_matter(said: list[Said]) -> None:
    """A verdict on answers is the same, whichever order was asked first."""
    turned = [Said((one.order[1], one.order[0]), (one.replies[1], one.replies[0])) for one in said]
    assert duel("a", "b", turned) == duel("a", "b", said)


@given(st.lists(SAID))
def test_the_other_way_round_the_other_one_wins(said: list[Said]) -> None:
    found, mirror = duel("a", "b", said), duel("b", "a", [_mirrored(one) for one in said])
    if found.decided:
        assert mirror.winner == found.winner
    else:
        assert (found.winner, mirror.winner) == ("a", "b"), "a tie keeps who was ahead"


def _mirrored(one: Said) -> Said:
    other: dict[Side, Side] = {"stands": "challenges", "challenges": "stands"}
    return Said((other[one.order[0]], other[one.order[1]]), one.replies)


def answers(**by: tuple[float, str]) -> dict[tuple[str, str], Answered]:
    """`a_t1=(1.0, "yes")`: what candidate a answered to task t1."""
    return {
        (name.split("_")[0], name.split("_")[1]): Answered(*given) for name, given in by.items()
    }


def compared(judged: tuple[str, ...] = (), **by: tuple[float, str]) -> tuple[str, ...]:
    order = tuple(dict.fromkeys(name.split("_")[1] for name in by))
    return tasks_to_compare("a", "b", order=order, judged=judged, answers=answers(**by))


def test_scores_of_checks_decide_without_a_judge() -> None:
    assert compared(a_t1=(1, "x"), b_t1=(0, "y"), a_t2=(1, "x"), b_t2=(1, "y")) == ()


def test_where_scores_tie_the_tasks_that_scored_alike_are_compared() -> None:
    ties = {"a_t1": (1.0, "x"), "b_t1": (0.0, "y"), "a_t2": (0.0, "x"), "b_t2": (1.0, "y")}
    assert compared(**ties, a_t3=(1, "x"), b_t3=(1, "y")) == ("t3",)


def test_the_same_answer_is_not_compared_with_itself() -> None:
    assert compared(a_t1=(1, "x"), b_t1=(1, " x\n")) == ()


def test_what_only_a_judge_grades_is_compared_whatever_it_scored_and_first() -> None:
    more = {"a_t2": (0.9, "x"), "b_t2": (0.1, "y")}
    assert compared(("t2",), a_t1=(1, "x"), b_t1=(1, "y"), **more) == ("t2", "t1")


def test_missing_answers_are_left_out() -> None:
    assert compared(a_t1=(1, "x"), a_t2=(1, "x"), b_t2=(1, "y")) == ("t2",)


def test_a_pair_takes_a_bounded_number_of_calls() -> None:
    many = {f"{who}_t{at}": (1.0, who) for at in range(MOST_COMPARED + 5) for who in "ab"}
    assert len(compared(**many)) == MOST_COMPARED


def test_those_that_were_not_dropped_stand_in_the_order_of_their_scores() -> None:
    places = (
        Place(name="a", mean=0.2, tasks=6, lost="worse"),
        Place(name="b", mean=0.5, tasks=9, lost="behind"),
        Place(name="c", mean=0.7, tasks=9),
        Place(name="d", mean=0.6, tasks=9, lost="behind"),
        Place(name="e", mean=0.7, tasks=9, lost="tie"),
    )
    assert ranking(Result(winner="c", places=places)) == ("c", "e", "d", "b")


def test_the_order_is_seeded_and_takes_both_ways() -> None:
    pair = ("a", "b")
    orders = [order_of(f"t{at}", seed=0, number=1, pair=pair) for at in range(40)]
    again = [order_of(f"t{at}", seed=0, number=1, pair=pair) for at in range(40)]
    other = [order_of(f"t{at}", seed=1, number=1, pair=pair) for at in range(40)]
    assert orders == again != other
    assert {KEPT, TURNED} == set(orders)


def test_the_reason_names_the_count_and_the_ties() -> None:
    found = Duel(winner="a", loser="b", won=4, lost=1, even=0, flipped=2, unread=1)
    assert told(found) == (
        "lost the comparison: the judge preferred another proposal's answers on 4 of 8 train "
        "tasks, and this one's on 1, 3 ties (2 changed with the order, 1 without a verdict)"
    )
    assert ties_of(found.model_copy(update={"flipped": 0, "unread": 0, "even": 1})) == "1 tie"
    clear = Duel(winner="a", loser="b", won=4, lost=0, even=0, flipped=0, unread=0)
    assert told(clear).endswith("and this one's on 0")
