"""`skillopt doctor`: what it prints, and how it exits."""

from __future__ import annotations

from pathlib import Path

from tests.cli.commands import ran, said, said_json


def test_what_is_ready_exits_with_0(tickets: Path) -> None:
    lines = said("doctor", "tickets.md").splitlines()
    assert lines[0].startswith("ok       skill: tickets.md: ")
    assert "ok       target: practice/reader (offline practice model)" in lines
    assert lines[-1] == "ready to tune"


def test_what_is_missing_exits_with_1_and_says_how_to_fix_it(tickets: Path) -> None:
    said_ = said("doctor", "tickets.md", "--target", "openai/gpt-4o-mini", exits=1).splitlines()
    at = said_.index("missing  target: openai/gpt-4o-mini: OPENAI_API_KEY is not set")
    assert said_[at + 1] == "         fix: export OPENAI_API_KEY=..."
    assert said_[-1] == "not ready to tune"
    assert said("doctor", "letters.md", exits=1).splitlines()[1] == (
        "         fix: skillopt init letters"
    )


def test_json_has_the_same(tickets: Path) -> None:
    found = said_json("doctor", "tickets.md")
    assert found["ready"] is True
    assert {finding["about"] for finding in found["findings"]} >= {"skill", "target", "power"}
    assert said_json("doctor", "letters.md", exits=1)["ready"] is False


def test_other_tasks_may_be_named(tickets: Path) -> None:
    moved = (tickets / "validation_sets" / "tickets.yaml").rename(tickets / "elsewhere.yaml")
    assert ran("doctor", "tickets.md").exit_code == 1
    assert said("doctor", "tickets.md", "--tasks", str(moved))
