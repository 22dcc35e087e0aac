"""The runs that hold what other loops have tried."""

from __future__ import annotations

from skillopt.adapters.ledger import SqlLedger, TriedEdit
from tests.adapters.ledger.samples import SKILL, an_insert


async def test_they_are_told_from_runs_of_a_model_that_optimizes_itself(ledger: SqlLedger) -> None:
    from tests.adapters.ledger.samples import a_run

    own = a_run().model_copy(update={"skill_name": "triage", "skill_path": None, "optimizer": "m"})
    await ledger.start_run(own.model_copy(update={"target": "m"}), SKILL)
    tried = TriedEdit(
        skill_name="triage",
        parent=SKILL,
        edits=(an_insert("- Be kind.\n"),),
        outcome="rejected",
        reason="worse",
        source="m",
    )
    await ledger.keep(tried)
    kept = {one.record.id: one.kept_by for one in await ledger.list_runs()}
    assert kept.pop(own.id) is None
    assert list(kept.values()) == ["m"]
    (found,) = (await ledger.stats()).skills
    assert found.runs == 1
