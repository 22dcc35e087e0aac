"""A line of a list is a `RoundSummary` without its checks: the same fields, the same JSON."""

from __future__ import annotations

from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.history.listed_round import ListedRound, WantedRounds
from skillopt.core.history.views import RoundFilter, RoundSummary
from skillopt.core.proposals.stage import Stage

words = st.text(max_size=5)
shares = st.none() | st.floats(-1, 1)
lists = st.lists(words, max_size=3).map(tuple)
listed = st.builds(
    ListedRound,
    **dict.fromkeys(("id", "run", "skill", "target", "code", "reason", "idea", "parent"), words),
    **dict.fromkeys(("number", "edits"), st.integers(0, 9)),
    **dict.fromkeys(("gain", "p_value"), shares),
    **dict.fromkeys(("criteria", "sections"), lists),
    **dict.fromkeys(("candidate", "kept_by"), st.none() | words),
    identity_unknown=st.booleans(),
    created=st.datetimes(timezones=st.just(UTC)),
    outcome=st.sampled_from(("accepted", "rejected", "inconclusive")),
    stage=st.sampled_from(Stage),
    tasks_seen=st.none() | st.integers(0, 9),
)


@given(listed)
def test_its_json_is_that_of_the_summary(one: ListedRound) -> None:
    assert one.as_json() == RoundSummary.of(one).model_dump(mode="json")
    assert list(one.as_json()) == list(RoundSummary.model_fields)


def test_a_filter_has_the_same_conditions_and_defaults() -> None:
    assert list(WantedRounds._fields) == list(RoundFilter.model_fields)
    assert RoundFilter().wanted() == WantedRounds()
