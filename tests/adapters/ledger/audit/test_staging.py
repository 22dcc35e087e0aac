"""Exports that anyone can write, links and all: what no ledger would enter is not taken in."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.errors import SkilloptError
from tests.adapters.ledger.samples import (
    a_missing,
    a_rollout,
    an_ablation,
    an_exchange,
    filled,
)
from tests.fuzz.patches import patched


async def export_of_a_run(path: Path) -> bytes:
    async with SqlLedger.open(path) as ledger:
        await filled(ledger)
        await ledger.add_rollout("run-1", a_rollout())
        await ledger.add_rollout("run-1", a_missing(1))
        await ledger.add_exchange(an_exchange())
        await ledger.add_ablation(an_ablation())
        stream = io.StringIO()
        await ledger.export(stream)
        return stream.getvalue().encode()


def first(export: bytes, table: str) -> int:
    lines = export.splitlines()
    return next(at for at, line in enumerate(lines) if f'"table":"{table}"'.encode() in line)


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        ("versions", 'text "another text"', "does not have this digest"),
        ("versions", "chars 99999999999999999999", "no int to store"),
        ("versions", 'text "\\ud800"', "unpaired surrogate"),
        ("versions", 'text "\\u0000"', "character NUL"),
        ("versions", "chars true", "no int to store"),
        ("versions", "chars null", "`chars` is null"),
        ("runs", "document {}", "no str to store"),
        ("runs", 'document "[]"', "cannot be read"),
        ("runs", 'created "yesterday"', "no time"),
        ("run_ends", "document/settings 7", "cannot be read"),
        ("rounds", 'sections "7"', "content is not that of a row"),
        ("rounds", "document/number 7", "its document says 7"),
        ("rounds", "document", "not a row of a ledger"),
        ("rollouts", "payload/answer", "content is not that of a row"),
        ("rollouts", "seconds NaN", "no float to store"),
        ("exchanges", 'payload "[[["', "content is not that of a row"),
        ("exchanges", "payload null", "missing and was not pruned"),
        ("ablations", "document/0/outcome 1", "content is not that of a row"),
        ("runs", "drop", "no run 'run-1' before it"),
        ("edits", "drop", "edits of rounds are missing"),
        ("edits", "table []", "not a row of a ledger"),
    ],
)
async def test_a_forged_row_is_named_and_nothing_is_taken_in(
    tmp_path: Path, table: str, change: str, said: str
) -> None:
    export = await export_of_a_run(tmp_path / "a.db")
    forged = tmp_path / "forged.jsonl"
    forged.write_bytes(patched(export, f"{first(export, table)} {change}".encode()))
    async with SqlLedger.open(tmp_path / "b.db") as b:
        with pytest.raises(SkilloptError, match=said) as refused:
            await b.take_in(forged)
        assert str(refused.value).startswith(str(forged))
        assert (await b.chain_head()).seq == 1, "nothing but its own first row"


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"[" * 100_000, b'{"ledger":"a","head":"b","schema":6}', b'{"a":NaN}']
)
async def test_what_is_no_export_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.jsonl"
    path.write_bytes(content)
    async with SqlLedger.open(tmp_path / "b.db") as b:
        with pytest.raises(SkilloptError, match=r"odd\.jsonl"):
            await b.take_in(path)


async def test_the_same_export_unforged_is_taken_in(tmp_path: Path) -> None:
    export = await export_of_a_run(tmp_path / "a.db")
    path = tmp_path / "a.jsonl"
    path.write_bytes(patched(export, b""))
    async with SqlLedger.open(tmp_path / "b.db") as b:
        assert (await b.take_in(path)).new > 0
        assert (await b.verify()).sound
