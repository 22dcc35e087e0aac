"""What is printed, where, and that no text can control the terminal."""

from __future__ import annotations

import io
import json
import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.cli.output import (
    count,
    money,
    one_line,
    outcome_at,
    percent,
    print_json,
    say,
    say_report,
    shown_usage,
    tell,
)
from skillopt.cli.streams import Stream, unwritten
from skillopt.cli.terminal import printable
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.history.run import NOBODY
from tests.adapters.ledger.samples import a_run
from tests.cli.commands import on_terminal


def test_results_and_the_rest_go_to_their_streams(capsys: pytest.CaptureFixture[str]) -> None:
    say("a result")
    say()
    tell("a note")
    assert capsys.readouterr() == ("a result\n\n", "a note\n")


@given(st.text())
def test_what_is_printable_cannot_control_a_terminal(text: str) -> None:
    shown = printable(text)
    assert not [char for char in shown if ord(char) < 32 and char not in "\n\t"]
    assert "\x7f" not in shown
    assert not [char for char in shown if 0x80 <= ord(char) < 0xA0]
    assert printable(shown) == shown


def test_letters_of_any_script_stay_as_they_are() -> None:
    for text in ("Größe", "日本語", "👍", "a\tb\nc", "no\u00a0break"):
        assert printable(text) == text
    assert printable("\x1b[31mred\x07\r") == "\\x1b[31mred\\x07\\x0d"
    assert printable("a\u202eb") == "a\\x202eb"


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
    assert "  " not in one_line(text)


def test_json_escapes_control_characters_and_reads_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    content = {"text": "\x1b[31m\u202e\x85 Größe\nnext"}
    print_json(content)
    shown = capsys.readouterr().out
    assert json.loads(shown) == content
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "Größe" in shown


def test_a_value_is_printed_by_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    print_json(Usage(calls=3, cost=None))
    assert json.loads(capsys.readouterr().out)["calls"] == 3


def test_json_for_another_encoding_is_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="latin-1"))
    print_json({"text": "日本語"})
    assert json.loads(raw.getvalue().decode("ascii")) == {"text": "日本語"}


COLOURED = [("+ added", 32), ("- gone", 31), ("@@ -1 +1 @@", 36), ("  + in a report", 32)]


@pytest.mark.parametrize(("line", "colour"), COLOURED)
def test_a_diff_is_coloured_on_a_terminal(
    line: str, colour: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = on_terminal(monkeypatch)
    say_report(line)
    assert terminal.getvalue() == f"\x1b[{colour}m{line}\x1b[0m\n"


def test_other_lines_have_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    say_report("round 1: more words")
    assert terminal.getvalue() == "round 1: more words\n"


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colours_can_be_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    monkeypatch.setenv(name, value)
    say_report("+ added")
    assert terminal.getvalue() == "+ added\n"


def test_a_pipe_has_no_colours(capsys: pytest.CaptureFixture[str]) -> None:
    say_report("+ \x1b[31madded")
    assert capsys.readouterr().out == "+ \\x1b[31madded\n"


def test_a_reader_that_goes_away_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with Stream(os.fdopen(writer, "wb"), encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        say("into nowhere")
        say("and again")
        assert unwritten(sys.stdout) is None


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (percent(None), "n/a"),
        (percent(0.1234), "12.3 %"),
        (count(1, "run"), "1 run"),
        (count(0, "run"), "0 runs"),
        (count(12_345, "row"), "12,345 rows"),
        (money(None), "price unknown"),
        (money(0.0), "$0"),
        (money(0.12345), "$0.1235"),
        (outcome_at("rejected", "gate"), "rejected by the gate"),
        (outcome_at("inconclusive", "gate"), "inconclusive at the gate"),
        (outcome_at("rejected", "screen"), "refused by the screen"),
        (outcome_at("rejected", "fit"), "refused: does not fit"),
        (outcome_at("rejected", "reply"), "refused: unreadable reply"),
    ],
)
def test_figures_and_verdicts_in_words(shown: str, expected: str) -> None:
    assert shown == expected


def test_spend_is_calls_tokens_and_money() -> None:
    used = Usage(calls=1, prompt_tokens=183_813, completion_tokens=13_773, cost=None)
    assert shown_usage(used) == ("1 call, 183,813 prompt + 13,773 completion tokens, price unknown")


def test_models_are_named_as_far_as_there_are_any() -> None:
    run = a_run(target="openai/a", optimizer=NOBODY, judge="openai/c")
    assert run.shown_models == "target openai/a, no optimizer, judge openai/c"
