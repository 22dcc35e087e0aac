"""What docs/real-model.md shows follows from its stored results.

They are measured by hand: `python -m tests.benchmarks.real_model`.
"""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.real_report import orderings, report
from tests.benchmarks.real_results import read_results

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "real-model.md").read_text(encoding="utf-8")
RESULTS = list(read_results(ROOT / "docs" / "transcripts" / "real-model.jsonl").values())


def test_every_row_of_the_report_is_on_the_page() -> None:
    rows = [line for line in report(RESULTS).splitlines() if line.startswith("|")]
    assert rows
    assert [row for row in rows if row not in PAGE.splitlines()] == []


def test_the_day_is_that_of_the_results() -> None:
    assert {one.day for one in RESULTS} <= {day for day in PAGE.split() if day[:2] == "20"}


def test_what_does_not_hold_is_on_the_page() -> None:
    assert [name for name, holds in orderings(RESULTS).items() if not holds] == []
