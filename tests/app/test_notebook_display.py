"""What IPython itself shows of results, where it is installed; the package does not need it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.app.notebook_results import HOSTILE, evaluated, gated, tuned
from tests.html_reading import seen

formatters = pytest.importorskip("IPython.core.formatters", reason="IPython is not installed")


def shown(value: object) -> dict[str, Any]:
    """The forms that a cell's last value is sent in, by their types."""
    data, _ = formatters.DisplayFormatter().format(value)
    return dict(data)


def test_runs_verdicts_diffs_and_evaluations_are_html_to_ipython(tmp_path: Path) -> None:
    run = tuned(tmp_path / "ledger.db")
    accepted = next(one for one in run.rounds if one.decision.kind == "accepted")
    values = {
        "run": run,
        "round": accepted,
        "verdict": accepted.decision.verdict,
        "diff": run.diff,
        "sealed": run.sealed,
        "evaluation": evaluated(tmp_path / "other.db"),
        "gated": gated(tmp_path / "third.db"),
    }
    forms = {name: shown(value) for name, value in values.items()}
    assert all({"text/plain", "text/html"} <= set(one) for one in forms.values())
    for name, one in forms.items():
        found = seen(one["text/html"])
        assert found.text, name
        assert not found.elements & {"img", "script", "style", "link", "iframe"}, name
    for name in ("run", "round", "evaluation"):
        assert HOSTILE in seen(forms[name]["text/html"]).text
