"""Which skills are begun."""

from __future__ import annotations

from skillopt.core.library.entry import Entry, in_order, may_enter


def test_the_cheapest_are_begun_first_whatever_the_order() -> None:
    entries = [Entry("dear", 90), Entry("cheap", 10), Entry("same", 40), Entry("same too", 40)]
    assert in_order(entries) == in_order(entries[::-1])
    assert in_order(entries)[0] == "cheap"
    assert in_order(entries)[-1] == "dear"


def test_one_more_is_begun_while_half_of_the_budget_is_left() -> None:
    assert may_enter(0.25, left=0.75, begun=3)
    assert not may_enter(0.26, left=0.75, begun=3)
    assert may_enter(0.9, left=None, begun=3)


def test_the_first_one_is_begun_in_any_case() -> None:
    assert may_enter(0.9, left=1.0, begun=0)
