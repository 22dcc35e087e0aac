"""A command that is ended from outside: one message, its code, however often it is told."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.cli.test_cli import asked, desks, server, started
from tests.loopback import Loopback, hang

__all__ = ["desks", "server"]

INT, TERM, HUP = signal.SIGINT, signal.SIGTERM, signal.SIGHUP


@pytest.fixture
async def hanging(server: Loopback) -> Loopback:
    server.script(otherwise=hang())
    return server


@pytest.mark.parametrize(
    ("sent", "code", "says"),
    [
        ([INT], 130, "interrupted"),
        ([INT] * 5, 130, "interrupted"),
        ([TERM], 143, "terminated"),
        ([HUP], 129, "the terminal was closed"),
        ([TERM] * 4, 143, "terminated"),
    ],
    ids=str,
)
async def test_it_ends_with_one_message(
    sent: list[signal.Signals], code: int, says: str, desks: Path, hanging: Loopback
) -> None:
    process = await started("tune", "SKILL.md", "--tasks", "desks.jsonl", cwd=desks)
    await asked(hanging, 1)
    for number in sent:
        if process.returncode is None:
            process.send_signal(number)
    out, err = await process.communicate()
    told = err.decode()
    assert process.returncode == code, told
    lines = [line for line in told.splitlines() if line.startswith("skillopt: ")]
    assert lines == [f"skillopt: {says}; run the same command to resume"]
    assert "Traceback" not in out.decode() + told
