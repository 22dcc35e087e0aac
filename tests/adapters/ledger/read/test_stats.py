"""Counting runs, proposals and refusals, on both databases."""

from __future__ import annotations

import pytest

from skillopt.adapters.ledger import SqlLedger
from tests.adapters.ledger.samples import (
    SKILL,
    a_missing,
    a_rollout,
    a_run,
    an_exchange,
    filled,
)


async def test_stats_count_everything(ledger: SqlLedger) -> None:
    await filled(ledger)
    await ledger.add_rollout("run-1", a_rollout(1))
    await ledger.add_rollout("run-1", a_missing(2))
    await ledger.add_exchange(an_exchange())
    await ledger.start_run(a_run("run-2", skill_name="another", skill_path=None), SKILL)
    stats = await ledger.stats()
    assert [one.skill for one in stats.skills] == ["another", "triage"]
    triage = stats.skills[1]
    assert (triage.runs, triage.rounds, triage.accepted, triage.rejected) == (1, 4, 2, 2)
    assert {(one.stage, one.code, one.rounds) for one in triage.refused} == {
        ("gate", "test", 1),
        ("fit", "too_many_edits", 1),
    }
    assert (stats.rollouts, stats.missing, stats.exchanges, stats.versions) == (2, 1, 1, 4)
    assert stats.usage == await ledger.usage("run-1")
    other = (await ledger.stats(skill="another")).skills[0]
    assert (other.rounds, other.forecasts) == (0, None)
    forecasts = triage.forecasts
    assert forecasts is not None
    assert forecasts.proposals == 3, "the one that did not fit was not measured"
    assert (forecasts.predicted, forecasts.measured) == (pytest.approx(0.1), pytest.approx(0.025))
    assert forecasts.error == pytest.approx(0.075**2)
    assert forecasts.skill == pytest.approx(-8)
