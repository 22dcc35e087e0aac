"""The live view: a few lines, none wider than the terminal, nothing left behind."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from skillopt.cli.live import LiveView, view
from skillopt.cli.run_state import RunState
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.loop_settings import SpendLimits

STATE = RunState(
    round=2,
    stage="at the gate",
    done=6,
    total=24,
    spent=Usage(calls=30, prompt_tokens=9_000, completion_tokens=600, cost=0.25),
    limits=SpendLimits(max_calls=500),
    score="25.0 % on 24 validation tasks",
    verdicts=("1  accepted +4.2  more words",),
)


def console(width: int = 80) -> Console:
    return Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)


def drawn(state: RunState, *, width: int = 80) -> list[str]:
    on = console(width)
    on.print(view(state, now=3.0))
    assert isinstance(on.file, io.StringIO)
    return on.file.getvalue().splitlines()


def test_all_of_the_state_is_in_sight() -> None:
    head, bar, score, spent, verdict = drawn(STATE)
    assert head.strip() == "round 2: at the gate"
    assert "6/24  2.0/s, 9 s left" in bar
    assert score.strip() == "first version: 25.0 % on 24 validation tasks"
    assert spent.strip() == "spent: 30 of 500 calls, 9,600 tokens, $0.2500"
    assert verdict.strip() == "1  accepted +4.2  more words"


def test_what_there_is_nothing_of_has_no_line() -> None:
    assert [line.strip() for line in drawn(RunState())] == [
        "starting",
        "spent: 0 calls, 0 tokens, $0",
    ]


@pytest.mark.parametrize("width", [20, 40, 80])
def test_no_line_is_wider_than_the_terminal_and_none_is_wrapped(width: int) -> None:
    long = RunState(stage="x" * 200, score="y" * 200, verdicts=("z" * 200,), total=5)
    lines = drawn(long, width=width)
    assert len(lines) == 5
    assert all(len(line) <= width for line in lines)
    assert lines[0].rstrip().endswith("…")


def test_markup_in_an_idea_is_text() -> None:
    (*_, verdict) = drawn(RunState(verdicts=("1  [bold]rejected[/bold]",)))
    assert verdict.strip() == "1  [bold]rejected[/bold]"


def test_it_is_drawn_and_taken_off_again() -> None:
    on = console()
    shown = LiveView(on)
    shown.show(STATE)
    shown.stop()
    assert isinstance(on.file, io.StringIO)
    written = on.file.getvalue()
    assert "round 2: at the gate" in written
    assert written.count("\x1b[?25l") == written.count("\x1b[?25h") == 1
    assert not written.endswith("more words\n")


def test_a_wait_is_in_sight_until_it_ends() -> None:
    waiting = RunState(waiting="openai/m asks to wait 9 s", waiting_until=3.5)
    assert drawn(waiting)[1].strip() == "openai/m asks to wait 9 s"
    over = RunState(waiting="openai/m asks to wait 9 s", waiting_until=3.0)
    assert len(drawn(over)) == 2
