"""An agent with a command line as the target of the use cases, from settings to the ledger."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from skillopt.app.doctor import check_up
from skillopt.app.evaluate import aevaluate
from skillopt.app.job import read_job
from skillopt.core.merged_settings import merged_settings
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile
from skillopt.errors import InputError, SettingsError
from tests.agent_clis import installed
from tests.scripted import skillopt_process

TEXT = "---\nname: word\ndescription: Says the word.\n---\n# Word\n\nIt is in references/word.md.\n"
SKILL = Skill(text=TEXT, files=(SkillFile(path="references/word.md", data=b"heron\n"),))
SET = {
    "checks": [
        {"type": "contains", "value": "heron"},
        {"type": "file", "path": "out/word.txt", "content": {"type": "exact", "value": "heron"}},
        {"type": "command", "argv": ["python3", "look.py"]},
    ],
    "tasks": [
        {
            "id": split,
            "split": split,
            "input": f"The {split} word, please.",
            "files": {"in.txt": split, "data": {"from": "fixtures"}},
            "git": True,
        }
        for split in ("train", "validation", "test")
    ],
}
LOOK = """
import os, subprocess, sys
assert open("data/a.csv").read() == "1,2", "the fixture is not there"
assert "heron" in sys.stdin.read()
said = subprocess.run(["git", "status", "--short"], capture_output=True, text=True).stdout
sys.exit(None if said == "?? out/\\n" else said)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A skill with tasks for an agent, and the stand-ins on PATH."""
    bin_ = installed(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{bin_}{os.pathsep}{os.environ['PATH']}")
    folder = tmp_path / "word"
    (folder / "fixtures").mkdir(parents=True)
    (folder / "fixtures/a.csv").write_text("1,2")
    (folder / "look.py").write_text(LOOK)
    (folder / "word.yaml").write_text(json.dumps(SET))
    (folder / "SKILL.md").write_text(TEXT)
    (folder / "skillopt.toml").write_text("")
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("agent", ["claude-code", "opencode"])
async def test_a_skill_is_evaluated_with_an_agent(folder: Path, agent: str) -> None:
    options: dict[str, Any] = {
        "validation_set": folder / "word.yaml",
        "agent": agent,
        "ledger": folder / "ledger.db",
    }
    found = await aevaluate(SKILL, **options)
    assert found.score is not None
    assert found.score.mean == 1.0
    assert found.usage.calls == 4
    assert found.usage.cost == pytest.approx(0.25 if agent == "claude-code" else 1.0)
    again = await aevaluate(SKILL, **options)
    assert again.usage == found.usage
    without = await aevaluate(Skill(text=TEXT), **options)
    assert without.score is not None
    assert without.score.mean < 1.0


def test_the_command_line_takes_an_agent_and_keeps_its_workspaces(folder: Path) -> None:
    words = ["eval", "SKILL.md", "--agent", "codex", "--agent-model", "m", "--agent-arg=-cx=1"]
    done = skillopt_process(*words, "--keep-workspaces", "kept", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "the agent codex and command checks fenced" in done.stderr
    (kept,) = folder.glob("kept/*/workspace")
    assert (kept / ".agents/skills/word/SKILL.md").read_text() == TEXT
    assert (kept / "in.txt").read_text() == "validation"


def settings(**given: Any) -> dict[str, Any]:
    return merged_settings([("here", given)]).model_dump(include={"agent"})["agent"]


def test_an_agent_is_a_name_a_preset_with_changes_or_any_command() -> None:
    known = settings(agent="codex")
    changed = settings(agent={"preset": "codex", "skills": ".codex/skills"})
    assert changed == {**known, "skills": ".codex/skills"}
    own = settings(agent={"name": "mine", "command": ["x", "{prompt}"], "prompt": "argument"})
    assert (own["name"], own["skills"], own["answer"]) == ("mine", ".agents/skills", "stdout")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"agent": "claude"}, "did you mean 'claude-code'"),
        ({"agent": {"preset": "codex", "colour": 1}}, "here: agent: "),
        ({"agent": {"name": "x"}}, "here: agent: Field required"),
        ({"agent": {"command": "x"}}, "here: agent: "),
        ({"agent": 3}, "here: agent: "),
    ],
)
def test_a_setting_that_is_no_agent_is_refused(given: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        settings(**given)


def test_the_stronger_place_says_what_the_target_is() -> None:
    file = {"target": "openai/gpt-x", "agent_model": "m"}
    merged = merged_settings([("flags", {"agent": "codex"}), ("file", file)])
    assert (merged.agent and merged.agent.name, merged.target) == ("codex", None)
    file = {"agent": "claude-code", "agent_model": "sonnet"}
    assert merged_settings([("flags", {"agent": "codex"}), ("file", file)]).agent_model is None
    assert merged_settings([("flags", {"agent_args": ["-x"]}), ("file", file)]).agent_args == (
        "-x",
    )
    merged = merged_settings([("flags", {"target": "openai/gpt-x"}), ("file", file)])
    assert (merged.agent, merged.target) == (None, "openai/gpt-x")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"agent": "codex", "target_command": "x"}, "the target is one of them"),
        ({"target_command": "x", "agent_model": "m"}, "there is no agent; name one with --agent"),
        (
            {"target_command": "cat"},
            "task 'train' has a `file` check, and the target has no workspace",
        ),
        ({"practice": True}, "name an agent with --agent"),
    ],
)
def test_what_does_not_go_together_is_refused(folder: Path, given: Any, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        read_job(folder / "SKILL.md", **given)


async def test_an_agent_that_is_not_there_is_said_before_anything_runs(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "bin/gemini").unlink()
    options: dict[str, Any] = {"validation_set": folder / "word.yaml", "agent": "gemini"}
    with pytest.raises(InputError, match=r"not on PATH; install it \(npm install"):
        await aevaluate(SKILL, **options)
    options = {**options, "agent": {"command": ["x"]}, "agent_model": "m"}
    with pytest.raises(InputError, match="has no place for a model"):
        await aevaluate(SKILL, **options)


def about_agent(folder: Path, **given: Any) -> list[tuple[str, str, str | None]]:
    found = check_up(folder / "SKILL.md", given={"optimizer": "practice/mentor", **given})
    return [(one.level, one.says, one.mend) for one in found.findings if one.about == "agent"]


def test_doctor_says_version_keys_and_what_is_missing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CODEX_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    assert about_agent(folder, agent="codex") == [("good", "codex: codex-cli 0.139.0", None)]
    monkeypatch.setenv("CODEX_API_KEY", "k")
    (_, (level, says, mend)) = about_agent(folder, agent="codex")
    assert (level, says) == ("warning", "CODEX_API_KEY is set here, and is not passed to the agent")
    assert mend is not None
    assert mend.startswith("--pass-env CODEX_API_KEY")
    assert len(about_agent(folder, agent="codex", pass_env=("CODEX_API_KEY",))) == 1
    (tmp_path / "bin/codex").unlink()
    ((level, says, mend),) = about_agent(folder, agent="codex")
    assert (level, mend) == ("missing", "npm install -g @openai/codex")
    own = {"name": "mine", "command": ["no-such-agent"]}
    assert about_agent(folder, agent=own)[0][0] == "missing"
    assert about_agent(folder, agent={**own, "command": ["sh"]})[0][0] == "good"
