"""The charts say what their data says."""

from __future__ import annotations

import re

import pytest

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.report.making import report_of
from skillopt.core.report.values import Spend, SpendRow
from skillopt.pages.charts.drawings import path_chart, sealed_chart, spend_chart
from tests.core.report.records import FIRST, SEALED, facts, long_run, record, round_


@pytest.mark.parametrize(
    ("low", "high", "tint"),
    [(0.1, 0.4, "good"), (-0.1, 0.4, "unsure"), (-0.4, -0.1, "bad"), (-1.0, 1.0, "unsure")],
)
def test_the_interval_is_coloured_by_where_it_lies(low: float, high: float, tint: str) -> None:
    middle = (low + high) / 2
    found = sealed_chart(SEALED.model_copy(update={"low": low, "high": high, "difference": middle}))
    assert f"var(--{tint})" in found
    assert {name for name in ("good", "bad", "unsure") if f"--{name})" in found} == {tint}
    assert "no difference" in found


def test_the_path_has_a_mark_for_each_verdict() -> None:
    found = path_chart(report_of(long_run(10, 12)).path)
    assert found is not None
    assert ">accepted</text>" in found
    assert ">rejected</text>" in found
    assert "10 rounds: 2 accepted, 8 rejected" in found


def test_there_is_no_colour_but_the_pages_own() -> None:
    """A white ground would be a white hole on a dark page."""
    found = report_of(long_run(10, 12))
    for chart in (path_chart(found.path), sealed_chart(SEALED), spend_chart(found.spend)):
        colours = re.findall(r' (?:fill|stroke)="([^"]+)"', chart or "")
        assert colours
        assert {colour for colour in colours if not colour.startswith("var(--")} <= {"none"}


def test_refused_proposals_are_on_the_path_without_a_score() -> None:
    found = path_chart(report_of(facts(record(), [round_(1, FIRST, None)])).path)
    assert found is not None
    assert "refused before the gate" in found
    assert path_chart(()) is None


def test_the_spend_is_in_tokens_or_else_in_calls() -> None:
    calls = SpendRow(role="target", purpose="tasks", usage=Usage(calls=7))
    tokens = SpendRow(role="target", purpose="tasks", usage=Usage(calls=7, prompt_tokens=900))
    told = [spend_chart(Spend(rows=(row,), total=row.usage)) for row in (calls, tokens)]
    assert [re.findall(r"Spend by role, in (\w+)", one or "") for one in told] == [
        ["calls"],
        ["tokens"],
    ]
    assert spend_chart(Spend(rows=(), total=Usage())) is None
