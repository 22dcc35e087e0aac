"""The page on libraries: its snippet runs, and its rule is the code's."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from skillopt.core.library.allocation import DECAY, FEWEST, FLOOR, MOST
from skillopt.core.library.entry import FOR_ROUNDS
from tests.git_project import skills_project

DOCS = Path(__file__).parents[2] / "docs"
sys.path.insert(0, str(DOCS))

from pages.parts import fences  # noqa: E402 - it is beside the docs

PAGE = DOCS / "tune-all.md"


def test_the_snippet_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(skills_project(tmp_path, "first", "second"))
    (snippet,) = (fence.text for fence in fences(PAGE) if fence.language == "python")
    exec(snippet, {})
    assert capsys.readouterr().out.splitlines() == [
        "skills/first/SKILL.md tuned 1",
        "skills/second/SKILL.md tuned 1",
    ]


def test_the_figures_of_the_rule_are_those_of_the_code() -> None:
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert f"room left × {DECAY:g} ^ (rounds in a row without an acceptance)" in text
    assert f"as if it had had {FEWEST:g} to {MOST:g} rounds more" in text
    assert (FLOOR, FOR_ROUNDS) == (0.25, 0.5)
    assert "A quarter of all rounds is dealt out evenly" in text
    assert "while that leaves half of the budget for rounds" in text
