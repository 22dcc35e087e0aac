"""Every display of another loop's edits says whose verdict it is."""

from __future__ import annotations

from pathlib import Path

import pytest

import skillopt
from tests.cli.commands import said, said_json

RULE = {"kind": "insert", "anchor": "", "text": "- Ask for the order number.\n"}


@pytest.fixture
def entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "skillopt.toml").touch()
    (tmp_path / "support.md").write_text("# Support\n\n- Be kind.\n", encoding="utf-8")
    kept = skillopt.keep(
        "support.md",
        [RULE],
        outcome="rejected",
        reason="two of twelve cases got worse",
        source="my-agent",
        idea="ask for the order number",
    )
    return kept.entry


def test_lists_and_entries(entry: str) -> None:
    assert "rejected, says my-agent" in said("ledger", "list")
    shown = said("ledger", "show", entry)
    assert "tried by my-agent, another loop: the gate has not tested it" in shown
    assert "rejected, says my-agent (own): two of twelve cases got worse" in shown
    assert "; gate " not in shown
    for command in (("ledger", "list"), ("ledger", "search", "order")):
        assert "by the gate" not in said(*command)
    assert said_json("ledger", "list")["rounds"][0]["kept_by"] == "my-agent"


def test_counts(entry: str) -> None:
    shown = said("ledger", "stats")
    assert "my-agent, another loop: 0 accepted, 1 rejected, 0 inconclusive" in shown
    assert "by the gate" not in shown


def test_runs_trees_and_versions(entry: str) -> None:
    assert "edits of my-agent" in said("runs", "list")
    run = said_json("runs", "list")["runs"][0]["record"]["id"]
    shown = said("runs", "show", run)
    assert "the verdicts are that loop's: the gate has tested none of them" in shown
    assert "rejected, says my-agent" in said("runs", "tree", run)
    assert "rejected, says my-agent" in said("revert", "support.md")
