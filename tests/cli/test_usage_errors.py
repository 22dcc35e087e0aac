"""A command that cannot be understood writes nothing: no ledger, no folder, no file."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from skillopt.cli.main import run
from tests.scripted import ROOT

SKILL = "skills/changelog-lines/SKILL.md"
TASKS = "validation_sets/changelog-lines.yaml"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("skills", "validation_sets"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "skillopt.toml").touch()
    (tmp_path / "new.md").write_text((tmp_path / SKILL).read_text() + "\n- Be kind.\n")
    (tmp_path / "alone.md").write_text("# Alone\n\n- Has no tasks.\n")
    (tmp_path / "rubbish.db").write_text("no database, but long enough to look like a file of it")
    (tmp_path / "rubbish.jsonl").write_text("no export\n")
    for name in list(os.environ):
        if name.endswith("_API_KEY") or name == "SKILLOPT_LEDGER":
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def everything(folder: Path) -> dict[str, bytes | None]:
    found = (path for path in folder.rglob("*") if "__pycache__" not in path.parts)
    return {str(path): path.read_bytes() if path.is_file() else None for path in found}


WRONG = [
    *(
        (name, *rest)
        for name in ("tune", "eval", "aa")
        for rest in (
            ("nowhere.md",),
            ("skills",),
            (SKILL, "--tasks", "nowhere.yaml"),
            ("alone.md",),
            (SKILL, "--no-such-option"),
            (SKILL, "--target", "no-such-provider/model"),
            (SKILL, "--target", "openai/gpt-4o-mini"),
            (SKILL, "--target-param", "noise"),
        )
    ),
    ("doctor", "nowhere.md"),
    ("doctor", SKILL, "--tasks", "nowhere.yaml"),
    ("doctor", "alone.md"),
    ("tune", SKILL, "--target", "practice/reader", "--optimizer", "no-such-provider/model"),
    ("tune", SKILL, "--rounds", "-1"),
    ("tune", SKILL, "--max-cost", "inf"),
    ("eval", SKILL, "--against", "nowhere.md"),
    ("eval", SKILL, "--split", "sealed"),
    ("aa", SKILL, "--runs", "1"),
    ("gate", SKILL, "nowhere.md"),
    ("gate", "nowhere.md", SKILL),
    ("gate", SKILL, SKILL),
    ("gate", SKILL, "new.md"),
    ("gate", SKILL, "new.md", "--tasks", "nowhere.yaml"),
    ("gate", SKILL, "new.md", "--tasks", TASKS, "--target", "no-such-provider/model"),
    ("gate", SKILL, "new.md", "--tasks", TASKS, "--json", "--markdown"),
    ("gate", SKILL),
    ("diff", "nowhere.md"),
    ("diff", SKILL),
    ("revert", "nowhere.md"),
    ("revert", SKILL),
    ("revert", SKILL, "abc"),
    ("runs", "list"),
    ("runs", "show"),
    ("runs", "show", "--no-such-option"),
    ("ledger", "list"),
    ("ledger", "list", "--limit", "0"),
    ("ledger", "show", "abc"),
    ("ledger", "search", "word"),
    ("ledger", "why", SKILL),
    ("ledger", "stats"),
    ("ledger", "head"),
    ("ledger", "verify"),
    ("ledger", "prune", "--older-than", "soon"),
    ("ledger", "prune", "--older-than", "1d", "--yes"),
    ("ledger", "export", "--out", "out.jsonl"),
    ("ledger", "export", "--form", "xml", "--out", "out.xml"),
    ("ledger", "import", "nowhere.db"),
    ("ledger", "import", "nowhere.jsonl"),
    ("ledger", "import", "rubbish.db"),
    ("ledger", "import", "rubbish.jsonl"),
    ("ledger", "digest", SKILL),
    ("ledger", "digest", "nowhere.md"),
    ("ledger", "retry", "abc"),
    ("ledger", "retry", "abc", SKILL),
    ("ledger", "retry", "abc", "nowhere.md"),
    ("ledger", "ablate", "abc"),
    ("ledger", "ablate", "abc", SKILL),
    ("ledger", "nonsense"),
    ("init", "My Skill"),
    ("init", "changelog-lines"),
    ("init", "some-name", "--folder", SKILL),
    ("nonsense",),
]


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_a_usage_error_writes_nothing(
    arguments: tuple[str, ...],
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = everything(project)
    monkeypatch.setattr(sys, "argv", ["skillopt", *arguments])
    with pytest.raises(SystemExit) as left:
        run()
    told = capsys.readouterr()
    assert left.value.code in {1, 2, 4}, told
    assert (told.err + told.out).strip()
    assert everything(project) == before
