"""Two runs of a ledger beside each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.app.browse.compared import compare
from skillopt.errors import InputError
from tests.adapters.ledger.samples import SKILL, a_proposal, a_round, a_run, filled


async def test_two_runs_are_read_and_compared(tmp_path: Path) -> None:
    async with SqlLedger.open(tmp_path / "ledger.db") as ledger:
        await filled(ledger)
        await ledger.start_run(a_run("run-2", target="practice/other"), SKILL)
        again = a_proposal(idea="Refunds go to billing!")
        await ledger.add_round(*a_round(1, run="run-2", proposal=again))
        found = await compare(ledger, "run-1", "run-2")
        with pytest.raises(InputError, match="no run"):
            await compare(ledger, "run-1", "none")
    assert [(one.name, one.second) for one in found.differs] == [("target", "practice/other")]
    (both,) = found.both
    assert both.first.outcome == "accepted"
    assert both.second.run == "run-2"
    assert not both.agree
    assert found.same_tasks
