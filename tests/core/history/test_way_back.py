"""Where a round sets out from: forward, back to an earlier version, and home again."""

from __future__ import annotations

from skillopt.core.gate import Outcome, Standing
from skillopt.core.history.run import AcceptedRound, RefusedRound, Round
from skillopt.core.history.search import Held, Search, after, moved
from skillopt.core.history.way_back import BRANCH_PATIENCE, earlier_version, set_out
from skillopt.core.proposals.collapse import WINDOW, Move
from skillopt.core.proposals.refusal import Stage
from skillopt.core.skill.skill import Skill
from tests.core.history.test_search import round_of, verdict

SKILL = Skill(text="# Desk\n\n- bread: bakery\n")
STUCK = Move(kind="insert", sections=("Desk",), idea="an idea")
FIRST = Search(incumbent="a", book={"t": Standing(total=1, runs=1)})


def accepted(number: int, parent: str, made: str, total: float = 2.0) -> Round:
    decision = AcceptedRound(verdict=verdict(Outcome.ACCEPTED, total), candidate=made)
    return round_of(number, decision).model_copy(update={"parent": parent})


def refused(number: int, parent: str, **more: object) -> Round:
    no = verdict(Outcome.REJECTED, 1.5)
    decision = RefusedRound(stage=Stage.GATE, code="futile", reason="no", verdict=no)
    fields = {"parent": parent, "move": STUCK, **more}
    return round_of(number, decision).model_copy(update=fields)


def stuck(*, leaves: int = 1) -> Search:
    """Two acceptances, then nothing but the same refusal, and so many ways tried."""
    search = after(after(FIRST, accepted(1, "a", "b")), accepted(2, "b", "c", 3.0))
    for number in range(3, 3 + WINDOW):
        search = after(search, refused(number, "c"))
    return search.model_copy(update={"leaves": leaves})


def test_a_search_that_has_not_collapsed_goes_on() -> None:
    assert set_out(FIRST, SKILL) == (FIRST, None)
    fresh = after(stuck(), accepted(9, "c", "d"))
    assert (fresh.moves, fresh.leaves, set_out(fresh, SKILL).leave) == ((), 0, None)


def test_the_ways_are_tried_in_turn() -> None:
    search = stuck(leaves=0)
    seen = []
    for _ in range(3):
        start = set_out(search, SKILL)
        assert start.leave is not None
        seen.append((start.leave.way, start.search.incumbent))
        search = search.model_copy(update={"leaves": search.leaves + 1})
    assert seen == [("deletion", "c"), ("way_back", "b"), ("deletion", "c")]


def test_between_two_ways_one_proposal_is_free() -> None:
    start = set_out(stuck(leaves=0), SKILL)
    assert start.leave is not None
    search = after(start.search, refused(7, "c", leave=start.leave))
    assert set_out(search, SKILL) == (search, None)
    assert set_out(after(search, refused(8, "c")), SKILL).leave is not None


def test_an_earlier_version_comes_with_its_record_and_fresh_trial_numbers() -> None:
    start = set_out(stuck(), SKILL)
    back = start.search
    assert (back.incumbent, back.head, back.best) == ("b", "c", "c")
    assert back.book["t"].total == 2.0, "as it was when it was left"
    assert back.contests == 1, "the trials of the contest that it lost are used"
    assert back.shelf["c"] == Held({"t": Standing(total=1.5, runs=2)}, WINDOW)


def test_a_resumed_search_goes_back_with_the_round_that_did() -> None:
    start = set_out(stuck(), SKILL)
    round_ = refused(7, "b", leave=start.leave)
    search = after(stuck(), round_)
    assert search == after(start.search, round_)
    assert (search.incumbent, search.best, search.away, search.leaves) == ("b", "c", 1, 2)


def test_a_branch_without_success_ends_at_the_head_as_it_was_left() -> None:
    search = stuck()
    book = search.book
    for number in range(7, 7 + BRANCH_PATIENCE):
        search = after(search, refused(number, "b"))
    home = set_out(search, SKILL)
    assert (home.search.incumbent, home.search.head, home.leave) == ("c", None, None)
    assert (home.search.book, home.search.contests) == (book, WINDOW)
    assert earlier_version(home.search) == "a", "not the same one again"


def test_a_branch_takes_over_only_where_it_beats_the_head() -> None:
    back = set_out(stuck(), SKILL).search
    lost = accepted(7, "b", "d").model_copy(update={"rematch": verdict(Outcome.REJECTED, 1.2)})
    on_branch = after(back, lost)
    assert (on_branch.incumbent, on_branch.best) == ("d", "c")
    assert on_branch.shelf["c"].book["t"].total == 1.2, "the head's record goes on"
    won = accepted(7, "b", "d").model_copy(update={"rematch": verdict(Outcome.ACCEPTED, 4.0)})
    taken = after(back, won)
    assert (taken.incumbent, taken.best, taken.book["t"].total) == ("d", "d", 4.0)


def test_there_and_back_changes_no_record() -> None:
    search = stuck()
    there = moved(search, "b")
    home = moved(there, "c")
    assert home.model_copy(update={"shelf": {}, "visited": ()}) == search.model_copy(
        update={"shelf": {}}
    )
