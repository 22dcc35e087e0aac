"""Both versions of a proposal, where they can be had."""

from __future__ import annotations

from pathlib import Path

from skillopt.adapters.ledger import RoundFilter, SqlLedger
from skillopt.app.browse.proposed import difference
from tests.adapters.ledger.samples import filled


async def test_a_candidate_that_never_ran_is_made_from_its_edits(tmp_path: Path) -> None:
    async with SqlLedger.open(tmp_path / "ledger.db") as ledger:
        await filled(ledger)
        for stage in ("gate", "fit"):
            wanted = RoundFilter.model_validate({"refused": True, "stage": stage})
            (one,) = await ledger.list_rounds(wanted)
            entry = await ledger.show_round(one.id)
            found = await difference(ledger, entry)
            assert found
            assert found.before.digest == one.parent
            edit = entry.round.proposal.edits[0] if entry.round.proposal else None
            assert getattr(edit, "text", "") in found.after.text
            gone = entry.model_copy(update={"summary": one.model_copy(update={"parent": "0" * 64})})
            assert await difference(ledger, gone) is None
