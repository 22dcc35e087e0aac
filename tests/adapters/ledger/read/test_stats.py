"""Counting runs, proposals and refusals, on both databases."""

from __future__ import annotations

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
    assert (await ledger.stats(skill="another")).skills[0].rounds == 0
