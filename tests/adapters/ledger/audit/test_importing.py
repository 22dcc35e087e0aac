"""Export and import: everything travels, nothing twice, nothing unsound."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.adapters.ledger.migrations import newest
from skillopt.core.gate.contest import Outcome
from skillopt.errors import InputError, LedgerError
from tests.adapters.ledger.samples import (
    SKILL,
    SKILL_ID,
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


async def test_a_ledger_is_taken_in_once(ledger: SqlLedger, tmp_path: Path) -> None:
    async with SqlLedger.open(tmp_path / "other.db") as other:
        await fill(other, "run-2")
        head = await other.chain_head()
    await fill(ledger, "run-1")
    taken = await ledger.take_in(tmp_path / "other.db")
    assert (taken.head, taken.rows) == (head.link, head.seq)
    assert 0 < taken.new < taken.rows
    place = await ledger.chain_head()
    again = await ledger.take_in(tmp_path / "other.db")
    assert again.new == 0
    assert await ledger.chain_head() == place
    assert (await ledger.verify()).bad is None
    assert [one.run for one in await ledger.refusals("triage")] == ["run-1", "run-2"]
    assert len(await ledger.rounds("run-2")) == 2
    assert (await ledger.usage("run-2")).calls == 30 + 3 + 1
    assert (await ledger.search("idea run-2"))[0].round.run == "run-2"


async def test_provenance_is_kept_over_two_steps(tmp_path: Path) -> None:
    async with SqlLedger.open(tmp_path / "a.db") as a:
        await fill(a, "run-1")
        first = json.loads((await exported(a, tmp_path / "a.jsonl")).read_text().splitlines()[0])[
            "ledger"
        ]
    async with SqlLedger.open(tmp_path / "b.db") as b:
        await b.take_in(tmp_path / "a.db")
    async with SqlLedger.open(tmp_path / "c.db") as c:
        await c.take_in(tmp_path / "b.db")
        lines = (await exported(c, tmp_path / "c.jsonl")).read_text().splitlines()
    origins = {row["origin"] for row in map(json.loads, lines[1:]) if row["table"] == "rounds"}
    assert origins == {first}
    async with SqlLedger.open(tmp_path / "a.db") as a:
        assert (await a.take_in(tmp_path / "c.db")).new == 0


async def test_pruned_payloads_stay_pruned(tmp_path: Path) -> None:
    async with SqlLedger.open(tmp_path / "a.db") as a:
        await fill(a, "run-1")
        assert await a.prune(before=time.time() + 3600) == 32
    async with SqlLedger.open(tmp_path / "b.db") as b:
        await b.take_in(tmp_path / "a.db")
        verification = await b.verify()
        assert verification.bad is None
        assert verification.pruned == 32


async def test_another_places_heads_and_unfinished_runs_are_record_only(tmp_path: Path) -> None:
    async with SqlLedger.open(tmp_path / "a.db") as a:
        await fill(a, "run-1")
        await a.start_run(a_run("run-2"), SKILL)
    async with SqlLedger.open(tmp_path / "b.db") as b:
        await b.take_in(tmp_path / "a.db")
        assert await b.head(SKILL_ID, FILE) is None
        assert await b.unfinished_run(a_run().fingerprint) is None


async def test_an_unsound_ledger_is_not_taken_in(tmp_path: Path) -> None:
    import sqlite3

    async with SqlLedger.open(tmp_path / "a.db") as a:
        await fill(a, "run-1")
    connection = sqlite3.connect(tmp_path / "a.db")
    with connection:
        connection.execute("UPDATE rounds SET outcome = 'accepted' WHERE number = 2")
    connection.close()
    async with SqlLedger.open(tmp_path / "b.db") as b:
        before = await b.chain_head()
        with pytest.raises(LedgerError, match=r"does not verify: rounds"):
            await b.take_in(tmp_path / "a.db")
        assert await b.chain_head() == before


@pytest.mark.parametrize("line", [5, -1])
async def test_a_changed_export_is_not_taken_in(tmp_path: Path, line: int) -> None:
    async with SqlLedger.open(tmp_path / "a.db") as a:
        await fill(a, "run-1")
        path = await exported(a, tmp_path / "a.jsonl")
    lines = path.read_text(encoding="utf-8").splitlines()
    row = json.loads(lines[line])
    lines[line] = json.dumps({**row, "created": "2001-01-01T00:00:00+00:00"})
    path.write_text("\n".join(lines), encoding="utf-8")
    async with SqlLedger.open(tmp_path / "b.db") as b:
        with pytest.raises(LedgerError, match="not the row that was exported"):
            await b.take_in(path)
        path.write_text("\n".join(lines[:4]), encoding="utf-8")
        with pytest.raises(LedgerError, match="were exported"):
            await b.take_in(path)


@pytest.mark.parametrize(
    "content", ["", "nonsense", "[]", '{"a": 1}', '{"ledger": "x", "head": "y", "schema": 1}']
)
async def test_other_files_are_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.jsonl").write_text(content)
    async with SqlLedger.open(tmp_path / "b.db") as b:
        with pytest.raises(InputError, match=r"a\.jsonl"):
            await b.take_in(tmp_path / "a.jsonl")


async def test_an_export_with_the_same_rows_is_taken_in_whatever_its_schema(
    tmp_path: Path,
) -> None:
    """Schema 4 added indexes to schema 3 and changed no row."""
    async with SqlLedger.open(tmp_path / "a.db") as a:
        await fill(a, "run-1")
        path = await exported(a, tmp_path / "a.jsonl")
    first, rows = path.read_text(encoding="utf-8").split("\n", 1)
    about = json.loads(first)
    async with SqlLedger.open(tmp_path / "b.db") as b:
        for other in (2, newest() + 1, "3", None):
            path.write_text(f"{json.dumps({**about, 'schema': other})}\n{rows}", encoding="utf-8")
            with pytest.raises(InputError, match="export it again"):
                await b.take_in(path)
        path.write_text(f"{json.dumps({**about, 'schema': 3})}\n{rows}", encoding="utf-8")
        assert (await b.take_in(path)).new > 0
        assert (await b.verify()).sound
