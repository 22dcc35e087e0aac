"""The page on approval: its commands are run in order, and print what it says."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

from tests.app.tickets import project
from tests.cli.commands import skillopt_here

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))

from pages.parts import fences  # noqa: E402

PAGE = ROOT / "docs" / "approval.md"
ID = re.compile(r"\b[0-9a-f]{12}\b")
WHEN = re.compile(r"  \d{4}-\d\d-\d\d \d\d:\d\d")


def test_the_page_is_true(tmp_path: Path) -> None:
    project(tmp_path)
    page = [fence for fence in fences(PAGE) if fence.language in ("sh", "text")]
    ids: dict[str, str] = {}
    printed = ""
    for fence in page:
        if fence.language == "sh":
            printed = ""
            for line in fence.text.splitlines():
                words = [ids.get(word, word) for word in shlex.split(line)[1:]]
                done = skillopt_here(*words, cwd=tmp_path)
                assert done.returncode == (5 if words[0] == "tune" else 0), done.stderr
                printed += done.stdout
            continue
        shown = fence.text.rstrip()
        for theirs in ID.findall(shown):
            if theirs not in ids:
                ids[theirs] = next(one for one in ID.findall(printed) if one not in ids.values())
        for line in shown.splitlines():
            mine = ID.sub(lambda found: ids[found[0]], line)
            assert mine in _plain(printed), (mine, printed)


def _plain(printed: str) -> str:
    """Without times, and with single gaps in place of a table's."""
    lines = WHEN.sub("", printed).splitlines()
    return "\n".join(
        re.sub(r"(?<=\S) {3,}", "  ", line) if "  tickets  " in line else line for line in lines
    )
