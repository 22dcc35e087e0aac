"""`--no-worse-than` through the whole stack: gate and retry ask it, a search does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import skillopt
from skillopt.app.aa import aaa
from skillopt.app.retry import aretry
from skillopt.core.gate import Outcome
from skillopt.errors import SettingsError
from tests.app.test_gate import OLD, project
from tests.scripted import SKILL, draft, insert, proposing, skillopt_process, tasks
from tests.targets import ScriptedTarget

REWORDED = skillopt.Skill(text=SKILL.text.replace("\n", "\n\nRead with care.\n", 1))
GATED = ("gate", "tickets.md", "new.md", "--tasks", "validation_sets/tickets.yaml")


def rewording(tmp_path: Path) -> Path:
    """A project whose new version means the same."""
    folder = project(tmp_path)
    (folder / "new.md").write_text(OLD.replace("Otherwise, answer", "Otherwise answer"))
    return folder


def test_a_rewording_is_accepted_within_a_margin_and_not_as_a_gain(tmp_path: Path) -> None:
    folder = rewording(tmp_path)
    assert skillopt_process(*GATED, cwd=folder).returncode == 1
    shown = skillopt_process(*GATED, "--no-worse-than", "10", cwd=folder)
    assert shown.returncode == 0, shown.stderr
    reason = "no worse than -10 points: +0.0 points on 24 tasks, lower bound -9.1 (90 %)"
    assert shown.stdout.startswith(f"accepted: {reason}\n")
    asked_again = skillopt_process(*GATED, "--no-worse-than", "10", "--json", cwd=folder)
    found = json.loads(asked_again.stdout)
    assert found["outcome"] == "accepted"
    assert found["verdict"]["code"] == "margin"
    no_worse = found["verdict"]["no_worse"]
    assert no_worse["margin"] == 0.1
    assert no_worse["low"] == pytest.approx(-(1 - 0.1 ** (1 / 24)), abs=1e-6)
    assert "With 24 tasks a margin of " in found["power"]["text"]


def test_too_few_tasks_leave_it_open(tmp_path: Path) -> None:
    folder = rewording(tmp_path)
    found = skillopt_process(*GATED, "--no-worse-than", "2", cwd=folder)
    assert found.returncode == 3
    assert found.stdout.startswith("inconclusive: a loss of more than 2 points cannot be ruled out")
    assert "with 114 tasks an equal version is accepted 4 times in 5" in found.stdout
    comment = skillopt_process(*GATED, "--no-worse-than", "2", "--markdown", cwd=folder).stdout
    assert comment.startswith("### skillopt gate: inconclusive (tickets)\n")


async def test_a_harmful_edit_is_rejected(tmp_path: Path) -> None:
    worse = skillopt.Skill(text=SKILL.text.replace("bread: bakery", "bread: tools"))
    found = await skillopt.agate(
        SKILL,
        worse,
        validation_set=tasks(),
        target=ScriptedTarget(),
        ledger=tmp_path / "ledger.db",
        no_worse_than=1,
    )
    assert (found.outcome, found.verdict.code) == (Outcome.REJECTED, "margin")
    async with skillopt.SqlLedger.open(tmp_path / "ledger.db") as ledger:
        (kept,) = await ledger.list_rounds()
        entry = await ledger.show_round(kept.id)
        assert entry.round.decision.verdict == found.verdict
        assert (await ledger.verify()).sound


@pytest.mark.parametrize("noise", [0.0, 0.1])
async def test_a_noisy_target_is_run_twice_on_both_sides(noise: float, tmp_path: Path) -> None:
    found = await skillopt.agate(
        SKILL,
        REWORDED,
        validation_set=tasks(),
        target=ScriptedTarget(noise=noise),
        ledger=tmp_path / "ledger.db",
        no_worse_than=90,
    )
    runs = 2 if noise else 1
    count = len(tasks().split("validation"))
    assert found.outcome is Outcome.ACCEPTED
    assert {pair.candidate_runs for pair in found.verdict.pairs} == {runs}
    assert found.verdict.rollouts == count * (2 * runs - 1)


async def test_a_refused_edit_is_retried_as_a_rewording(tmp_path: Path) -> None:
    path, target = tmp_path / "ledger.db", ScriptedTarget()
    run = await skillopt.atune(
        SKILL,
        validation_set=tasks(),
        target=target,
        optimizer=proposing(draft(insert("- nothing: nowhere\n"), idea="useless")),
        ledger=path,
        rounds=1,
    )
    (refused,) = run.rounds
    assert refused.decision.kind == "refused"
    found = await aretry(
        SKILL, refused, validation_set=tasks(), target=target, ledger=path, no_worse_than=50
    )
    assert (found.outcome, found.verdict.code) == (Outcome.ACCEPTED, "margin")
    assert found.verdict.reason.startswith("no worse than -50 points: +0.0 points on ")


async def test_a_search_does_not_ask_it(tmp_path: Path) -> None:
    shared = {"validation_set": tasks(), "target": ScriptedTarget(), "no_worse_than": 2}
    ledger = tmp_path / "ledger.db"
    with pytest.raises(SettingsError, match=r"for a single edit.*skillopt gate"):
        await skillopt.atune(SKILL, optimizer=proposing(), ledger=ledger, **shared)
    with pytest.raises(SettingsError, match="for a single edit"):
        await aaa(SKILL, ledger=ledger, **shared)
    assert not ledger.exists()


def test_neither_do_files_nor_other_commands(tmp_path: Path) -> None:
    folder = project(tmp_path)
    refused = skillopt_process("tune", "tickets.md", "--no-worse-than", "2", cwd=folder)
    assert refused.returncode == 2
    both = skillopt_process(*GATED, "--no-worse-than", "2", "--gate", "exact", cwd=folder)
    assert both.returncode == 2
    assert "leave out one of no_worse_than and gate" in " ".join(both.stderr.split())
    (folder / "skillopt.toml").write_text("practice = true\nno_worse_than = 2\n")
    standing = skillopt_process(*GATED, cwd=folder)
    assert standing.returncode == 2
    said = " ".join(standing.stderr.split())
    assert "no_worse_than is asked with one edit" in said
    assert "skillopt gate --no-worse-than POINTS" in said


@pytest.mark.parametrize("points", ["0", "-1", "100", "few"])
def test_a_margin_is_between_0_and_100_points(points: str, tmp_path: Path) -> None:
    found = skillopt_process(*GATED, "--no-worse-than", points, cwd=rewording(tmp_path))
    assert found.returncode == 2
    assert "Traceback" not in found.stderr
