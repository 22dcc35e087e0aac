"""What an agent hears of a proposal that waits for a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.cli.mcp.asking import Asking
from skillopt.cli.mcp.root import Root
from skillopt.core.gate.contest import Outcome
from skillopt.errors import InputError
from tests.adapters.ledger.samples import SKILL, a_round, a_run


async def test_what_waits_is_named_as_that_and_is_no_entry(tmp_path: Path) -> None:
    async with SqlLedger.open(tmp_path / "ledger.db") as ledger:
        await ledger.start_run(a_run(), SKILL)
        round_, candidate = a_round(1, outcome=Outcome.ACCEPTED)
        assert candidate
        await ledger.add_waiting(round_, candidate)
    asking = Asking(Root.at(tmp_path), str(tmp_path / "ledger.db"))
    found = await asking.list_proposals()
    (waits,) = found.waiting
    assert (waits.id, waits.run, found.proposals, found.total) == (round_.id, round_.run, (), 0)
    with pytest.raises(InputError, match="waits for a person's decision"):
        await asking.show_proposal(entry=round_.id[:5])
    with pytest.raises(InputError, match="ffff"):
        await asking.show_proposal(entry="ffff")
