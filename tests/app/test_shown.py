"""What a notebook shows of a run, an evaluation and a gated edit."""

from __future__ import annotations

from pathlib import Path

import skillopt
from skillopt.app.shown import evaluation_html, gated_html, run_html
from tests.app.notebook_results import BETTER, HOSTILE, evaluated, gated, tuned
from tests.html_reading import seen
from tests.scripted import SKILL


def test_a_run_shows_its_end_its_rounds_and_its_diff(tmp_path: Path) -> None:
    run = tuned(tmp_path / "ledger.db")
    html = run_html(run)
    shown = seen(html)
    assert html == run._repr_html_()
    assert shown.text.startswith("skill: improved, certified by the sealed test 1 of 3 proposals")
    for part in (
        f"run {run.record.id} baseline 0.083 on validation tasks sealed test 0.083 before, ",
        f"accepted {HOSTILE} +25.0 0.017",
        "refused (reply) unreadable reply n/a n/a",
        "Diff: 3 lines added, 0 deleted",
        "+- roses: garden",
    ):
        assert part in shown.text
    assert "img" not in shown.elements
    assert len(html) < 10_000
    assert run.diff.after.text == SKILL.text + BETTER


def test_an_evaluation_shows_its_score_and_what_failed(tmp_path: Path) -> None:
    found = evaluated(tmp_path / "ledger.db")
    shown = seen(evaluation_html(found))
    assert shown.text.startswith("skill: 0.083 on 24 validation tasks 95 % interval [")
    for part in ("against none", "tasks below full score (22)", HOSTILE, "… and 2 more rows"):
        assert part in shown.text
    assert "img" not in shown.elements
    assert found._repr_html_() == evaluation_html(found)


def test_a_gated_edit_shows_its_verdict(tmp_path: Path) -> None:
    found: skillopt.app.single_edit.GatedEdit = gated(tmp_path / "ledger.db")
    shown = seen(gated_html(found))
    assert shown.text.startswith("skill: accepted by the gate +25.0 points on 24 tasks (p = ")
    assert f"entry {found.entry[:12]} difference +25.0 points, 95 % interval [" in shown.text
    assert found._repr_html_() == gated_html(found)
