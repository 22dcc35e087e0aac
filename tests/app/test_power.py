"""What a validation set can detect, with what past contests have shown of the target."""

from __future__ import annotations

from pathlib import Path

import pytest

import skillopt
from skillopt.app.power import measured_power
from skillopt.core.gate.power import power_on
from skillopt.core.settings import Settings
from skillopt.core.settings_groups import loop_settings
from tests.app.tickets import NEW, project
from tests.cli.commands import skillopt_here
from tests.scripted import tasks

GATED = ("gate", "tickets.md", "new.md", "--tasks", "validation_sets/tickets.yaml")
SETTINGS = Settings(target="desk/agent")


async def test_without_a_ledger_it_rests_on_a_first_guess(tmp_path: Path) -> None:
    found = await measured_power(tasks(), SETTINGS, tmp_path)
    assert found == power_on(tasks(), loop_settings(SETTINGS).gate)
    assert not (tmp_path / ".skillopt").exists(), "asking makes no ledger"


async def test_without_a_target_there_are_no_contests_to_look_for(tmp_path: Path) -> None:
    found = await measured_power(tasks(), Settings(target_command="cat"), tmp_path)
    assert found == power_on(tasks(), loop_settings(Settings()).gate)


async def test_a_ledger_that_cannot_be_read_counts_for_none(tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_text("no database at all, but quite some text")
    settings = SETTINGS.model_copy(update={"ledger": str(broken)})
    assert await measured_power(tasks(), settings, tmp_path) == power_on(
        tasks(), loop_settings(SETTINGS).gate
    )


async def test_an_empty_ledger_has_no_contests(tmp_path: Path) -> None:
    async with skillopt.SqlLedger.open(tmp_path / ".skillopt" / "ledger.db"):
        pass
    found = await measured_power(tasks(), SETTINGS, tmp_path)
    assert found == power_on(tasks(), loop_settings(SETTINGS).gate)


@pytest.mark.parametrize("kind", ["race", "strict"])
async def test_it_is_the_power_of_the_gate_that_decides(kind: str, tmp_path: Path) -> None:
    settings = Settings(target="desk/agent", gate=kind)
    found = await measured_power(tasks(), settings, tmp_path)
    assert found == power_on(tasks(), loop_settings(settings).gate)
    assert found != await measured_power(tasks(), SETTINGS, tmp_path)


def test_the_spread_of_past_contests_takes_the_place_of_the_first_guess(tmp_path: Path) -> None:
    folder = project(tmp_path)
    for number in range(3):
        told = skillopt_here("doctor", "tickets.md", cwd=folder).stdout
        assert "24 validation tasks: a true gain of" in told
        (folder / "new.md").write_text(f"{NEW}<!-- {number} -->\n")
        assert skillopt_here(*GATED, cwd=folder).returncode == 0
    told = skillopt_here("doctor", "tickets.md", cwd=folder).stdout
    assert "24 validation tasks (spread measured in earlier contests" in told
