"""Why there is no result, in words."""

from __future__ import annotations

import pytest

from skillopt.core.evaluation.outcomes import mostly_missing, told_missing
from skillopt.core.evaluation.rollout import Missing, RolloutKey, Usage

KEY = RolloutKey(skill="s", task="t", target="x", trial=0)


def lost(reason: str, *, passing: bool = True) -> Missing:
    return Missing(key=KEY, task_id="t", reason=reason, usage=Usage(), seconds=0.0, passing=passing)


@pytest.mark.parametrize(
    ("missing", "of", "most"), [(0, 0, False), (12, 24, False), (13, 24, True)]
)
def test_most_is_more_than_half(missing: int, of: int, *, most: bool) -> None:
    assert mostly_missing(missing, of=of) is most


def test_reasons_are_counted_the_most_frequent_first() -> None:
    told = told_missing([lost("b"), lost("a"), lost("a"), lost("c")], have_none="4 of 5")
    assert told.startswith("4 of 5: 2 x a; 1 x b; other reasons: 1; run the same command again")


def test_what_is_refused_is_not_to_be_run_again() -> None:
    told = told_missing([lost("no", passing=False)] * 3, have_none="3 of 3")
    assert (
        told == "3 of 3: no; change what is refused here: the same request would be refused again"
    )


def test_whether_it_passes_is_not_stored() -> None:
    assert "passing" not in lost("no", passing=False).model_dump()


def test_a_reason_that_is_a_sentence_goes_on() -> None:
    assert "refused: I cannot.;" not in told_missing([lost("refused: I cannot.")], have_none="1")
