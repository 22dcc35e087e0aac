"""The page on notebooks: its snippets run, and what it says shows itself does."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from skillopt.app.evaluate import Evaluation
from skillopt.app.single_edit import GatedEdit
from skillopt.core.history.views import RoundEntry, RunEntry

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "notebook.md"
sys.path.insert(0, str(PAGE.parent))

from pages.parts import fences  # noqa: E402


def test_its_snippets_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("skills/changelog-lines", "validation_sets"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "skillopt.toml").touch()
    names: dict[str, Any] = {"__name__": "snippets"}
    for fence in fences(PAGE):
        code = compile(
            "\n" * fence.line + fence.text,
            PAGE.name,
            "exec",
            flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
        )
        result = eval(code, names)
        if inspect.iscoroutine(result):
            asyncio.run(result)
    verdicts = [one.decision.verdict for one in names["run"].rounds]
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == str([round(one.gain, 3) for one in verdicts if one])
    assert len(names["entries"]) == 2
    assert len(names["worst"]) == 3


def test_what_it_names_shows_itself() -> None:
    named = set(re.findall(r"`([A-Z]\w+)`(?=,| \|)", PAGE.read_text("utf-8")))
    kinds = {"Run", "Evaluation", "GatedEdit", "RoundEntry", "RunEntry"}
    assert named == kinds
    for kind in (Evaluation, GatedEdit, RoundEntry, RunEntry):
        assert callable(kind._repr_html_)
