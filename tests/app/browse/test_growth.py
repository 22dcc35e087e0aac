"""The tree of a run's search, from the ledger."""

from __future__ import annotations

from pathlib import Path

from skillopt.adapters.ledger import SqlLedger
from skillopt.app.browse.growth import grown
from tests.adapters.ledger.samples import SKILL, filled


async def test_a_run_grows_from_its_first_version_to_its_last(tmp_path: Path) -> None:
    async with SqlLedger.open(tmp_path / "ledger.db") as ledger:
        last = await filled(ledger)
        version = await grown(ledger, (await ledger.run_row("run-1")).record)
    assert version.digest == SKILL.digest
    line = [version]
    while made := [one.version for one in line[-1].tried if one.version]:
        line += made
    assert [one.place for one in line] == ["line"] * 3
    assert line[-1].digest == last.digest
    assert line[-1].last
