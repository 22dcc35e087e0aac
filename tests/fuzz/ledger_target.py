"""An export that others wrote: it is refused and nothing is entered, or all of it can be read."""

from __future__ import annotations

import asyncio
import io
import shutil
import tempfile
from functools import cache
from pathlib import Path

from skillopt.adapters.ledger import SqlLedger
from skillopt.adapters.ledger.db.database import Database
from skillopt.adapters.ledger.migrations import migrate
from skillopt.errors import SkilloptError
from tests.adapters.ledger.samples import a_missing, a_rollout, an_ablation, an_exchange, filled
from tests.fuzz.patches import patched


def ledger_import(data: bytes) -> bool:
    """After `=` an export as it is; else changes to a sound one (:mod:`tests.fuzz.patches`)."""
    raw = data.startswith(b"=")
    return asyncio.run(_taken_in(data[1:] if raw else patched(an_export(), data)))


async def _taken_in(data: bytes) -> bool:
    with tempfile.TemporaryDirectory(dir=_workshop()) as name:
        folder = Path(name)
        shutil.copy(_template(), folder / "ledger.db")
        source = folder / "export.jsonl"
        source.write_bytes(data)
        async with SqlLedger.open(folder / "ledger.db") as ledger:
            before = await ledger.chain_head()
            try:
                taken = await ledger.take_in(source)
            except SkilloptError as error:
                assert str(error)
                assert await ledger.chain_head() == before, "refused, but entered in part"
                return False
            assert taken.new <= taken.rows
            await _read_all(ledger)
            return True


async def _read_all(ledger: SqlLedger) -> None:
    """What was taken in verifies, is listed, and can be exported again."""
    found = await ledger.verify()
    assert found.bad is None, found.bad
    for summary in await ledger.list_rounds():
        await ledger.show_round(summary.id)
    for run in await ledger.list_runs():
        await ledger.show_run(run.record.id)
    await ledger.stats()
    await ledger.export(io.StringIO())
    await ledger.export(io.StringIO(), form="csv")


@cache
def an_export() -> bytes:
    """The export of a small ledger."""
    return asyncio.run(_exported())


async def _exported() -> bytes:
    with tempfile.TemporaryDirectory(dir=_workshop()) as name:
        async with SqlLedger.open(Path(name) / "ledger.db") as ledger:
            await filled(ledger)
            await ledger.add_rollout("run-1", a_rollout())
            await ledger.add_rollout("run-1", a_missing(1))
            await ledger.add_exchange(an_exchange())
            await ledger.add_ablation(an_ablation())
            await ledger.attach("./skills/triage", "./skills/sorting")
            stream = io.StringIO()
            await ledger.export(stream)
            return stream.getvalue().encode()


@cache
def _template() -> Path:
    """An empty ledger to copy."""
    path = Path(tempfile.mkdtemp(dir=_workshop())) / "empty.db"

    database = Database(path)
    migrate(database)
    database.close()
    return path


def _workshop() -> str | None:
    """Memory, where there is some: nothing here has to last."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None
