"""The examples in docs/ do what they say."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_an_agent_in_plain_python(capsys: pytest.CaptureFixture[str]) -> None:
    run = await example("own_agent").main()
    assert run.shipped == "improved"
    assert run.sealed.certified
    assert run.sealed.first_score < 0.3
    assert run.sealed.last_score > 0.5
    assert run.first.text in run.skill.text or "- bread: bakery" in run.skill.text
    assert any(round_.decision.kind == "refused" for round_ in run.rounds)
    assert "sealed test: " in capsys.readouterr().out


async def test_a_langgraph_agent_tunes_itself_at_night(tmp_path: Path) -> None:
    nightly = example("nightly_agent")
    state, ran = await nightly.night(tmp_path / "ledger.db", rounds=3)
    assert ran[0] == "begin"
    assert ran[-2:] == ["tune", "adopt"]
    assert {"roll_out", "criticize", "propose", "screen", "gate", "commit", "finish"} <= set(ran)
    before = nightly.SKILL.read_text(encoding="utf-8")
    assert state["accepted"] >= 1
    assert state["skill"] != before
    assert state["skill"].startswith(before[:200])
