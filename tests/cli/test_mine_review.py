"""`skillopt mine review`: answers that are typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from skillopt.adapters.files.validation_file import read_validation_set
from skillopt.app.review import listed
from skillopt.cli.mine_review import review
from tests.cli.commands import said_json
from tests.scripted import command, environment

FILE = Path("validation_sets/tickets.candidates.yaml")
TASKS = Path("validation_sets/tickets.yaml")


@pytest.fixture
def waiting(tickets: Path) -> None:
    """Four candidates in the working directory's project."""
    asked = ("The printer is on fire", "Who pays?", "Where is the door?", "What else is new?")
    rows = [json.dumps({"prompt": one, "completion": "bugs"}) for one in asked]
    (tickets / "log.jsonl").write_text("\n".join(rows))
    said_json("mine", "log.jsonl", "--for", "tickets.md")


def typed(*answers: str) -> str:
    """What is shown where ``answers`` are typed, one a line."""
    import typer

    app = typer.Typer()
    app.command()(lambda: review(FILE))
    result = CliRunner().invoke(app, input="\n".join(answers) + "\n")
    assert result.exit_code == 0, result.exception
    return result.output


def statuses() -> list[str]:
    return [one.status for one in listed(FILE).candidates]


def test_each_answer_is_carried_out_at_once(waiting: None) -> None:
    before = len(read_validation_set(TASKS).tasks)
    shown = typed("r", "e", "billing", "x", "no question", "")
    assert statuses() == ["added", "added", "refused", "new"]
    added = read_validation_set(TASKS).tasks[before:]
    assert [one.expected for one in added] == ["bugs", "billing"]
    assert listed(FILE).candidates[2].reason == "no question"
    assert "4 new candidates" in shown
    assert typed("q").startswith("1 new candidate\n")


def test_what_cannot_be_done_is_said_and_asked_again(waiting: None) -> None:
    shown = typed("d", "a", "x", "", "q")
    assert "pass --expected TEXT" in shown
    assert statuses() == ["refused", "new", "new", "new"]


def test_nothing_waits(waiting: None) -> None:
    typed(*("x", "") * 4)
    assert typed() == "0 new candidates\n"


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_on_a_terminal(waiting: None) -> None:
    import pty

    ours, theirs = pty.openpty()
    os.write(ours, b"r\nx\n\nq\n")
    command_line = command("mine", "review", FILE)
    with subprocess.Popen(
        command_line, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, env=environment()
    ) as process:
        shown, _ = process.communicate()
    os.close(theirs)
    os.close(ours)
    assert process.returncode == 0, shown
    assert statuses() == ["added", "refused", "new", "new"]
    assert "4 new candidates" in shown.decode()
