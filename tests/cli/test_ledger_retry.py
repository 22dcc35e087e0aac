"""`skillopt ledger retry` and `skillopt ledger digest`."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.errors import InputError, LedgerError, SettingsError
from tests.cli.commands import ran, said, said_json
from tests.cli.conftest import TunedProject


def proposals(*filters: str) -> list[str]:
    return [one["id"] for one in said_json("ledger", "list", *filters)["rounds"]]


def test_the_digest_is_the_text_alone_and_stderr_says_what_it_is_of(tuned: TunedProject) -> None:
    result = ran("ledger", "digest", "tickets.md")
    assert result.exit_code == 0
    assert result.stderr.startswith(f"round 1 of a new run, version {tuned.last[:12]}; chosen by: ")
    found = said_json("ledger", "digest", "tickets.md")
    assert found["text"] == result.stdout.rstrip("\n")
    assert (found["run"], found["number"], found["version"]) == (None, 1, tuned.last)


def test_without_conditioning_there_is_no_digest(tuned: TunedProject) -> None:
    told = said("ledger", "digest", "tickets.md", "--no-conditioning")
    assert told == "nothing: conditioning is off\n"


def test_a_digest_makes_no_ledger(tickets: Path) -> None:
    assert isinstance(ran("ledger", "digest", "tickets.md").exception, LedgerError)
    assert not (tickets / ".skillopt").exists()


def test_a_rejected_edit_is_tested_again_and_exits_by_its_verdict(tickets: Path) -> None:
    guard = ("--guard-skill-chars", "1")
    said("tune", "tickets.md", "--rounds", "1", "--no-write", *guard)
    (entry,) = proposals("--refused", "--stage", "gate")
    text = (tickets / "tickets.md").read_text()
    assert said("ledger", "retry", entry, *guard, exits=1).startswith("rejected: ")
    found = said_json("ledger", "retry", entry)
    assert (found["outcome"], found["retries"]) == ("accepted", entry)
    assert (tickets / "tickets.md").read_text() == text
    written = said_json("ledger", "retry", entry, "tickets.md", "--write")
    assert written["written"]["note"] == f"written to {tickets / 'tickets.md'}"
    assert (tickets / "tickets.md").read_text() != text


def test_an_entry_that_is_not_there_is_an_error(tuned: TunedProject) -> None:
    result = ran("ledger", "retry", "zz")
    assert isinstance(result.exception, InputError)
    assert "no proposal 'zz'" in str(result.exception)


def test_an_accepted_entry_has_nothing_to_retry(tuned: TunedProject) -> None:
    entry, *_ = proposals("--verdict", "accepted")
    result = ran("ledger", "retry", entry)
    assert isinstance(result.exception, InputError)
    assert "was accepted" in str(result.exception)


def test_a_skill_that_is_gone_is_named_with_the_way_out(tuned: TunedProject) -> None:
    entry, *_ = proposals()
    file = tuned.folder / "tickets.md"
    moved = file.rename(tuned.folder / "moved.md")
    try:
        result = ran("ledger", "retry", entry)
        assert isinstance(result.exception, InputError)
        assert f"has no file tickets.md; name its file: skillopt ledger retry {entry} SKILL.md" in (
            str(result.exception)
        )
    finally:
        moved.rename(file)


@pytest.mark.parametrize("flags", [("--json", "--markdown")])
def test_two_forms_of_one_answer_are_refused(flags: tuple[str, ...], tuned: TunedProject) -> None:
    assert isinstance(ran("ledger", "retry", "zz", *flags).exception, SettingsError)
