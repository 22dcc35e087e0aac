"""docs/skill-folders.md says what is true."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from skillopt.adapters.files import skill_folder
from skillopt.adapters.files.folder_write import JOURNAL
from skillopt.core.skill.left_out import Surroundings

DOCS = Path(__file__).parents[2] / "docs"
sys.path.insert(0, str(DOCS))

from pages.parts import fences  # noqa: E402

PAGE = DOCS / "skill-folders.md"


def test_the_snippet_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in (
        ("SKILL.md", "---\nname: forms\n---\n"),
        ("references/terms.md", "# Terms\n"),
        ("scripts/fill.py", ""),
    ):
        place = tmp_path / "skills/forms" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (fence,) = fences(PAGE)
    names: dict[str, Any] = {}
    exec(fence.text, names)
    assert [file.path for file in names["skill"].files] == [
        "references/terms.md",
        "scripts/fill.py",
    ]
    assert names["folder"] == Path("workspace/.claude/skills/forms")
    assert (names["folder"] / "references/terms.md").is_file()


def test_limits_and_names_are_those_of_the_code() -> None:
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert f"more than {skill_folder.MOST_FILES:,} files" in text
    assert f"files over {skill_folder.LARGEST_FILE // 1_000_000} MB" in text
    assert f"or {skill_folder.LARGEST_FOLDER // 1_000_000} MB in all" in text
    assert f"`{JOURNAL}`" in text


def test_what_is_left_out_is_what_the_code_leaves_out() -> None:
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    table = text.split("## What belongs to it")[1].split("**A repository")[0]
    alone = Surroundings("forms")
    for name in re.findall(r"`([^`]+)`", table):
        bare = name.strip("/").replace("<folder>", "forms").replace("*", "x")
        if bare in {"SKILL.md", ".env.example", ".env.sample", ".env.template", "tasks:"}:
            continue
        if bare in {"checks", "expectations", "assertions", "should_trigger"}:
            found = alone.why_left_out("a.json", f'{{"{bare}": []}}'.encode())
        elif bare in {"evalsx", "tasksx", "benchmarkx", "promptfooconfigx"}:
            found = alone.why_left_out(f"{bare}.yaml")
        else:
            found = alone.why_left_out(bare)
        assert found, name
