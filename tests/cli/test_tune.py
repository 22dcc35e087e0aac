"""`skillopt tune`: the report, the object, and the estimate."""

from __future__ import annotations

import json
from pathlib import Path

from skillopt.errors import MissingModelError
from tests.app.tickets import OLD
from tests.cli.commands import ran, said, said_json
from tests.cli.conftest import TunedProject


def test_the_report_tells_the_run_from_head_to_next_steps(tuned: TunedProject) -> None:
    lines = tuned.said.splitlines()
    assert lines[0] == "practice run: offline practice models, not language models"
    assert "24 validation tasks" in tuned.said.partition("\nrun ")[0]
    heads = ("run ", "baseline: 33.3 % on 24", "round 1: ", "stopped: ", "sealed test on 18 tasks")
    at = [next(at for at, line in enumerate(lines) if line.startswith(head)) for head in heads]
    assert at == sorted(at)
    assert "proposals accepted; " in tuned.said or "proposal accepted; " in tuned.said
    assert "next:" in lines
    assert "  skillopt revert tickets.md" in lines


def test_the_file_holds_the_result(tuned: TunedProject) -> None:
    text = (tuned.folder / "tickets.md").read_text()
    assert text != tuned.before == OLD
    assert tuned.first != tuned.last


def test_json_is_alone_on_stdout_and_the_report_on_stderr(tickets: Path) -> None:
    result = ran("tune", "tickets.md", "--rounds", "1", "--no-write", "--json")
    found = json.loads(result.stdout)
    assert found["record"]["kind"] == "tune"
    assert found["power"]["units"] == 24
    assert found["written"]["path"] is None
    assert "baseline: " in result.stderr
    assert (tickets / "tickets.md").read_text() == OLD


def test_out_takes_the_result(tickets: Path) -> None:
    told = said("tune", "tickets.md", "--rounds", "1", "--out", "result.md")
    assert (tickets / "tickets.md").read_text() == OLD
    assert (tickets / "result.md").exists()
    assert "result.md" in told


def test_an_estimate_makes_no_call_and_no_ledger(tickets: Path) -> None:
    lines = said("tune", "tickets.md", "--dry-run").splitlines()
    assert lines[0].endswith("rollouts (estimate; no call was made, retries are not counted)")
    assert lines[1].startswith("  target     practice/reader: ")
    assert lines[-1] == "roughly $0 in total"
    assert not (tickets / ".skillopt").exists()


def test_a_model_without_a_price_is_named_in_the_estimate(tickets: Path) -> None:
    flags = ("--target", "openai/no-such-model", "--dry-run")
    assert said("tune", "tickets.md", *flags).splitlines()[-1] == (
        "no known price for openai/no-such-model; --max-cost cannot be used with it"
    )
    found = said_json("tune", "tickets.md", *flags)
    assert (found["cost"], found["unpriced"]) == (None, ["openai/no-such-model"])


def test_a_role_without_a_model_is_an_error_before_anything(tickets: Path) -> None:
    (tickets / "skillopt.toml").write_text("")
    for more in ((), ("--dry-run",)):
        result = ran("tune", "tickets.md", *more)
        assert isinstance(result.exception, MissingModelError)
    assert not (tickets / ".skillopt").exists()
