"""Pieces of HTML: escaped, short, and whole whatever is in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.notebook import parts
from tests.html_reading import seen

TEXT = st.text(st.characters(codec=None), max_size=40)


@given(TEXT, TEXT, st.lists(st.tuples(TEXT, TEXT), max_size=3), st.lists(TEXT, max_size=3))
def test_no_text_makes_an_element(
    title: str, said: str, rows: list[tuple[str, str]], lines: list[str]
) -> None:
    whole = parts.card(
        title,
        said,
        parts.facts(rows),
        parts.table(("a", "b"), rows),
        parts.listed(lines),
        parts.folded(title, parts.diff(lines)),
    )
    usual = {"div", "strong", "p", "table", "tbody", "thead", "tr", "th", "td", "ul", "li"}
    assert seen(whole).elements <= usual | {"details", "summary", "pre", "span", "ins", "del"}
    whole.encode()


def test_what_hides_or_reorders_text_is_spelled_out() -> None:
    assert parts.text("a\u202eb\x1b[2J\u200bc\ud800<") == (
        "a&lt;U+202E&gt;b&lt;U+001B&gt;[2J&lt;U+200B&gt;c&lt;U+D800&gt;&lt;"
    )
    assert parts.text("tab\tand\nline ä 漢 🎉") == "tab\tand\nline ä 漢 🎉"


def test_what_is_missing_is_said_and_is_not_0() -> None:
    assert seen(parts.table(("task", "score"), [("a", None), ("b", 0)])).text == (
        "task score a n/a b 0"
    )
    assert seen(parts.facts([("cost", None), ("calls", 0)])).text == "calls 0"


@pytest.mark.parametrize("html", [parts.facts([]), parts.table(("a",), []), parts.diff([])])
def test_nothing_makes_nothing(html: str) -> None:
    assert html == ""
    assert parts.folded("more", parts.Html(html)) == ""


def test_it_stays_short_and_says_what_is_left_out() -> None:
    table = parts.table(("a",), [(str(at),) for at in range(1_025)])
    assert seen(table).text.endswith("19 … and 1,005 more rows")
    assert seen(parts.listed(["x"] * 11)).text.endswith("… and 1 more sentence")
    diff = parts.diff([f"+{'y' * 10_000}"] * 10_000)
    assert seen(diff).text.endswith("… and 9,800 more lines")
    assert len(diff) < 500_000


def test_a_diff_marks_lines_and_not_the_names_of_files() -> None:
    html = parts.diff(["--- a", "+++ b", "@@ -1 +1 @@", "-old", "+new", " same"])
    assert html.count("<del") == html.count("<ins") == 1
    assert "-old\n</del>" in html
    assert "+new\n</ins>" in html


def test_numbers_are_aligned_at_the_right() -> None:
    html = parts.table(("task", "score"), [("a", "1.00")], numbers=1)
    assert html.count("text-align:right") == 2
