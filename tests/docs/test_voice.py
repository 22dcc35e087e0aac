"""The style guide of docs/contributing.md, as far as a list of words can hold it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BANNED = re.compile(
    r"(?<!`)\b(?:what (?:became|becomes) of|is told|are told|aloud|insists?|mend(?:s|ed|ing)?|likest|"
    r"puts? (?:it |them )?before the gate|taken away|whoever|anew|this very|these very|"
    r"so many (?:characters|rounds)|has not to|person's edit|from this likeness on|1 runs|-0\.0)\b",
    re.IGNORECASE,
)
"""What the guide says to write in other words."""

ELSEWHERE = {
    "skillopt/core/skill/word_tables.py",  # words that skills may use
    "skillopt/core/history/digest.py",  # the optimizer's prompt, as it has been tuned with
    "skillopt/engine/steps/judge.py",
    "skillopt/core/proposals/lessons.py",
    "skillopt/engine/prompts.py",
}
"""Files with such words that no user reads."""

SOURCES = sorted((ROOT / "skillopt").rglob("*.py"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Every string of a module, docstrings and parts of f-strings included, with its line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_strings_and_docstrings_are_plain(path: Path) -> None:
    if name(path) in ELSEWHERE:
        return
    found = [
        f"{name(path)}:{line}: {match.group()}"
        for line, text in texts(path)
        for match in BANNED.finditer(text)
    ]
    assert found == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_pages_are_plain(path: Path) -> None:
    if path.name == "contributing.md":  # the guide quotes what it bans
        return
    found = [
        f"{name(path)}:{number}: {match.group()}"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        for match in BANNED.finditer(line)
    ]
    assert found == []


def test_a_banned_phrase_is_found(tmp_path: Path) -> None:
    page = tmp_path / "module.py"
    page.write_text('"""What became of it."""\n\nraise ValueError(f"{1} is told to mend it")\n')
    said = [match.group() for _, text in texts(page) for match in BANNED.finditer(text)]
    assert said == ["What became of", "is told", "mend"]
