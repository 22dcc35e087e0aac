"""Text wrapped to the terminal."""

from __future__ import annotations

import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.cli.output import say_wrapped
from skillopt.cli.terminal import NARROWEST, PIPED_WIDTH, is_live, width, wrapped
from tests.cli.commands import on_terminal


def test_a_terminal_can_be_redrawn_unless_it_is_dumb(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    assert is_live(terminal)
    assert not is_live(io.StringIO())
    monkeypatch.setenv("TERM", "dumb")
    assert not is_live(terminal)


@pytest.mark.parametrize(("columns", "expected"), [("72", 72), ("12", NARROWEST)])
def test_the_width_is_the_terminals_and_never_too_narrow(
    columns: str, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    on_terminal(monkeypatch)
    assert width() == expected


def test_a_pipe_has_a_width_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "72")
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert width() == PIPED_WIDTH


words = st.lists(st.text("abcäöü-.", min_size=1, max_size=20), max_size=60).map(" ".join)


@given(words)
def test_no_line_is_too_wide_and_no_word_is_lost(text: str) -> None:
    lines = wrapped(text, indent="  → ")
    assert all(len(line) <= PIPED_WIDTH for line in lines)
    assert " ".join(lines).replace("→", "").split() == text.split()


def test_the_first_line_and_the_others_have_their_indents() -> None:
    text = "word " * 60
    first, second, *_ = wrapped(text, indent="- ")
    assert first.startswith("- word")
    assert second.startswith("    word")
    assert wrapped(text, indent="- ", hanging="> ")[1].startswith("> word")


def test_a_word_longer_than_the_line_is_left_whole() -> None:
    path = "/a/very/long" * 20
    assert wrapped(f"see {path} there") == ("see", f"  {path}", "  there")


def test_control_characters_are_escaped() -> None:
    assert wrapped("\x1b[31mred") == ("\\x1b[31mred",)


def test_a_reports_lines_are_wrapped_under_their_own_indents(
    capsys: pytest.CaptureFixture[str],
) -> None:
    say_wrapped(["head", "", "    " + "word " * 40])
    head, empty, first, second, third = capsys.readouterr().out.splitlines()
    assert (head, empty) == ("head", "")
    assert first.startswith("    word")
    assert second.startswith("      word")
    assert third.startswith("      word")
