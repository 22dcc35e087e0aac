"""Real processes: killed at any moment, or many at once on one file."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from tests.adapters.ledger.samples import a_key

ROOT = Path(__file__).parents[4]
EARLIER = Path(__file__).parents[1] / "earlier"


def writing(where: Path | str, *runs: str, rounds: int, rollouts: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.adapters.ledger.writing_process"]
    return subprocess.Popen(
        [*command, str(where), str(rounds), str(rollouts), *runs],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("seed", range(6))
async def test_what_was_acknowledged_survives_a_kill(tmp_path: Path, seed: int) -> None:
    """The same run is killed three times, and goes on where it was."""
    chance = random.Random(seed)
    told: set[tuple[str, str]] = set()
    for _ in range(3):
        process = writing(tmp_path / "ledger.db", "run-1", rounds=40, rollouts=8)
        assert process.stdout
        for _ in range(chance.randrange(1, 250)):
            said = process.stdout.readline().split()
            if not said:
                break
            told.add((said[0], said[1]))
        process.kill()
        for line in process.stdout.read().splitlines(keepends=True):
            if line.endswith("\n"):
                told.add((line.split()[0], line.split()[1]))
        process.communicate()
    async with SqlLedger.open(tmp_path / "ledger.db", create=False) as ledger:
        verification = await ledger.verify()
        assert verification.bad is None
        assert verification.rows >= len(told)
        numbers = [int(name) for kind, name in told if kind == "rollout"]
        found = await ledger.rollouts([a_key(number) for number in numbers])
        assert len(found) == len(numbers)
        rounds = {round_.id for round_ in await ledger.rounds("run-1")}
        assert {name for kind, name in told if kind == "round"} <= rounds
        for kind, name in told:
            if kind == "exchange":
                assert await ledger.exchange("run-1", name)


async def test_eight_processes_lose_nothing_and_enter_nothing_twice(tmp_path: Path) -> None:
    """They open a file that is not there, all at once, and share their rollouts' keys."""
    names = [f"run-{number}" for number in range(8)]
    process = writing(tmp_path / "ledger.db", *names, rounds=12, rollouts=10)
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    async with SqlLedger.open(tmp_path / "ledger.db", create=False) as ledger:
        await entered_by_eight(ledger, names)


async def entered_by_eight(ledger: SqlLedger, names: list[str]) -> None:
    verification = await ledger.verify()
    assert verification.bad is None
    assert verification.replayed == 8 * 4
    for name in names:
        assert [round_.number for round_ in await ledger.rounds(name)] == list(range(1, 13))
        assert (await ledger.usage(name)).calls == 12 * 10 + 12
    assert len(await ledger.refusals("triage")) == 8 * 8


def killed_at_statements(*arguments: str | Path) -> list[dict[str, object]]:
    command = [sys.executable, "-m", "tests.adapters.ledger.statement_kills"]
    done = subprocess.run(
        [*command, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    points: list[dict[str, object]] = json.loads(done.stdout)
    return points


def befores(points: list[dict[str, object]]) -> set[object]:
    return {point["before"] for point in points}


def test_a_kill_between_any_two_statements_leaves_a_sound_ledger(tmp_path: Path) -> None:
    points = killed_at_statements(tmp_path, "--every", "16")
    assert len(points) > 60
    assert {"BEGIN IMMEDIATE", "CREATE TABLE", "CREATE VIRTUAL", "COMMIT"} <= befores(points)
    for point in points:
        assert point["sound"], point
        assert point["again"], point
        assert point["rounds"] == 2
    assert len({point["rows"] for point in points}) == 1, "nothing is entered twice"


def test_a_kill_while_an_earlier_ledger_is_brought_up_to_date(tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    old.write_bytes(gzip.decompress((EARLIER / "schema-1.db.gz").read_bytes()))
    points = killed_at_statements(tmp_path / "kills", "--earlier", old, "--every", "16")
    assert len(points) > 20
    assert {"BEGIN IMMEDIATE", "CREATE TABLE", "ALTER TABLE", "COMMIT"} <= befores(points)
    for point in points:
        assert point["sound"], point
        assert point["again"], point
    assert len({(point["rows"], point["rounds"]) for point in points}) == 1
