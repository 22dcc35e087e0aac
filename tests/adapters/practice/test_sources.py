"""What the practice reader finds in an input by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.practice.language import Source, Taken
from skillopt.adapters.practice.sources import MOST_WORDS, Clock, clock_time, taken


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("at 9:30", (9, 30)),
        ("at 14:00 sharp", (14, 0)),
        ("9am", (9, 0)),
        ("5 pm", (17, 0)),
        ("7.15pm", (19, 15)),
        ("12 a.m.", (0, 0)),
        ("12pm", (12, 0)),
        ("13pm or 8pm", (20, 0)),
        ("25:00, then 23:59", (23, 59)),
        ("version 1.2.30", None),
        ("9 o'clock", None),
        ("", None),
    ],
)
def test_the_first_time_of_day(text: str, clock: tuple[int, int] | None) -> None:
    assert clock_time(text) == (None if clock is None else Clock(*clock))


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        (Source.HOUR, "at 9:30", "9"),
        (Source.MINUTE, "at 9:30", "30"),
        (Source.FIRST_NUMBER, "pay -12.5 euros", "-12.5"),
        (Source.FIRST_NUMBER, "no number", None),
        (Source.FIRST_SENTENCE, " One  line. Two.", "One line."),
        (Source.FIRST_LINE, "\n one  two\nthree", "one two"),
        (Source.WHOLE_INPUT, " a\n b ", "a b"),
        (Source.WHOLE_INPUT, " \n", None),
        (Source.QUOTED, 'say "the words" now', "the words"),
        (Source.QUOTED, "say \u201cthe words\u201d", "the words"),
        (Source.QUOTED, "it's John's", None),
    ],
)
def test_what_a_source_takes(source: Source, text: str, found: str | None) -> None:
    assert taken(Taken(source=source), text) == found


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        (r"#\d+", "#42"),
        (r"#(\d+)", "42"),
        (r"x(y)?", None),
        (r"(", None),
        (r"z*", None),
        (r"^(a|aa|a?)+$", None),
    ],
)
def test_a_match_is_its_first_group_or_all_of_it(pattern: str, found: str | None) -> None:
    value = Taken(source=Source.MATCH, pattern=pattern)
    assert taken(value, "order #42 " + "a" * 60) == found


@given(st.sampled_from(list(Source)), st.text())
def test_any_text_has_it_or_not(source: Source, text: str) -> None:
    found = taken(Taken(source=source, pattern="."), text)
    assert found is None or found


def test_a_value_has_only_so_many_words() -> None:
    found = taken(Taken(source=Source.WHOLE_INPUT), "word " * 2 * MOST_WORDS)
    assert found is not None
    assert len(found.split()) == MOST_WORDS
