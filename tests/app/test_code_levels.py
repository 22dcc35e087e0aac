"""A run says which code it executes, and how that is held."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import skillopt
from skillopt.app.code_levels import CLUSTER, FENCED, HERE, SANDBOXED, WORKER, code_runs
from skillopt.app.job import read_job
from skillopt.core.evaluation.checks import Check, Command, Exact, Python
from tests.scripted import SKILL, agent

MODULE = Python(type="python", call="json:loads")
OWN = Python(type="python", call="own:check")
APART = Python(type="python", call="json:dumps", isolated=True)
COMMAND = Command(type="command", argv=("true",))
EXACT = Exact(type="exact")


def said(*checks: Check, **given: Any) -> str | None:
    made = [
        skillopt.Task(id=split, split=split, input=split, expected="x", checks=checks)
        for split in ("train", "validation", "test")
    ]
    tasks = skillopt.ValidationSet(name="t", tasks=tuple(made))
    told = code_runs(read_job(SKILL, validation_set=tasks, **given))
    return told and told.says


@pytest.mark.parametrize(
    ("checks", "given", "expected"),
    [
        ([MODULE], {"practice": True}, f"Python checks {HERE}"),
        ([MODULE], {"practice": True, "isolate_checks": True}, f"Python checks {WORKER}"),
        ([MODULE], {"practice": True, "sandbox": True}, f"Python checks {SANDBOXED}"),
        (
            [MODULE, APART],
            {"practice": True},
            f"Python checks {WORKER}; Python checks {HERE}",
        ),
        ([EXACT], {"target": agent}, f"the target {HERE}"),
        (
            [MODULE, OWN],
            {"target": agent, "workers": "ray"},
            f"the target and Python checks {CLUSTER}; checks of the calling program {HERE}",
        ),
        ([OWN], {"target": agent}, f"the target and checks of the calling program {HERE}"),
        (
            [COMMAND],
            {"target_command": "cat"},
            f"the target command and command checks {FENCED}",
        ),
        (
            [COMMAND, OWN],
            {"target_command": "cat", "sandbox": True},
            f"the target command and command checks {SANDBOXED}; checks of the calling program {HERE}",
        ),
    ],
)
def test_which_code_and_how(checks: list[Check], given: dict[str, Any], expected: str) -> None:
    assert said(*checks, **given) == f"runs code: {expected}; see docs/security.md"


def test_a_run_without_code_says_nothing() -> None:
    assert said(EXACT, practice=True) is None


async def test_it_is_said_before_anything_is_run(tmp_path: Path) -> None:
    heard: list[str] = []
    seen: list[str] = []

    def target(_skill: str, given: str) -> str:
        seen.append(heard[0])
        return given

    made = [
        skillopt.Task(id=split, split=split, input=split, expected="x", checks=(EXACT,))
        for split in ("train", "validation", "test")
    ]
    await skillopt.aevaluate(
        SKILL,
        validation_set=skillopt.ValidationSet(name="t", tasks=tuple(made)),
        target=target,
        ledger=tmp_path / "ledger.db",
        on_event=lambda event: heard.append(event.event),
    )
    assert set(seen) == {"code_runs"}
