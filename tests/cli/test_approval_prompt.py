"""`tune --approve`: it pauses with exit code 5, or asks on a terminal with `--wait`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.commands import said, said_json, skillopt_here

TUNE = ("tune", "tickets.md", "--approve", "--rounds", "1")


def test_a_run_pauses_says_how_to_go_on_and_goes_on(tickets: Path) -> None:
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
    left = skillopt_here(*TUNE, "--wait", cwd=tickets, typed="")
    assert left.returncode == 5, "the input has ended: it is left"
    before = (tickets / "tickets.md").read_text()
    done = skillopt_here(*TUNE, "--wait", cwd=tickets, typed="?\nr\none rule at a time\n")
    assert done.returncode == 0, done.stderr
    told = done.stdout
    assert "r  refuse it" in told
    assert "not approved: a person refused it: one rule at a time" in told
    assert (tickets / "tickets.md").read_text() == before
    assert "refused by" in said("ledger", "show", entry)


def _entry() -> str:
    found: str = said_json("approvals", "list")["approvals"][0]["round"]["id"]
    return found
