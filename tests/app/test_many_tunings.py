"""Eight processes tune one skill with one ledger, all at once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import skillopt
from tests.scripted import ROOT, SKILL, environment


async def test_eight_tunings_on_one_ledger_lose_nothing_and_never_lock(tmp_path: Path) -> None:
    (tmp_path / "SKILL.md").write_text(SKILL.text)
    done = subprocess.run(  # noqa: ASYNC221 - nothing else is at work here
        [sys.executable, "-m", "tests.app.many_tunings", str(tmp_path), "8"],
        check=False,
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    ran = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(ran) == 8
    async with skillopt.SqlLedger.open(tmp_path / "ledger.db") as ledger:
        found = await ledger.verify()
        assert found.sound, found.bad
        kept = {run.record.id: run for run in await ledger.list_runs()}
        assert set(kept) == {run["id"] for run in ran}
        for run in ran:
            name = run["id"]
            assert kept[name].rounds == run["rounds"]
            assert not kept[name].record.pending
            assert (await ledger.usage(name)).calls == run["calls"]
