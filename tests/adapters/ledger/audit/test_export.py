"""An export carries everything, in lines or as a table."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from skillopt.adapters.ledger import SqlLedger
from skillopt.core.gate.contest import Outcome
from tests.adapters.ledger.samples import (
    SKILL,
    a_missing,
    a_proposal,
    a_rollout,
    a_round,
    a_run,
    an_end,
    an_exchange,
    an_insert,
)

FILE = "skills/triage/SKILL.md"


async def fill(ledger: SqlLedger, name: str) -> None:
    await ledger.start_run(a_run(name, fingerprint=name), SKILL)
    for number in range(30):
        await ledger.add_rollout(name, a_rollout(number))
    await ledger.add_rollout(name, a_missing(1))
    await ledger.add_exchange(an_exchange(run=name))
    accepted, candidate = a_round(1, run=name, outcome=Outcome.ACCEPTED)
    await ledger.add_round(accepted, candidate)
    assert candidate
    proposal = a_proposal(an_insert(f"- Of {name}.\n"), idea=f"an idea of {name}")
    await ledger.add_round(*a_round(2, run=name, proposal=proposal))
    await ledger.move_head(
        "triage", FILE, expected_parent=SKILL.digest, new=candidate.digest, run=name
    )
    await ledger.finish_run(an_end(a_run(name, fingerprint=name), last=candidate.digest))


async def exported(ledger: SqlLedger, path: Path) -> Path:
    stream = io.StringIO()
    await ledger.export(stream)
    return written(path, stream.getvalue())


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


async def test_an_export_carries_everything(ledger: SqlLedger, tmp_path: Path) -> None:
    await fill(ledger, "run-1")
    path = await exported(ledger, tmp_path / "ledger.jsonl")
    async with SqlLedger.open(tmp_path / "copy.db") as copy:
        taken = await copy.take_in(path)
        assert taken.new == taken.rows - 1, "all but what the other ledger says of itself"
        verification = await copy.verify()
        assert verification.bad is None
        assert verification.replayed == 1
        assert await copy.rounds("run-1") == await ledger.rounds("run-1")
        assert await copy.rollouts([a_rollout(3).key]) == {a_rollout(3).key: a_rollout(3)}
        assert await copy.unfinished_run("run-1") is None


async def test_csv_has_one_line_per_proposal_and_no_formulas(ledger: SqlLedger) -> None:
    await ledger.start_run(a_run(), SKILL)
    await ledger.add_round(*a_round(1, proposal=a_proposal(idea="=HYPERLINK(1)")))
    await ledger.add_round(*a_round(2))
    stream = io.StringIO()
    assert await ledger.export(stream, form="csv") == 2
    lines = list(csv.DictReader(io.StringIO(stream.getvalue())))
    assert [line["number"] for line in lines] == ["1", "2"]
    assert lines[0]["idea"] == "'=HYPERLINK(1)"
    assert json.loads(lines[1]["criteria"]) == ["queue"]
