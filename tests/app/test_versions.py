"""A skill's file, a version of it in the ledger, and restoring one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.app.versions import find_version, read_current, restore_version
from skillopt.core.skill.skill import Skill
from skillopt.errors import InputError, SkillError
from tests.adapters.ledger.samples import SKILL, filled


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[SqlLedger]:
    async with SqlLedger.open(tmp_path / "ledger.db") as opened:
        yield opened


def test_a_folder_is_read_by_its_file(tmp_path: Path) -> None:
    (tmp_path / "triage").mkdir()
    (tmp_path / "triage" / "SKILL.md").write_text("# T\n")
    found = read_current(tmp_path / "triage")
    assert (found.path.name, found.name, found.skill.text) == ("SKILL.md", "triage", "# T\n")
    with pytest.raises(SkillError, match="no such file"):
        read_current(tmp_path / "none.md")


async def test_a_version_is_found_by_its_beginning_or_as_the_newest_runs_first(
    ledger: SqlLedger,
) -> None:
    last = await filled(ledger)
    assert await find_version(ledger, "triage", last.digest[:10]) == last
    assert await find_version(ledger, "triage", None) == SKILL


async def test_none_and_several_name_what_there_is(ledger: SqlLedger) -> None:
    with pytest.raises(InputError, match="the ledger has no version of triage"):
        await find_version(ledger, "triage", None)
    await filled(ledger)
    with pytest.raises(InputError, match="no version 'zz' of triage in the ledger; the newest is"):
        await find_version(ledger, "triage", "zz")
    with pytest.raises(InputError, match=r"could be \w{12}, .*; type more of the hash"):
        await find_version(ledger, "triage", "")


async def test_a_file_whose_text_the_ledger_has_is_replaced_and_another_one_is_not(
    ledger: SqlLedger, tmp_path: Path
) -> None:
    last = await filled(ledger)
    path = tmp_path / "SKILL.md"
    path.write_bytes(last.to_bytes())
    assert (await restore_version(ledger, read_current(path), SKILL)).kind == "written"
    assert path.read_bytes() == SKILL.to_bytes()
    path.write_text("# Mine\n")
    beside = await restore_version(ledger, read_current(path), last)
    assert beside.kind == "beside"
    assert path.read_text() == "# Mine\n"
    assert Skill.from_bytes(beside.path.read_bytes()) == last
