"""`skillopt eval`: what it prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.errors import SkillError
from tests.cli.commands import ran, said, said_json


def test_the_score_in_lines(tickets: Path) -> None:
    head, criterion, usage = said("eval", "tickets.md").splitlines()
    assert head.startswith("tickets: 33.3 % on 24 validation tasks, 95 % interval [")
    assert criterion == "  exact: 33.3 %"
    assert usage.startswith("usage: 24 calls, ")
    assert usage.endswith("(reused rollouts included)")


@pytest.mark.parametrize(
    ("against", "than"), [("none", "no skill"), ("new.md", "new.md"), ("tickets.md", "tickets.md")]
)
def test_the_lift_in_one_more_line(against: str, than: str, tickets: Path) -> None:
    (line,) = [
        line
        for line in said("eval", "tickets.md", "--against", against).splitlines()
        if line.startswith("against ")
    ]
    assert line.startswith(f"against {than}: ")
    assert "95 % interval [" in line
    assert "lift 0.0 points" in line if than == "tickets.md" else "p = " in line


def test_the_test_split_is_warned_of_on_stderr(tickets: Path) -> None:
    result = ran("eval", "tickets.md", "--split", "test")
    assert result.exit_code == 0
    assert "18 test tasks" in result.stdout
    assert "warning: the test tasks are used up now" in result.stderr
    assert "warning" not in result.stdout


def test_json_has_it_all(tickets: Path) -> None:
    found = said_json("eval", "tickets.md", "--against", "none", "--split", "train")
    assert (found["split"], found["tasks"], found["against"]) == ("train", 9, "none")
    assert found["lift"]["tasks"] == 9


def test_a_version_that_is_not_there_is_an_error(tickets: Path) -> None:
    assert isinstance(ran("eval", "tickets.md", "--against", "x.md").exception, SkillError)
    assert ran("eval", "tickets.md", "--split", "training").exit_code == 2


def test_agreement_of_repeated_runs_is_shown_beside_the_score(tickets: Path) -> None:
    lines = said("eval", "tickets.md", "--trials", 3, "--not-deterministic").splitlines()
    (line,) = [line for line in lines if line.startswith("  agreement of 3 runs: 100.0 % [")]
    assert "score 33.3 %" in line
    assert any(line.startswith("  warning: the runs agree on 100%") for line in lines)
    assert not [line for line in said("eval", "tickets.md").splitlines() if "agreement" in line]
