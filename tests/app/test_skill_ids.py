"""The skill a command is about, and attaching a file that was moved."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.app.skill_ids import asked_skill, attach, file_id, moved_from, moved_hint
from skillopt.errors import InputError, SkillError
from tests.adapters.ledger.samples import SKILL, a_run, filled


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one skill in `b/triage`."""
    (tmp_path / "skillopt.toml").touch()
    (tmp_path / "b" / "triage").mkdir(parents=True)
    (tmp_path / "b" / "triage" / "SKILL.md").write_bytes(SKILL.to_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("given", ["b/triage", "b/triage/SKILL.md", "./b/../b/triage/"])
def test_a_file_is_known_by_its_path_in_the_project(given: str, folder: Path) -> None:
    assert file_id(Path(given)) == "./b/triage"
    assert file_id(folder / given) == "./b/triage"
    assert asked_skill(given) == "./b/triage"


def test_a_file_is_known_alike_from_below(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder / "b")
    assert asked_skill("triage") == "./b/triage"
    assert asked_skill("b") == "b"


def test_a_link_is_the_skill_it_points_to(folder: Path) -> None:
    (folder / "link").symlink_to(folder / "b" / "triage")
    assert file_id(folder / "link") == "./b/triage"


def test_what_is_no_file_is_a_name(folder: Path) -> None:
    assert asked_skill("triage") == "triage"
    assert asked_skill("b") == "b"  # a folder without a skill
    with pytest.raises(SkillError):
        file_id(folder / "nowhere")


async def test_a_moved_file_is_attached_from_any_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with SqlLedger.open(folder / "ledger.db") as ledger:
        await filled(ledger)
        monkeypatch.chdir(folder / "b")
        found = await attach(ledger, "../skills/triage", Path("triage"))
        assert (found.old, found.new, found.runs) == ("./skills/triage", "./b/triage", 1)
        with pytest.raises(InputError, match="nothing to attach"):
            await attach(ledger, "triage", Path("triage"))


async def test_only_a_record_whose_file_is_gone_may_be_that_of_a_moved_file(folder: Path) -> None:
    here = folder / "b" / "triage"
    async with SqlLedger.open(folder / "ledger.db") as ledger:
        assert await moved_from(ledger, here, name="triage") == ()
        await filled(ledger)
        found = await moved_from(ledger, here, name="triage")
        assert found == ("./skills/triage",)
        assert f"skillopt ledger attach ./skills/triage {here}" in moved_hint(found, here)
        assert await moved_from(ledger, here, name="another") == ()
        (folder / "skills" / "triage").mkdir(parents=True)
        assert await moved_from(ledger, here, name="triage") == ()
    assert moved_hint((), here) == ""


async def test_a_skill_given_as_a_value_is_attached_by_its_name(folder: Path) -> None:
    async with SqlLedger.open(folder / "ledger.db") as ledger:
        await ledger.start_run(a_run(skill_path=None), SKILL)
        found = await attach(ledger, "triage", folder / "b" / "triage")
        assert (found.old, found.new) == ("triage", "./b/triage")


async def test_a_file_that_is_still_there_is_another_skill(folder: Path) -> None:
    (folder / "skills" / "triage").mkdir(parents=True)
    (folder / "skills" / "triage" / "SKILL.md").write_bytes(SKILL.to_bytes())
    async with SqlLedger.open(folder / "ledger.db") as ledger:
        await filled(ledger)
        with pytest.raises(InputError, match=r"still there.*--sibling \./skills/triage"):
            await attach(ledger, "skills/triage", folder / "b" / "triage")
        assert await ledger.count_runs(skill="./skills/triage") == 1


async def test_what_the_ledger_does_not_know_is_told_with_what_it_has(folder: Path) -> None:
    async with SqlLedger.open(folder / "ledger.db") as ledger:
        await filled(ledger)
        with pytest.raises(InputError, match=r"no run of the skill nowhere; it has: \./skills"):
            await attach(ledger, "nowhere", folder / "b" / "triage")
