"""The page on agents: its examples are read as they stand, and its table is what is run."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from skillopt.adapters.files.validation_file import read_validation_set
from skillopt.core.agents.form import AgentForm
from skillopt.core.agents.presets import PRESETS
from skillopt.core.merged_settings import merged_settings

PAGE = Path(__file__).parents[2] / "docs" / "agent-clis.md"
sys.path.insert(0, str(PAGE.parent))

from pages.parts import fences  # noqa: E402


def block(language: str) -> str:
    return next(fence.text for fence in fences(PAGE) if fence.language == language)


def test_the_validation_set_reads_and_its_settings_merge(tmp_path: Path) -> None:
    (tmp_path / "invoices.yaml").write_text(block("yaml"))
    found = read_validation_set(tmp_path / "invoices.yaml")
    settings = merged_settings([("header", found.settings)])
    assert settings.agent == PRESETS["claude-code"]
    assert [len(task.files) for task in found.tasks] == [2, 1, 1]


def test_the_command_of_ones_own_is_called_as_it_says() -> None:
    settings = merged_settings([("file", tomllib.loads(block("toml")))])
    assert settings.agent is not None
    told = settings.agent.told(model="big", args=["-x"])
    words = told.words(prompt="P", prompt_file="/p", answer_file="/a")
    assert words == ["my-agent", "--quiet", "--model", "big", "-x", "--task", "/p"]


def test_the_table_has_every_agent_as_it_is_called() -> None:
    rows = {
        row.split("|")[1].strip(" `"): row
        for row in PAGE.read_text("utf-8").splitlines()
        if "|" in row
    }
    for name, preset in PRESETS.items():
        words = preset.told().words(prompt="...", prompt_file="", answer_file="")
        assert f"`{' '.join(words)}`" in rows[name]
        assert f"`{preset.skills}`" in rows[name]
        assert ("cost" in rows[name]) is preset.tells_cost


def test_every_field_of_a_form_is_on_the_page() -> None:
    text = PAGE.read_text("utf-8")
    assert all(f"`{field}`" in text or f"{field} = " in text for field in AgentForm.model_fields)
