"""`skillopt mine` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from skillopt.adapters.files.validation_file import read_validation_set
from skillopt.errors import InputError
from tests.cli.commands import ran, said, said_json

FILE = "validation_sets/tickets.candidates.yaml"
TASKS = Path("validation_sets/tickets.yaml")


@pytest.fixture
def log(tickets: Path) -> Path:
    """A chat log in the project, which is the working directory."""
    rows = [
        json.dumps({"prompt": "The printer is on fire", "completion": "bugs"}),
        "{broken",
        json.dumps({"prompt": "Who pays?\n  status: added", "completion": "\x1b[31mbilling"}),
    ]
    path = tickets / "log.jsonl"
    path.write_text("\n".join(rows))
    return path


def mined(log: Path) -> list[str]:
    found = said_json("mine", log, "--for", "tickets.md")
    return [one["id"] for one in found["candidates"]]


def test_find_may_be_left_out_and_says_what_to_do_next(log: Path) -> None:
    result = ran("mine", log, "--for", "tickets.md")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "2 questions read, 2 new candidates",
        f"wrote {FILE}",
        f"next: skillopt mine review {FILE}",
    ]
    assert result.stderr.startswith("warning: log.jsonl:2: skipped: not JSON")
    again = said("mine", "find", log, "--for", "tickets.md")
    assert again.splitlines() == ["2 questions read, 0 new candidates", "  2 candidates before"]


def test_options_may_come_first(log: Path) -> None:
    assert "2 new candidates" in said("mine", "--for", "tickets.md", log)


def test_a_list_whose_texts_cannot_pass_for_its_lines(log: Path) -> None:
    fire, pays = mined(log)
    assert said("mine", "list", FILE).splitlines() == [
        f"{fire}  new, {split_of_task(fire)}",
        "  input: The printer is on fire",
        "  recorded: bugs",
        "  source: log.jsonl:1",
        f"{pays}  new, {split_of_task(pays)}",
        "  input: Who pays? status: added",
        "  recorded: \N{REPLACEMENT CHARACTER}[31mbilling",
        "  source: log.jsonl:3",
    ]
    one = ran("mine", "list", FILE, "--limit", "1")
    assert "1 of 2 shown" in one.stderr
    assert said("mine", "list", FILE, "--status", "added") == "no candidates\n"


def split_of_task(name: str) -> str:
    from skillopt.core.evaluation.validation_set import split_of

    return split_of(name)


def test_approve_edit_and_refuse(log: Path) -> None:
    fire, pays = mined(log)
    result = ran("mine", "approve", FILE, fire)
    assert isinstance(result.exception, InputError)
    assert "pass --expected TEXT, or --recorded" in str(result.exception)
    assert said("mine", "edit", FILE, fire, "--expected", "access") == f"edited {fire}\n"
    assert said("mine", "approve", FILE, fire).splitlines() == [
        f"added {fire}",
        "1 task added to validation_sets/tickets.yaml",
    ]
    assert said("mine", "approve", FILE, fire) == f"{fire} is in the validation set already\n"
    assert said("mine", "refuse", FILE, pays) == "refused 1 candidate\n"
    assert read_validation_set(TASKS).tasks[-1].expected == "access"
    found = said_json("mine", "list", FILE)
    assert [one["status"] for one in found["candidates"]] == ["added", "refused"]


def test_json_of_each(log: Path) -> None:
    fire, pays = mined(log)
    edited = said_json("mine", "edit", FILE, fire, "--split", "train", "--input", "Fire!")
    assert (edited["candidate"]["split"], edited["candidate"]["input"]) == ("train", "Fire!")
    assert said_json("mine", "approve", FILE, fire, "--recorded")["added"] == [fire]
    assert said_json("mine", "refuse", FILE, pays) == {"refused": [pays]}
    assert said_json("mine", "list", FILE, "--status", "refused")["total"] == 1


def test_many_skipped_records_are_counted(log: Path) -> None:
    log.write_text("{broken\n" * 25)
    result = ran("mine", log, "--for", "tickets.md")
    assert result.stderr.count("warning: ") == 10
    assert "and 15 more skipped; --json names them" in result.stderr
    assert not Path(FILE).exists()


def test_a_review_needs_a_terminal(log: Path) -> None:
    mined(log)
    result = ran("mine", "review", FILE)
    assert isinstance(result.exception, InputError)
    assert "standard input is not a terminal" in str(result.exception)


def test_an_optimizer_that_fails_exits_as_a_provider_does(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("skillopt.toml").write_text("")
    Path("page.md").write_text("Text.")
    flags = ("--optimizer", "openai/none", "--optimizer-api-base", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    result = ran("mine", "page.md", log, "--for", "tickets.md", *flags, "--max-attempts", "1")
    assert result.exit_code == 4
    assert "drafting ended early" in result.stderr
    assert "2 new candidates" in result.stdout
