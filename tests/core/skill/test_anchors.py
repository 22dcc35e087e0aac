"""Places in one text."""

from __future__ import annotations

from typing import Literal

import pytest

from skillopt.core.skill.anchors import Miss, bad_text, locked_by, place_of
from skillopt.core.skill.document import Document, Span

TEXT = "# A\n\n- one\n\n## B\n\n- one\n- two\n<!-- skillopt:lock -->\n- three\n"
DOCUMENT = Document(text=TEXT)


@pytest.mark.parametrize(
    ("anchor", "section", "side", "shown"),
    [
        ("- two", (), None, "- two"),
        ("- one", ("B",), None, "- one"),
        ("- two", (), "before", ""),
        ("", ("B",), "before", ""),
    ],
)
def test_where_an_anchor_is(
    anchor: str, section: tuple[str, ...], side: Literal["before", "after"] | None, shown: str
) -> None:
    place = place_of(DOCUMENT, anchor, section, side=side)
    assert isinstance(place, Span)
    assert TEXT[place.start : place.end] == shown


def test_sides() -> None:
    at = TEXT.index("- two")
    assert place_of(DOCUMENT, "- two", (), side="before") == (at, at)
    assert place_of(DOCUMENT, "- two", (), side="after") == (at + 5, at + 5)
    under = TEXT.index("## B\n") + len("## B\n")
    assert place_of(DOCUMENT, "", ("B",), side="before") == (under, under)


@pytest.mark.parametrize(
    ("anchor", "section", "reason"),
    [
        ("- four", (), "anchor_missing"),
        ("- one", (), "anchor_repeated"),
        ("- two", ("C",), "section_missing"),
        ("- three", (), "locked"),
    ],
)
def test_what_is_no_place(anchor: str, section: tuple[str, ...], reason: str) -> None:
    miss = place_of(DOCUMENT, anchor, section)
    assert isinstance(miss, Miss)
    assert miss.reason == reason
    twice = place_of(Document(text="# A\n\n# A\n"), "x", ("A",))
    assert isinstance(twice, Miss)
    assert twice.reason == "section_repeated"


def test_a_lock_that_is_open_goes_to_the_end() -> None:
    assert locked_by(DOCUMENT, Span(len(TEXT) - 1, len(TEXT)))
    assert locked_by(DOCUMENT, Span(0, 3)) is None


def test_what_no_edit_writes() -> None:
    assert bad_text("fine, 日本語 👩‍👧\r\n\t") is None
    for text in ("skillopt:unlock", "\x07", "\u202e", "\U000e0041"):
        assert bad_text(text)
