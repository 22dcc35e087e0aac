"""A signed head is a text that reads back as what was signed, and nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.history.signed_head import SignedHead, signed_head

ARMOUR = "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----"
HEAD = SignedHead(ledger="0123456789abcdef", rows=12, link="ab" * 32, signature=ARMOUR)


@given(
    st.text("0123456789abcdef", min_size=1),
    st.integers(0, 2**63 - 1),  # what a database counts
    st.text("0123456789abcdef", min_size=64, max_size=64),
)
def test_a_signed_head_reads_back(ledger: str, rows: int, link: str) -> None:
    head = SignedHead(ledger=ledger, rows=rows, link=link, signature=ARMOUR)
    assert signed_head(head.text) == head
    assert signed_head(head.text.replace("\n", "\r\n")) == head


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ab" * 32,
        HEAD.message,
        f"x{HEAD.text}",
        HEAD.text.replace("rows", "row"),
        f"{HEAD.text}x",
        HEAD.text.replace("12", "1" * 5_000),
        HEAD.text.replace("12", "\u0661\u0662"),
    ],
)
def test_other_texts_are_no_signed_heads(text: str) -> None:
    assert signed_head(text) is None
