"""The versions of a skill, with how each came in and what it scored."""

from __future__ import annotations

from skillopt.adapters.ledger import SqlLedger
from tests.adapters.ledger.samples import SKILL, a_run, an_end, filled


async def test_each_version_once_with_its_origin_and_score(ledger: SqlLedger) -> None:
    last = await filled(ledger)
    run = a_run("run-2", first=last.digest)
    await ledger.start_run(run, last)
    await ledger.finish_run(an_end(a_run(), last=last.digest, baseline=0.625))
    found = {one.digest: one for one in await ledger.skill_versions("triage")}
    first = found[SKILL.digest]
    assert (first.outcome, first.score, first.round) == ("first", 0.625, None)
    made = found[last.digest]
    assert (made.outcome, made.run, made.idea) == (
        "accepted",
        "run-1",
        "the order's number, not the order",
    )
    assert made.score == 0.5
    assert made.created.tzinfo is not None


async def test_another_skill_has_none(ledger: SqlLedger) -> None:
    await filled(ledger)
    assert await ledger.skill_versions("another") == ()
