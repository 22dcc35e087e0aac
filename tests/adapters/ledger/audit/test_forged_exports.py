"""Exports whose chain fits and whose rows no ledger holds: refused with their line, nothing kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.adapters.ledger.schema.chain import GENESIS, next_link
from skillopt.app.ledger import read_other
from skillopt.errors import InputError, LedgerError
from tests.adapters.ledger.samples import a_run
from tests.scripted import SKILL

Rows = list[dict[str, Any]]
Change = Callable[[dict[str, Any]], None]


async def exported(folder: Path) -> tuple[dict[str, Any], Rows]:
    path = folder / "export.jsonl"
    async with SqlLedger.open(folder / "source.db") as ledger:
        await ledger.start_run(a_run(), SKILL)
        with path.open("w") as lines:
            await ledger.export(lines, form="jsonl")
    about, *rows = map(json.loads, path.read_text().splitlines())
    return about, rows


def chained(about: dict[str, Any], rows: Rows, path: Path) -> None:
    """Write an export again, with the links that its rows now have."""
    link = GENESIS
    for row in rows:
        try:
            link = next_link(link, row["table"], {k: v for k, v in row.items() if k != "table"})
        except UnicodeEncodeError:
            link = "0" * 64
        row["link"] = link
    lines = [json.dumps(each) for each in ({**about, "head": link}, *rows)]
    path.write_text("\n".join(lines) + "\n")


FORGED: dict[str, tuple[str, dict[str, Any], str]] = {
    "half a pair": ("runs", {"skill_name": "x\ud800"}, "unpaired surrogate"),
    "NUL": ("runs", {"skill_name": "x\0"}, "NUL"),
    "another kind": ("runs", {"skill_name": ["x"]}, "`skill_name` is .* no str"),
    "nothing": ("runs", {"skill_name": None}, "`skill_name` is null"),
    "too large": ("versions", {"chars": 10**30}, "`chars` is .* no int"),
    "no number": ("versions", {"chars": "many"}, "`chars` is .* no int"),
    "another text": ("versions", {"text": "another"}, "digest"),
}


@pytest.mark.parametrize("name", FORGED)
async def test_a_row_that_no_ledger_holds_is_refused(name: str, tmp_path: Path) -> None:
    table, change, complaint = FORGED[name]
    about, rows = await exported(tmp_path)
    next(row for row in rows if row["table"] == table).update(change)
    path = tmp_path / "forged.jsonl"
    chained(about, rows, path)
    with (
        pytest.raises((InputError, LedgerError), match=complaint) as refused,
        read_other(str(path)),
    ):
        pass
    assert str(path) in str(refused.value)


async def test_the_same_without_a_change_is_read(tmp_path: Path) -> None:
    about, rows = await exported(tmp_path)
    path = tmp_path / "again.jsonl"
    chained(about, rows, path)
    with read_other(str(path)) as source:
        assert source.head == about["head"]
