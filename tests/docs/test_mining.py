"""The page on mining: its log and its document are mined with its commands, which print what it says."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

import pytest

from skillopt.adapters.files.validation_file import read_validation_set
from tests.cli.commands import said

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))

from pages.parts import Fence, fences  # noqa: E402

PAGE = ROOT / "docs" / "mining.md"


def of(language: str) -> list[Fence]:
    return [fence for fence in fences(PAGE) if fence.language == language]


def test_the_page_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for part in ("skills", "validation_sets"):
        shutil.copytree(ROOT / part, tmp_path / part)
    for name, language in (("logs/chat.jsonl", "jsonl"), ("docs/faq.md", "md")):
        Path(name).parent.mkdir()
        [fence] = of(language)
        Path(name).write_text(fence.text)
    Path("skillopt.toml").touch()
    tasks = Path("validation_sets/triage-support-tickets.yaml")
    before = tasks.read_text()
    shown = iter(of("text"))
    printed = ""
    for number, fence in enumerate(of("sh")):
        printed = "".join(said(*shlex.split(line)[1:]) for line in fence.text.splitlines())
        candidates = Path("validation_sets/triage-support-tickets.candidates.yaml").read_text()
        if number == 0:
            [excerpt] = of("yaml")
            assert excerpt.text in candidates
        page = next(shown).text
        assert page == printed
    assert tasks.read_text().startswith(before)
    added = read_validation_set(tasks).tasks[-1]
    assert added.expected == {"queue": "billing", "priority": "high"}
    assert added.id in PAGE.read_text()
