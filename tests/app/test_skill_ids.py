"""The skill a command is about, and attaching a file that was moved."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.app.skill_ids import asked_skill, attach, file_id, moved_hint
from skillopt.errors import InputError, SkillError
from tests.adapters.ledger.samples import SKILL, a_run, an_end, filled
from tests.scripted import tasks


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


def test_a_link_to_a_file_outside_of_its_project_is_known_by_the_link(folder: Path) -> None:
    project = folder / "project"
    (project / "validation_sets").mkdir(parents=True)
    (project / ".git").mkdir()
    (project / "validation_sets" / "sort.yaml").touch()
    (project / "sort").symlink_to(folder / "b" / "triage")
    assert file_id(project / "sort") == file_id(project / "sort" / "SKILL.md") == "./sort"
    (project / "here").mkdir()
    (project / "here" / "SKILL.md").write_bytes(SKILL.to_bytes())
    (project / "sort").unlink()
    (project / "sort").symlink_to("here")
    assert file_id(project / "sort") == "./here"


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
        assert await moved_hint(ledger, here, name="triage") == ""
        await filled(ledger)
        assert await moved_hint(ledger, here, name="triage") == (
            "the ledger has a skill of that name at ./skills/triage; if it was moved: "
            f"skillopt ledger attach ./skills/triage {here}"
        )
        assert await moved_hint(ledger, here, name="another") == ""
        (folder / "skills" / "triage").mkdir(parents=True)
        assert await moved_hint(ledger, here, name="triage") == ""


async def test_test_tasks_that_a_gone_file_used_are_told_until_it_is_attached(
    folder: Path,
) -> None:
    here, tests = folder / "b" / "triage", tasks().split("test")
    old = a_run("old", skill_path="skills/triage").model_copy(
        update={"opened": tuple(task.digest for task in tests[:1])}
    )
    async with SqlLedger.open(folder / "ledger.db") as ledger:
        await ledger.start_run(old, SKILL)
        await ledger.finish_run(an_end(old))
        await ledger.start_run(a_run("new", skill_path="b/triage", fingerprint="f2"), SKILL)
        assert await moved_hint(ledger, here, name="triage") == ""
        told = await moved_hint(ledger, here, name="triage", tests=tests)
        assert "; run old used its test tasks, which counts here only if it is attached; " in told
        assert told.endswith(f"skillopt ledger attach ./skills/triage {here}")
        assert await moved_hint(ledger, here, name="triage", tests=tests[1:]) == ""
        await attach(ledger, "skills/triage", here)
        assert await moved_hint(ledger, here, name="triage", tests=tests) == ""
        assert [one.id for one in await ledger.openings("./b/triage")] == ["old"]


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
