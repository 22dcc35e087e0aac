"""kill -9 around a decision, and two people at once: nothing is lost, nothing happens twice."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import skillopt
from skillopt.adapters.ledger import SqlLedger
from skillopt.core.gate.contest import Outcome
from skillopt.errors import AlreadyDecided, ApprovalNeeded
from tests.adapters.ledger.samples import SKILL as SAMPLE
from tests.adapters.ledger.samples import a_decision, a_round, a_run
from tests.app.one_approval import WORDS, options
from tests.scripted import ROOT, SKILL, environment

POINTS = ("add_waiting", "decide", "add_round")


@pytest.mark.parametrize("point", POINTS)
def test_a_run_that_dies_around_a_decision_goes_on(tmp_path: Path, point: str) -> None:
    path = tmp_path / "SKILL.md"
    path.write_bytes(SKILL.to_bytes())
    died = subprocess.run(
        [sys.executable, "-m", "tests.app.one_approval", str(tmp_path), point],
        check=False,
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    again = options(tmp_path, tmp_path / "ledger.db")
    if point == "add_waiting":
        with pytest.raises(ApprovalNeeded) as needed:
            skillopt.tune(**again)
        skillopt.approve(needed.value.entry, by="Ana", ledger=tmp_path / "ledger.db")
    run = skillopt.tune(**again)
    (round_,) = run.rounds
    assert round_.decision.kind == "accepted"
    assert round_.approval
    assert round_.approval.person == "Ana"
    assert path.read_text() == SKILL.text + WORDS
    verified, counts = asyncio.run(_counted(tmp_path / "ledger.db"))
    assert verified.bad is None, verified.bad
    assert counts == (1, 1, 1)


async def _counted(where: Path) -> tuple[Any, tuple[int, ...]]:
    async with SqlLedger.open(where, create=False) as ledger:
        waited = await ledger.list_waiting(decided=True)
        decisions = [one for one in waited if one.decision]
        counts = (len(waited), len(decisions), len(await ledger.rounds(waited[0].round.run)))
        return await ledger.verify(), counts


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_of_two_people_at_once_one_decides(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    where = tmp_path / "ledger.db" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    async with SqlLedger.open(where) as ana, SqlLedger.open(where) as bo:
        for number in range(4):
            run = f"run-{number}"
            await ana.start_run(a_run(run, fingerprint=run), SAMPLE)
            round_, candidate = a_round(1, run=run, outcome=Outcome.ACCEPTED)
            assert candidate
            await ana.add_waiting(round_, candidate)
            both = await asyncio.gather(
                ana.decide(a_decision(round_)),
                bo.decide(a_decision(round_, kind="refused", person="Bo", reason="no")),
                return_exceptions=True,
            )
            (lost,) = [one for one in both if one is not None]
            assert isinstance(lost, AlreadyDecided)
            kept = (await ana.show_waiting(round_.id)).decision
            assert kept
            assert kept.person == ("Bo" if both[0] is lost else "Ana")
            assert kept.person in str(lost)
        assert (await bo.verify()).sound
