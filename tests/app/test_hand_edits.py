"""A hand-written edit in the ledger: where it comes from, and that the same is asked only once."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

import skillopt
from skillopt.adapters.ledger import SqlLedger
from skillopt.app.single_edit import GatedEdit
from skillopt.core.evaluation.task import Task
from skillopt.core.gate import Outcome
from skillopt.errors import CallFailed
from tests.scripted import SKILL, tasks
from tests.targets import ScriptedTarget

BETTER = skillopt.Skill(text=SKILL.text + "- roses: garden\n- lawn: garden\n- saw: tools\n")


async def asked(target: ScriptedTarget, new: Any = BETTER, **more: Any) -> GatedEdit:
    options = {"validation_set": tasks(), "ledger": "ledger.db", **more}
    return await skillopt.agate(SKILL, new, target=target, **options)


async def proposals() -> int:
    async with SqlLedger.open("ledger.db") as ledger:
        assert (await ledger.verify()).sound
        return await ledger.count_rounds()


@pytest.mark.parametrize("noise", [0.0, 0.2])
async def test_the_same_edit_under_the_same_conditions_is_one_entry_and_costs_nothing(
    tmp_path: Path, noise: float
) -> None:
    target = ScriptedTarget(noise=noise)
    first = await asked(target)
    assert first.known_since is None
    paid = len(target.ran)
    again = await asked(target)
    assert len(target.ran) == paid
    assert again.usage.calls == 0
    assert again.known_since is not None
    same = {"usage": first.usage, "known_since": None}
    assert again.model_copy(update=same) == first
    assert await proposals() == 1


@pytest.mark.parametrize(
    "other",
    [
        {"new": skillopt.Skill(text=BETTER.text + "- soil: garden\n")},
        {"gate": "strict"},
        {"seed": 5},
        {"target": ScriptedTarget(name="another")},
        {"validation_set": tasks().model_copy(update={"tasks": tasks().tasks[:50]})},
    ],
    ids=lambda other: next(iter(other)),
)
async def test_other_text_tasks_target_or_settings_are_another_entry(
    tmp_path: Path, other: dict[str, Any]
) -> None:
    target = ScriptedTarget()
    await asked(target)
    found = await asked(**{"target": target, **other})
    assert found.known_since is None
    assert await proposals() == 2


async def test_a_verdict_for_want_of_outcomes_is_asked_again(tmp_path: Path) -> None:
    def refuse(_skill: str, _task: Task, _trial: int) -> None:
        raise CallFailed("no answer")

    first = await asked(ScriptedTarget(before=refuse))
    assert (first.outcome, first.verdict.code) == (Outcome.INCONCLUSIVE, "missing")
    again = await asked(ScriptedTarget())
    assert again.known_since is None
    assert again.outcome is Outcome.ACCEPTED


def git(*arguments: str) -> str:
    identity = ("-c", "user.name=Ada L", "-c", "user.email=ada@example.org")
    command = ["git", *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


async def test_both_files_commit_author_and_state_are_kept(tmp_path: Path) -> None:
    git("init", "-q")
    (tmp_path / "new.md").write_text(SKILL.text)
    git("add", ".")
    git("commit", "-qm", "one")
    (tmp_path / "new.md").write_text(BETTER.text)
    (tmp_path / "old.md").write_text(SKILL.text)
    found = await skillopt.agate(
        "old.md",
        "new.md",
        validation_set=tasks(),
        target=ScriptedTarget(),
        ledger="ledger.db",
    )
    async with SqlLedger.open("ledger.db") as ledger:
        entry = await ledger.show_round(found.entry)
        assert (await ledger.verify()).sound
    by_hand = entry.run.by_hand
    assert by_hand
    assert by_hand.old
    assert by_hand.new
    assert (by_hand.old.path, by_hand.old.state) == ("old.md", "untracked")
    assert (by_hand.new.path, by_hand.new.state) == ("new.md", "modified")
    assert by_hand.new.commit == git("rev-parse", "HEAD").strip()
    assert by_hand.new.author == "Ada L <ada@example.org>"
    assert json.loads(entry.model_dump_json())["run"]["by_hand"]["new"]["path"] == "new.md"


async def test_versions_given_as_values_have_no_file(tmp_path: Path) -> None:
    found = await asked(ScriptedTarget())
    async with SqlLedger.open("ledger.db") as ledger:
        entry = await ledger.show_round(found.entry)
    assert entry.run.by_hand
    assert entry.run.by_hand.model_dump() == {"old": None, "new": None}
