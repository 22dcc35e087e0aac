"""`tune --approve`: it pauses with exit code 5, or asks on a terminal with `--wait`."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from skillopt.errors import ApprovalNeeded
from tests.cli.commands import ran, said, said_json, skillopt_here

TUNE = ("tune", "tickets.md", "--approve", "--rounds", "1")


class Typed(io.StringIO):
    """A terminal at which somebody has typed."""

    def isatty(self) -> bool:
        return True


def test_a_run_pauses_says_how_to_go_on_and_goes_on(
    tickets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused = skillopt_here(*TUNE, cwd=tickets)
    assert paused.returncode == 5, paused.stderr
    assert "waits for approval" in paused.stderr
    entry = _entry()
    for step in (f"skillopt approvals show {entry}", f"skillopt approve {entry} --edit FILE"):
        assert step in paused.stdout
    as_json = skillopt_here(*TUNE, "--json", cwd=tickets)
    assert as_json.returncode == 5
    error = json.loads(as_json.stdout)["error"]
    assert (error["kind"], error["entry"]) == ("ApprovalNeeded", entry)
    monkeypatch.setattr("sys.stdin", Typed(""))
    left = ran(*TUNE, "--wait").exception
    assert isinstance(left, ApprovalNeeded), "the input has ended"
    assert left.entry == entry
    monkeypatch.setattr("sys.stdin", Typed("?\nr\none rule at a time\n"))
    before = (tickets / "tickets.md").read_text()
    told = said(*TUNE, "--wait")
    assert "r  refuse it" in told
    assert "not approved: a person refused it: one rule at a time" in told
    assert (tickets / "tickets.md").read_text() == before
    assert "refused by" in said("ledger", "show", entry)


def _entry() -> str:
    found: str = said_json("approvals", "list")["approvals"][0]["round"]["id"]
    return found
