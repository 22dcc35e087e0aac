"""A run's progress on a terminal and in a pipe."""

from __future__ import annotations

import pytest

from skillopt.cli.progress import Progress
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.events import (
    HealthChecked,
    ParameterChanged,
    RolloutDone,
    RolloutsWanted,
    RunStarted,
    WaitStarted,
)
from skillopt.core.health import Health
from skillopt.core.loop_settings import SpendLimits
from tests.cli.commands import on_terminal

STARTED = RunStarted(run="run-1", skill="desks", resumed=False, rounds_done=0)
VALIDATION = RolloutsWanted(purpose="validation", total=24, reused=4)
CALL = Usage(calls=1, prompt_tokens=10, completion_tokens=3, cost=0.5)
DONE = RolloutDone(score=1.0, usage=CALL)


def test_off_a_terminal_lines_are_reported_and_little_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reported: list[str] = []
    progress = Progress(report=reported.append)
    for event in (STARTED, VALIDATION, *[DONE] * 20):
        progress.see(event)
    progress.line("baseline: 25.0 %")
    progress.clear()
    assert reported == ["baseline: 25.0 %"]
    assert capsys.readouterr() == ("", "")


def test_on_a_terminal_a_live_view_is_drawn_and_taken_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = on_terminal(monkeypatch, "stderr")
    reported: list[str] = []
    progress = Progress(report=reported.append, limits=SpendLimits(max_calls=99))
    for event in (STARTED, VALIDATION, DONE):
        progress.see(event)
    progress.line("baseline: 25.0 %")
    drawn = terminal.getvalue()
    assert "validation rollouts" in drawn
    assert "1 of 99 calls" in drawn
    assert drawn.count("\x1b[?25l") == drawn.count("\x1b[?25h") == 1, "the cursor is back"
    assert reported == ["baseline: 25.0 %"]


def test_off_a_terminal_a_wait_that_was_asked_for_is_told_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    wait = WaitStarted(model="openai/m", seconds=60.0, asked=True, reason="Slow down")
    progress = Progress(report=print)
    for event in (STARTED, VALIDATION, wait, wait, DONE, wait.model_copy(update={"asked": False})):
        progress.see(event)
    assert capsys.readouterr().err == "openai/m asks to wait 60 s: Slow down\n"


def test_a_refused_parameter_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    told = ParameterChanged(model="openai/m", parameter="seed", instead=None, says="no seed")
    Progress(report=print).see(told)
    assert capsys.readouterr().err == "openai/m: no seed\n"


def test_a_health_check_is_reported_by_every_command_that_follows_a_run() -> None:
    check = Health(role="target", model="openai/m", usage=CALL, seconds=0.5, empty=True)
    reported: list[str] = []
    Progress(report=reported.append).see(HealthChecked(checks=(check,)))
    first, *warned = reported
    assert first.startswith("health check: target openai/m answered in 0.5 s")
    assert "without text" in " ".join(warned)
