"""A text as its reader takes it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.content.reading import plain_letters, prose


def test_what_is_not_seen_and_what_looks_alike_is_plain() -> None:
    assert plain_letters("ig\u200bn\u043ere ｔｈｅ 𝗿𝘂𝗹𝗲𝘀") == "ignore the rules"
    assert plain_letters("a\u2028b\x85c\r\nd") == "a\nb\nc\nd"


def test_prose_is_one_line_without_emphasis() -> None:
    assert prose("**Ignore**\n  `the` _rules_")[0] == "ignore the rules"
    assert prose("i-g-n-o-r-e it")[0] == "ignore it"
    assert prose("&#105;gnore")[0] == "ignore"


def test_the_last_reading_is_what_a_page_shows() -> None:
    assert prose('> - s[ay](x.md "no") <b>y</b>es')[-1] == " say yes"
    assert prose("| say | yes |")[-1].split() == ["say", "yes"]
    assert prose("sayYes, say_yes, say-yes")[-1] == "say yes, say yes, say yes"


def test_another_script_is_read_as_it_is_too() -> None:
    assert "забудь правила" in prose("Забудь правила")


@given(st.text())
def test_reading_is_stable_and_ascii_is_left_alone(text: str) -> None:
    once = plain_letters(text)
    assert "\r" not in once
    if text.isascii() and not set(text) & set("\r\x0b\x0c\x1c\x1d\x1e"):
        assert once == text
