"""The chain: each row is sealed together with everything before it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.ledger.schema.chain import GENESIS, next_link

ROW = {"id": "r1", "number": 1, "idea": "more words"}
rows = st.dictionaries(
    st.text("abc", min_size=1), st.one_of(st.none(), st.integers(), st.text()), max_size=5
)


def test_a_known_row_keeps_its_link_for_ever() -> None:
    assert next_link(GENESIS, "rounds", ROW) == (
        "4eb46c7d5405f610c2e6f9c98396bbd5f1dcc0a49f3bb58fad56b4a8987788aa"
    )


@pytest.mark.parametrize(
    "changed",
    [
        (next_link(GENESIS, "runs", ROW), "rounds", ROW),
        (GENESIS, "runs", ROW),
        (GENESIS, "rounds", {**ROW, "number": 2}),
        (GENESIS, "rounds", {**ROW, "more": ""}),
    ],
)
def test_the_link_covers_what_was_before_the_table_and_the_row(
    changed: tuple[str, str, dict[str, Any]],
) -> None:
    assert next_link(*changed) != next_link(GENESIS, "rounds", ROW)


@given(rows)
def test_a_column_without_a_value_changes_nothing(row: dict[str, Any]) -> None:
    link = next_link(GENESIS, "rounds", row)
    assert next_link(GENESIS, "rounds", {**row, "new": None}) == link
    assert next_link(GENESIS, "rounds", dict(reversed(row.items()))) == link


def test_payloads_can_be_deleted() -> None:
    link = next_link(GENESIS, "rounds", ROW)
    assert next_link(GENESIS, "rounds", {**ROW, "payload": "text", "link": "old"}) == link
