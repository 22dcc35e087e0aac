"""`skillopt diff` and `skillopt revert`: versions in the ledger against the file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from skillopt.core.skill.skill import Skill
from skillopt.errors import InputError
from tests.cli.commands import ran, said, said_json
from tests.cli.conftest import TunedProject


@pytest.fixture(autouse=True)
def _file_as_it_was(tuned: TunedProject) -> Iterator[None]:
    file = tuned.folder / "tickets.md"
    text = file.read_text()
    yield
    file.write_text(text)


def test_diff_is_against_what_the_newest_run_started_from(tuned: TunedProject) -> None:
    lines = said("diff", "tickets.md").splitlines()
    assert lines[0].endswith(tuned.first[:12])
    assert any(line.startswith("+") and "answer" in line for line in lines[2:])
    assert not [line for line in lines[2:] if line.startswith("-")]


def test_diff_against_a_named_version(tuned: TunedProject) -> None:
    assert said("diff", "tickets.md", tuned.last[:8]) == (
        f"tickets.md is version {tuned.last[:12]}\n"
    )
    found = said_json("diff", "tickets.md", tuned.last[:8])
    assert found == {
        "skill": "tickets",
        "version": tuned.last,
        "file": tuned.last,
        "diff": [],
    }


def test_revert_without_a_version_lists_them(tuned: TunedProject) -> None:
    lines = said("revert", "tickets.md").splitlines()
    (here,) = [line for line in lines if "in the file" in line]
    assert here.startswith(tuned.last[:12])
    assert any(line.startswith(tuned.first[:12]) for line in lines)
    versions = said_json("revert", "tickets.md")["versions"]
    assert {one["digest"] for one in versions} >= {tuned.first, tuned.last}


def test_revert_brings_back_every_byte(tuned: TunedProject) -> None:
    said("revert", "tickets.md", tuned.first[:12])
    assert (tuned.folder / "tickets.md").read_text() == tuned.before
    found = said_json("revert", "tickets.md", tuned.last[:12])
    assert (found["kind"], found["version"]) == ("written", tuned.last)


def test_a_text_that_is_in_no_ledger_is_left_alone(tuned: TunedProject) -> None:
    mine = "# Mine\n\nNobody has seen this.\n"
    (tuned.folder / "tickets.md").write_text(mine)
    found = said_json("revert", "tickets.md", tuned.first[:12])
    assert found["kind"] == "beside"
    assert (tuned.folder / "tickets.md").read_text() == mine
    beside = tuned.folder / "tickets.skillopt.md"
    assert Skill(text=beside.read_text()).digest == tuned.first
    beside.unlink()


@pytest.mark.parametrize(
    ("version", "problem"),
    [
        ("zzzz", "no version 'zzzz' of ./tickets.md in the ledger"),
        ("", "version '' of ./tickets.md could be"),
    ],
)
def test_a_version_must_be_one(version: str, problem: str, tuned: TunedProject) -> None:
    for command in ("diff", "revert"):
        result = ran(command, "tickets.md", version)
        assert isinstance(result.exception, InputError)
        assert problem in str(result.exception)


def test_a_skill_without_a_record_says_so(tuned: TunedProject) -> None:
    (tuned.folder / "other.md").write_text("# Other\n")
    assert said("revert", "other.md") == "the ledger has no version of ./other.md\n"
    result = ran("diff", "other.md")
    assert isinstance(result.exception, InputError)
    assert "the ledger has no version of ./other.md; `skillopt tune`" in str(result.exception)
