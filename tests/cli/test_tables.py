"""Tables: folded on a terminal, whole in a pipe."""

from __future__ import annotations

import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from skillopt.cli.tables import Column, say_table

COLUMNS = (
    Column("id"),
    Column("when"),
    Column("skill"),
    Column("verdict"),
    Column("points", right=True),
    Column("idea"),
)
ROWS = (
    (
        "3f9a12345678",
        "2026-01-02 10:03",
        "triage-support-tickets",
        "rejected by the gate (test)",
        "-1.9",
        "send every message that names an order to billing, whatever else it says about the parcel",
    ),
    ("0123456789ab", "2026-01-02 10:05", "triage-support-tickets", "accepted", "+12.5", "short"),
)
ESCAPE = "\x1b"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def drawn(
    monkeypatch: pytest.MonkeyPatch, columns: int, rows: tuple[tuple[str, ...], ...] = ROWS
) -> str:
    screen = Terminal()
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(sys, "stdout", screen)
    say_table(COLUMNS, rows)
    return screen.getvalue()


@pytest.mark.parametrize("columns", [40, 60, 80, 160, 300])
def test_no_line_is_wider_than_the_terminal_and_no_word_is_lost(
    monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    told = drawn(monkeypatch, columns)
    assert max(map(cell_len, told.splitlines())) <= columns
    for row in ROWS:
        assert set(" ".join(row).split()) <= set(told.split())
    assert not set(told) & set("│┃─━╭+|…") - {"+"}


def test_a_wide_terminal_gets_a_header_and_a_line_per_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    head, *lines = drawn(monkeypatch, 300).splitlines()
    assert head.split() == ["ID", "WHEN", "SKILL", "VERDICT", "POINTS", "IDEA"]
    assert [line.split()[0] for line in lines] == [row[0] for row in ROWS]
    assert lines[0].index("-1.9") + 4 == lines[1].index("+12.5") + 5


def test_a_narrow_terminal_gets_the_idea_on_lines_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    told = drawn(monkeypatch, 60)
    assert told.splitlines()[0] == "3f9a12345678  2026-01-02 10:03  triage-support-tickets"
    assert "rejected by the gate (test)  points -1.9" in told
    assert f"\n{' ' * 14}send every message" in told


def test_only_a_terminal_without_no_color_is_sent_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert ESCAPE in drawn(monkeypatch, 160)
    monkeypatch.setenv("NO_COLOR", "1")
    assert ESCAPE not in drawn(monkeypatch, 160)


def test_a_pipe_gets_whole_lines_without_header_and_codes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    say_table(COLUMNS, ROWS)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [row[0] for row in ROWS]
    assert lines[0].endswith(ROWS[0][-1])
    assert ESCAPE not in "".join(lines)


def test_a_cell_cannot_control_the_terminal_or_imitate_a_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    evil = (*ROWS[0][:-1], "[bold]\x1b[2Jgone\nffffffffffff  accepted")
    told = drawn(monkeypatch, 300, (evil,))
    assert ESCAPE not in told
    assert "[bold]" in told
    assert len(told.splitlines()) == 2


@given(
    st.lists(st.tuples(*[st.text(max_size=30)] * 6), min_size=1, max_size=4), st.integers(40, 200)
)
def test_whatever_the_cells_hold_the_table_keeps_to_the_terminal(
    rows: list[tuple[str, ...]], columns: int
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("NO_COLOR", "1")
        told = drawn(monkeypatch, columns, tuple(rows))
    assert max(map(cell_len, told.split("\n"))) <= columns
