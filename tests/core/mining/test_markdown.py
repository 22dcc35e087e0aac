from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.mining.markdown import plain, without_code


def test_code_is_blanked() -> None:
    rows = ["a", "```py", "x | y", "```", "b", "~~~", "c"]
    assert [row.strip() for row in without_code(rows)] == ["a", "", "", "", "b", "", ""]


@given(st.lists(st.text("`~ a", max_size=8)))
def test_lines_keep_their_length(rows: list[str]) -> None:
    assert [len(row) for row in without_code(rows)] == [len(row) for row in rows]


def test_a_title_without_marks() -> None:
    assert plain(" **[Where to?](https://example.org)** {#x}") == "Where to?"
