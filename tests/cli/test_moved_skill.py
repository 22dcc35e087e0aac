"""A skill whose file was moved: each command that tests it says how to attach its record."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.commands import ran, said

ATTACH = "skillopt ledger attach ./a/tickets b/tickets"


@pytest.fixture(autouse=True)
def _moved(tickets: Path) -> None:
    """A skill whose test tasks were used before it was moved."""
    Path("a/tickets").mkdir(parents=True)
    Path("tickets.md").rename("a/tickets/SKILL.md")
    said("eval", "a/tickets", "--split", "test")
    shutil.move("a", "b")
    old = Path("b/tickets/SKILL.md").read_text()
    Path("old.md").write_text(old)
    Path("b/tickets/SKILL.md").write_text(f"{old}\n- Be brief.\n")


@pytest.mark.parametrize(
    "command",
    [
        ["doctor", "b/tickets"],
        ["eval", "b/tickets", "--split", "test"],
        ["eval", "b/tickets"],
        ["tune", "b/tickets", "--rounds", "1", "--no-write"],
        ["gate", "old.md", "b/tickets"],
        ["aa", "b/tickets", "--runs", "2"],
    ],
    ids=" ".join,
)
def test_what_tests_a_moved_skill_says_how_to_attach_it(command: list[str]) -> None:
    told = " ".join(ran(*command).output.split())
    assert told.count(ATTACH) == 1, told
    assert " used its test tasks, which counts here only if it is attached" in told
    said("ledger", "attach", "./a/tickets", "b/tickets")
    assert ATTACH not in " ".join(ran(*command).output.split())


def test_it_is_in_the_object_as_well() -> None:
    for command in (
        ("eval", "b/tickets"),
        ("gate", "old.md", "b/tickets"),
        ("tune", "b/tickets", "--rounds", "1", "--no-write"),
    ):
        (told,) = json.loads(ran(*command, "--json").stdout)["warnings"]
        assert ATTACH in told


def test_after_a_run_it_is_still_told_that_test_tasks_were_used() -> None:
    said("eval", "b/tickets", "--split", "test")
    told = ran("tune", "b/tickets", "--rounds", "1", "--no-write")
    assert ATTACH in " ".join(told.output.split())
