"""A check of the head, in a sentence."""

from __future__ import annotations

from skillopt.core.gate.drift_result import Drift

HOLDS = Drift(held="a" * 64, since=0.021, total=0.05, tasks=40)


def test_it_says_whether_the_head_holds_and_where_the_search_goes() -> None:
    found = (
        "fresh runs on 40 tasks: +2.1 points since the last version that held, +5.0 since the first"
    )
    assert HOLDS.told == f"drift check: the head holds: {found}"
    back = HOLDS.model_copy(update={"back_to": "b" * 64})
    assert back.told == f"drift check: back to version bbbbbbbbbbbb: {found}"
