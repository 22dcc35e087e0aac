"""When an endpoint counts as down."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.models.outage import (
    REFUSED_AT_FIRST,
    REQUESTS_IN_A_ROW,
    TIMEOUTS_IN_A_ROW,
    NeverDown,
    Outage,
)


def test_three_calls_of_five_attempts_are_an_outage_and_an_answer_ends_it() -> None:
    outage = Outage()
    assert [outage.failure(passing=True, requests=5) for _ in range(2)] == [None, None]
    outage.answer()
    assert [outage.failure(passing=True, requests=5) for _ in range(2)] == [None, None]
    assert outage.failure(passing=True, requests=5) == "15 requests in a row failed"


def test_refusals_count_only_while_nothing_was_ever_answered() -> None:
    outage = Outage()
    told = [outage.failure(passing=False, requests=1) for _ in range(REFUSED_AT_FIRST)]
    assert told[:-1] == [None] * (REFUSED_AT_FIRST - 1)
    assert told[-1] == f"the first {REFUSED_AT_FIRST} calls were all refused"
    outage.answer()
    assert all(outage.failure(passing=False, requests=1) is None for _ in range(50))


@given(st.lists(st.integers(1, REQUESTS_IN_A_ROW - 1), max_size=30))
def test_single_failures_between_answers_never_stop_a_run(failures: list[int]) -> None:
    outage = Outage()
    for requests in failures:
        outage.answer()
        assert outage.failure(passing=True, requests=requests) is None


def test_an_endpoint_that_hangs_is_found_out_sooner_before_its_first_answer() -> None:
    outage = Outage()
    assert [outage.timeout(of_call=1) for _ in range(8)] == [False] * 8
    assert outage.timeout(of_call=2)
    outage.answer()
    hangs = [outage.timeout(of_call=2) for _ in range(TIMEOUTS_IN_A_ROW)]
    assert hangs == [*[False] * (TIMEOUTS_IN_A_ROW - 1), True]


def test_one_that_counts_nothing_never_says_that_an_endpoint_is_down() -> None:
    outage = NeverDown()
    assert {outage.failure(passing=True, requests=99) for _ in range(3)} == {None}
