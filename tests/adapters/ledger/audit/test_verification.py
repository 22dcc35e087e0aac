"""Tampering: what is done to rows by hand is found, and the first bad row is named.

`test_tampering.py` does it to every column of every table.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import time
from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger, Verification
from skillopt.adapters.ledger.schema.tables import CHAINED_TABLES
from skillopt.core.gate.contest import Outcome
from skillopt.core.proposals.refusal import Stage
from tests.adapters.ledger.samples import (
    SKILL,
    SKILL_ID,
    a_missing,
    a_proposal,
    a_rollout,
    a_round,
    a_run,
    an_ablation,
    an_end,
    an_exchange,
    an_insert,
)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("original") / "ledger.db"
    asyncio.run(fill(path))
    return path


@pytest.fixture
def path(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(original, tmp_path))


async def fill(path: Path) -> None:
    """Two runs and at least two rows of nearly every kind."""
    async with SqlLedger.open(path) as ledger:
        for name in ("run-1", "run-2"):
            await ledger.start_run(a_run(name), SKILL)
            await ledger.add_rollout(name, a_rollout(1))
            await ledger.add_rollout(name, a_missing(2))
            await ledger.add_exchange(an_exchange(run=name))
            accepted, candidate = a_round(1, run=name, outcome=Outcome.ACCEPTED)
            await ledger.add_round(accepted, candidate)
            assert candidate
            proposal = a_proposal(
                an_insert("- Two.\n"), an_insert("- Three.\n", anchor=""), parent=candidate
            )
            await ledger.add_round(*a_round(2, run=name, proposal=proposal, parent=candidate))
            await ledger.add_round(*a_round(3, run=name, stage=Stage.FIT, parent=candidate))
            await ledger.add_ablation(an_ablation(run=name))
            path = f"{name}/SKILL.md"
            await ledger.move_head("triage", path, expected_parent=SKILL.digest, new="b", run=name)
            await ledger.finish_run(an_end(a_run(name), last=candidate.digest))
            await ledger.attach(SKILL_ID, f"./{name}")
            if name == "run-1":
                assert await ledger.prune(before=time.time() + 3600) == 3


async def verified(path: Path, pinned: str | None = None) -> Verification:
    async with SqlLedger.open(path, create=False) as ledger:
        return await ledger.verify(pinned=pinned)


def by_hand(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def value(path: Path, query: str) -> str:
    connection = sqlite3.connect(path)
    found = connection.execute(query).fetchone()[0]
    connection.close()
    return str(found)


async def test_an_untouched_ledger_is_sound(path: Path) -> None:
    verification = await verified(path)
    assert verification.bad is None
    assert verification.replayed == 2
    assert verification.rows == verification.head.seq
    assert await verified(path, pinned=verification.head.link) == verification


async def test_deleted_last_rows_are_found(path: Path) -> None:
    last = int(value(path, "SELECT seq FROM ledger_state"))
    for table in CHAINED_TABLES:
        by_hand(path, f"DELETE FROM {table.name} WHERE seq > {last - 3}")
    found = (await verified(path)).bad
    assert found
    assert f"the ledger's last row is {last}" in found.problem


async def test_an_inserted_row_is_found(path: Path) -> None:
    last = int(value(path, "SELECT seq FROM ledger_state"))
    for seq in (5, last + 1):
        by_hand(
            path,
            f"INSERT INTO versions SELECT {seq}, created, origin, link, 'd{seq}', chars, text, files FROM versions LIMIT 1",
        )
        found = (await verified(path)).bad
        assert found
        assert found.seq in (seq, last)
        by_hand(path, f"DELETE FROM versions WHERE digest = 'd{seq}'")
    assert (await verified(path)).sound


async def test_swapped_rows_are_found(path: Path) -> None:
    one, other = (int(value(path, f"SELECT {which}(seq) FROM rounds")) for which in ("min", "max"))
    by_hand(
        path,
        f"UPDATE rounds SET seq = 10000 WHERE seq = {one}",
        f"UPDATE rounds SET seq = {one} WHERE seq = {other}",
        f"UPDATE rounds SET seq = {other} WHERE seq = 10000",
    )
    found = (await verified(path)).bad
    assert found
    assert (found.table, found.seq) == ("rounds", one)


async def test_a_payload_that_nobody_pruned_is_missed(path: Path) -> None:
    by_hand(path, "UPDATE rollouts SET payload = NULL WHERE seq = (SELECT max(seq) FROM rollouts)")
    found = (await verified(path)).bad
    assert found
    assert "was not pruned" in found.problem


async def test_a_ledger_written_anew_is_found_by_the_pinned_head(
    path: Path, tmp_path: Path
) -> None:
    pinned = (await verified(path)).head.link
    async with SqlLedger.open(tmp_path / "forged.db") as forged:
        await forged.start_run(a_run(), SKILL)
    assert (await verified(tmp_path / "forged.db")).sound
    found = (await verified(tmp_path / "forged.db", pinned=pinned)).bad
    assert found
    assert pinned in found.problem


async def test_a_pin_stays_good_while_the_ledger_grows(path: Path) -> None:
    pinned = (await verified(path)).head.link
    async with SqlLedger.open(path) as ledger:
        await ledger.add_rollout("run-1", a_rollout(50))
    assert (await verified(path, pinned=pinned)).sound


async def test_an_edit_that_does_not_make_its_candidate_is_found(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where somebody seals the forged row properly."""
    from skillopt.adapters.ledger.schema import mapping

    honest = mapping.round_row

    def forged(*arguments: object, **more: object) -> dict[str, object]:
        row = honest(*arguments, **more)  # type: ignore[arg-type]
        document = json.loads(row["document"])
        document["proposal"]["draft"]["edits"][0]["text"] = "- Something else.\n"
        return {**row, "document": mapping.stored_json(document)}

    monkeypatch.setattr(mapping, "round_row", forged)
    async with SqlLedger.open(path) as ledger:
        await ledger.start_run(a_run("run-3"), SKILL)
        proposal = a_proposal(an_insert("- Honest.\n"))
        await ledger.add_round(
            *a_round(1, run="run-3", proposal=proposal, outcome=Outcome.ACCEPTED)
        )
        found = (await ledger.verify()).bad
    assert found
    assert found.table == "rounds"
    assert "not its candidate" in found.problem


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM recalled WHERE entry = (SELECT max(entry) FROM recalled)",
        "UPDATE recalled SET document = replace(document, 'rejected', 'inconclusive')",
        "DELETE FROM recall_keys WHERE key = (SELECT max(key) FROM recall_keys)",
        "INSERT INTO recall_keys VALUES (5, 64)",
        "UPDATE tallies SET count = count + 1",
        "DELETE FROM tallies",
    ],
)
async def test_a_change_to_what_follows_from_the_chain_is_found(path: Path, statement: str) -> None:
    by_hand(path, statement)
    found = (await verified(path)).bad
    assert found
    assert found.table in statement
    assert "does not follow" in found.problem
