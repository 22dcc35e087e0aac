"""The gate of a rewording: accepted for being no worse, by the margin that was asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import skillopt
from skillopt.core.gate import Outcome
from tests.app.tickets import OLD, project
from tests.cli.commands import skillopt_here
from tests.scripted import SKILL, tasks
from tests.targets import ScriptedTarget

GATED = ("gate", "tickets.md", "new.md", "--tasks", "validation_sets/tickets.yaml")
REWORDED = ("gate", "tickets.md", "reworded.md", *GATED[3:], "--no-worse-than")


def rewording(tmp_path: Path) -> Path:
    folder = project(tmp_path)
    text = OLD.replace("Answer with one of", "Your answer is one of")
    (folder / "reworded.md").write_text(text)
    return folder


def test_a_rewording_is_accepted_for_being_no_worse_and_the_ledger_says_so(tmp_path: Path) -> None:
    folder = rewording(tmp_path)
    as_a_gain = skillopt_here(*REWORDED[:-1], cwd=folder)
    assert as_a_gain.returncode == 1
    told = skillopt_here(*REWORDED, "10", cwd=folder)
    assert told.returncode == 0, told.stdout + told.stderr
    said = " ".join(told.stdout.split())
    assert said.startswith(
        "accepted: no worse than 10.0 points below the incumbent: difference 0.0 points, 80 % interval"
    )
    listed = json.loads(skillopt_here("ledger", "list", "--json", cwd=folder).stdout)["rounds"]
    assert (listed[0]["outcome"], listed[0]["code"]) == ("accepted", "margin")
    shown = skillopt_here("ledger", "show", listed[0]["id"], cwd=folder).stdout
    assert "accepted by the gate (margin): no worse than 10.0 points below the incumbent" in shown
    assert "; gate race, no worse than 10.0 points" in shown
    earlier = skillopt_here("ledger", "show", listed[1]["id"], cwd=folder).stdout
    assert "no worse" not in earlier
    assert skillopt_here("ledger", "verify", cwd=folder).returncode == 0


def test_a_margin_in_json_and_markdown(tmp_path: Path) -> None:
    folder = rewording(tmp_path)
    found = json.loads(skillopt_here(*REWORDED, "10", "--json", cwd=folder).stdout)
    margin = found["verdict"]["no_worse"]
    assert (margin["points"], margin["within"]) == (10, 0.8)
    assert -0.1 < margin["low"] < found["verdict"]["gain"] < margin["high"]
    assert found["power"]["text"].startswith("24 validation tasks, no worse than 10.0 points:")
    comment = skillopt_here(*REWORDED, "10", "--markdown", cwd=folder).stdout
    assert "| margin | no worse than 10.0 points; 80 % interval [-9.1, +9.1] |" in comment


def test_too_narrow_a_margin_is_not_shown_and_the_power_says_why(tmp_path: Path) -> None:
    folder = rewording(tmp_path)
    told = skillopt_here(*REWORDED, "5", "--markdown", cwd=folder)
    assert told.returncode == 1
    assert "not shown to be no worse than 5.0 points" in told.stdout
    assert "add tasks (at least 45), or allow a larger margin" in told.stdout


def test_an_impossible_margin_is_an_input_error(tmp_path: Path) -> None:
    folder = rewording(tmp_path)
    for given, rule in (
        (("0",), "no_worse_than: Input should be greater than 0, got 0"),
        (("101",), "no_worse_than: Input should be less than or equal to 100"),
        (("2", "--gate", "strict"), "it must be one that has a level: race or exact"),
    ):
        refused = skillopt_here(*REWORDED, *given, cwd=folder)
        assert refused.returncode == 2
        assert rule in refused.stderr


def test_a_margin_in_the_settings_file_holds_for_single_edits_and_no_search(tmp_path: Path) -> None:
    folder = rewording(tmp_path)
    (folder / "skillopt.toml").write_text("practice = true\nno_worse_than = 10\n")
    assert skillopt_here(*REWORDED[:-1], cwd=folder).returncode == 0
    for command in (("tune", "--no-write"), ("tune", "--dry-run"), ("aa",), ("ledger", "digest")):
        refused = skillopt_here(*command, "tickets.md", cwd=folder)
        assert refused.returncode == 2, command
        assert "no_worse_than is 10; it is for a single edit" in " ".join(refused.stderr.split())
    checked = skillopt_here("doctor", "tickets.md", cwd=folder)
    assert checked.returncode == 1
    assert "no_worse_than is 10; it is for a single edit" in " ".join(checked.stdout.split())
    flag = skillopt_here("tune", "tickets.md", "--no-worse-than", "10", cwd=folder)
    assert flag.returncode == 2


async def test_guards_hold_beside_a_margin(tmp_path: Path) -> None:
    longer = skillopt.Skill(text=SKILL.text + "\nPlease read the ticket with care.\n")
    shared = {"validation_set": tasks(), "target": ScriptedTarget(), "no_worse_than": 60.0}
    free = await skillopt.agate(SKILL, longer, ledger=tmp_path / "ledger.db", **shared)
    assert (free.outcome, free.verdict.code) == (Outcome.ACCEPTED, "margin")
    guarded = await skillopt.agate(
        SKILL, longer, ledger=tmp_path / "ledger.db", guard_skill_chars=5, **shared
    )
    assert (guarded.outcome, guarded.verdict.code) == (Outcome.REJECTED, "guard")
    with pytest.raises(skillopt.InputError, match="equal, byte for byte"):
        await skillopt.agate(SKILL, SKILL, ledger=tmp_path / "ledger.db", **shared)
