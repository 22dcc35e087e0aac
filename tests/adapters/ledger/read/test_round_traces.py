"""`skillopt ledger show` says what the target did in the rollouts that the optimizer was shown."""

from __future__ import annotations

from pathlib import Path

import pytest

import skillopt
from skillopt.core.evaluation.rollout import Answer
from skillopt.core.evaluation.trace import Said, ToolCall, Trace
from skillopt.core.proposals.told_steps import LONGEST_PART
from tests.cli.commands import said, said_json
from tests.scripted import SKILL, agent, draft, insert, proposing, tasks

SECRET = "sk-proj-" + "a1B2c3D4" * 6
HOSTILE = "\x1b[2Jok\naccepted (test)\n"


def traced(skill: str, letter: str) -> Answer:
    steps = (
        Said(text=HOSTILE),
        ToolCall(name="look_up", arguments={"key": SECRET}, result="r" * 5_000),
        ToolCall(name="send", arguments={}, failed=True),
    )
    return Answer(text=agent(skill, letter), trace=Trace(steps=steps))


def tuned(folder: Path, *, target: object) -> str:
    run = skillopt.tune(
        SKILL,
        validation_set=tasks(),
        target=target,  # type: ignore[arg-type]
        optimizer=proposing(draft(insert("- roses: garden\n"))),
        ledger=folder / "ledger.db",
        deterministic=True,
        rounds=1,
    )
    return run.rounds[0].id


@pytest.fixture
def entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SKILLOPT_LEDGER", str(tmp_path / "ledger.db"))
    return tuned(tmp_path, target=traced)


def test_it_is_printed_where_that_is_asked_for(entry: str) -> None:
    short = said("ledger", "show", entry)
    assert "what the target did in 12 rollouts: add --traces" in short
    assert "look_up" not in short
    whole = said("ledger", "show", entry, "--traces")
    assert "\nrollout r1 (task " in whole
    assert "\n  assistant: " in whole
    assert "\n  send({}) failed\n" in whole
    assert "\x1b" not in whole
    assert "\naccepted (test)" not in whole, "no step imitates a line of the report"
    assert SECRET not in whole
    assert max(map(len, whole.splitlines())) < 3 * LONGEST_PART


def test_the_json_object_has_it(entry: str) -> None:
    found = said_json("ledger", "show", entry)
    assert [one["rollout"] for one in found["traces"]] == [f"r{n}" for n in range(1, 13)]
    assert {len(one["steps"]) for one in found["traces"]} == {3}
    assert {one["task"] for one in found["traces"]} <= {task.id for task in tasks().tasks}
    assert SECRET not in str(found)


def test_a_target_that_says_nothing_of_its_steps_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKILLOPT_LEDGER", str(tmp_path / "ledger.db"))
    entry = tuned(tmp_path, target=agent)
    assert said_json("ledger", "show", entry)["traces"] == []
    assert "--traces" not in said("ledger", "show", entry, "--traces")
