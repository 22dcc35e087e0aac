"""The search as a tree."""

from __future__ import annotations

from skillopt.core.gate import Outcome
from skillopt.core.history.tree import search_tree
from skillopt.core.proposals.collapse import Entropies, Leave, Mode
from tests.core.history.test_search import verdict
from tests.core.history.test_way_back import accepted, refused

MODE = Mode(kind="insert", entropy=Entropies(kind=0, sections=0, idea=0))
BACK = Leave(mode=MODE, way="way_back", back_to="a")
LOST = {"rematch": verdict(Outcome.REJECTED, 1.0)}
ROUNDS = (
    accepted(1, "a", "b"),
    refused(2, "b"),
    refused(3, "a", leave=BACK),
    accepted(4, "a", "d").model_copy(update=LOST),
    refused(5, "d"),
    refused(6, "b"),
)


def test_rounds_stand_under_the_version_they_were_proposed_on() -> None:
    tree = search_tree(ROUNDS, first="a", last="b")
    assert [tried.number for tried in tree.tried] == [1, 3, 4]
    line, branch = tree.tried[0].version, tree.tried[2].version
    assert line is not None
    assert branch is not None
    assert [tried.number for tried in line.tried] == [2, 6]
    assert [tried.number for tried in branch.tried] == [5]


def test_the_line_and_dead_branches() -> None:
    tree = search_tree(ROUNDS, first="a", last="b")
    line, branch = tree.tried[0].version, tree.tried[2].version
    assert line is not None
    assert branch is not None
    assert (tree.place, line.place, branch.place) == ("line", "line", "branch")
    assert (tree.last, line.last, branch.last) == (False, True, False)
    assert tree.tried[2].beat_head is False


def test_ways_back_are_marked() -> None:
    tree = search_tree(ROUNDS, first="a", last="b")
    line = tree.tried[0].version
    assert line is not None
    assert [(tried.back, tried.leave) for tried in tree.tried] == [
        (False, None),
        (True, "way_back"),
        (False, None),
    ]
    assert [tried.back for tried in line.tried] == [False, True]


def test_a_run_in_which_nothing_was_tried() -> None:
    tree = search_tree((), first="a", last="a")
    assert (tree.digest, tree.tried, tree.last) == ("a", (), True)


def test_an_edit_and_its_undoing_end() -> None:
    tree = search_tree((accepted(1, "a", "b"), accepted(2, "b", "a")), first="a", last="a")
    assert tree.place == "line"
