"""Second attempts in a run's own report: repairs and breakages apart, and nothing decided by them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import skillopt
from skillopt.cli.narrate import told_run
from skillopt.core.evaluation.second_attempt import EARLIER, REQUEST
from tests.scripted import SKILL, agent, learner, tasks


def doubting(skill: str, letter: str) -> str:
    """Gives up what it was right about, and finds the tools when it looks again."""
    if REQUEST not in letter:
        return agent(skill, letter)
    asked = letter.partition(EARLIER)[0]
    return "tools" if any(word in asked for word in ("saw", "drill")) else "reception"


async def tuned(tmp_path: Path, **more: Any) -> skillopt.Run:
    given: dict[str, Any] = {
        "validation_set": tasks(),
        "target": doubting,
        "identity": "doubting",
        "deterministic": True,
        "optimizer": learner,
        "ledger": tmp_path / "ledger.db",
        "rounds": 3,
        **more,
    }
    return await skillopt.atune(SKILL, **given)


async def test_both_versions_report_repairs_and_breakages_apart(tmp_path: Path) -> None:
    run = await tuned(tmp_path, report_second_attempts=True)
    found = run.record.second_attempts
    assert found is not None
    assert found.first is not None
    assert found.last is not None
    assert (found.first.failed, found.first.repaired) == (22, 4)
    assert (found.first.passed, found.first.broken) == (2, 2)
    assert found.last.passed > found.first.passed
    assert found.last.broken == found.last.passed - 4 * ("- saw" in run.last.text)
    assert found.difference is not None
    assert found.difference.mean < 0
    said = "\n".join(told_run(run))
    assert "  first version: 8.3 % → 16.7 %" in said
    assert "repaired 4 of 22 failed, broke 2 of 2 passed" in said
    assert "  last version: " in said
    assert "difference of the gains -" in said
    document = run.model_dump(mode="json")["record"]["second_attempts"]
    assert document["first"]["repaired"] == 4
    assert document["last"]["second"]["mean"] == found.last.second.mean


async def test_they_decide_nothing_and_are_not_asked_for_by_default(tmp_path: Path) -> None:
    asked = await tuned(tmp_path / "a", report_second_attempts=True)
    plain = await tuned(tmp_path / "b")
    assert (asked.last, asked.shipped, asked.sealed) == (plain.last, plain.shipped, plain.sealed)
    decided = [
        [(one.decision.kind, one.decision.candidate) for one in run.rounds]
        for run in (asked, plain)
    ]
    assert decided[0] == decided[1]
    assert plain.record.second_attempts is None
    assert "second_attempts" not in plain.model_dump(mode="json")["record"]
    assert "second attempts" not in "\n".join(told_run(plain))
    assert asked.usage.calls > plain.usage.calls


async def test_a_run_that_ends_where_it_began_reports_one_version(tmp_path: Path) -> None:
    run = await tuned(tmp_path, report_second_attempts=True, rounds=0)
    found = run.record.second_attempts
    assert found is not None
    assert found.first is not None
    assert (found.last, found.difference) == (None, None)
    assert run.usage.calls == 2 * 24


async def test_a_limit_that_leaves_no_room_leaves_the_report_out(tmp_path: Path) -> None:
    run = await tuned(tmp_path, report_second_attempts=True, rounds=0, max_calls=30)
    assert run.record.second_attempts is None
    assert run.shipped == "nothing accepted"
