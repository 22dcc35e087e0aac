"""A pull request: every skill that has changed goes through the gate."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import skillopt
from skillopt.app.base_version import against_base
from skillopt.app.gate_changes import GatedChanges, GatedSkill, changed_skills
from skillopt.core.gate import Outcome
from skillopt.errors import InputError, SettingsError, ValidationSetError
from tests.app.tickets import NEW, OLD
from tests.git_project import (
    WORSE,
    commit,
    git,
    pull_request,
    repository,
    skills_project,
    ticket_tasks,
    write,
)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SKILLOPT_LEDGER", raising=False)


def by_path(found: GatedChanges) -> dict[str, GatedSkill]:
    return {one.path: one for one in found.skills}


def skipped(root: Path, *paths: str) -> dict[str, str]:
    _, found = changed_skills("main", paths, {})
    return {one.path: one.skipped for one in found}


async def test_a_pull_request_with_two_changed_skills(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = pull_request(tmp_path / "repo")
    monkeypatch.chdir(root)
    found = await skillopt.agate_changes("main")
    assert [(one.path, one.gated and one.gated.outcome) for one in found.skills] == [
        ("skills/better/SKILL.md", Outcome.ACCEPTED),
        ("skills/worse/SKILL.md", Outcome.REJECTED),
    ]
    assert found.outcome is Outcome.REJECTED
    assert found.base == git(root, "rev-parse", "main")
    assert found.usage.calls == sum(one.usage.calls for one in found.verdicts) > 0
    better = found.verdicts[0]
    assert better.skill == "better"
    assert better.difference is not None
    assert better.difference.low <= better.difference.mean <= better.difference.high
    async with skillopt.SqlLedger.open(root / ".skillopt/ledger.db") as ledger:
        entry = await ledger.show_run(better.run)
        by_hand = entry.record.by_hand
    assert by_hand is not None
    assert by_hand.old is not None
    assert (by_hand.old.commit, by_hand.old.path) == (found.base, "skills/better/SKILL.md")
    again = await skillopt.agate_changes("main")
    assert again.usage.calls == 0, "the ledger has the verdicts"


async def test_tasks_and_settings_are_those_of_the_new_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = skills_project(tmp_path / "repo", "a")
    monkeypatch.chdir(root)
    git(root, "checkout", "-q", "-b", "feature")
    write(root / "skills/a/SKILL.md", NEW)
    write(root / "validation_sets/a.yaml", ticket_tasks("a", validation=12))
    write(root / "skillopt.toml", "practice = true\nguard_skill_chars = 10\n")
    commit(root)
    found = await skillopt.agate_changes("main")
    (verdict,) = found.verdicts
    assert verdict.verdict.code == "guard"
    assert verdict.power.units == 12


def test_what_has_changed_is_told_with_the_reason_where_there_is_nothing_to_test(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("a", "moved", "deleted", "folder", "edited")
    root = skills_project(tmp_path / "repo", *names)
    write(root / "skills/untested/SKILL.md", OLD)
    write(root / "skills/deleted/SKILL.md", "# Something else\n\nand more of it\n")
    commit(root)
    monkeypatch.chdir(root)
    git(root, "checkout", "-q", "-b", "feature")
    git(root, "mv", "skills/moved", "skills/there")
    git(root, "rm", "-rq", "skills/deleted")
    write(root / "skills/folder/references/r.md", "new\n")
    write(root / "skills/new/SKILL.md", "# New\n")
    write(root / "skills/untested/SKILL.md", NEW)
    write(root / "skills/edited/SKILL.md", NEW)
    write(root / "docs/readme.md", "no skill\n")
    assert skipped(root) == {
        "skills/deleted/SKILL.md": "deleted",
        "skills/edited/SKILL.md": "",
        "skills/folder/SKILL.md": "",
        "skills/new/SKILL.md": "new: there is no earlier version",
        "skills/there/SKILL.md": "moved; unchanged",
        "skills/untested/SKILL.md": "no validation set is named after it",
    }
    assert list(skipped(root, "skills/new", "skills/edited/SKILL.md")) == [
        "skills/edited/SKILL.md",
        "skills/new/SKILL.md",
    ]


def test_a_path_of_a_changed_file_keeps_its_skill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = skills_project(tmp_path / "repo", "a", "b")
    monkeypatch.chdir(root)
    for name in "ab":
        write(root / f"skills/{name}/references/r.md", "new\n")
    assert list(skipped(root, "skills/a/references/r.md")) == ["skills/a/SKILL.md"]
    assert list(skipped(root, "skills/b/references")) == ["skills/b/SKILL.md"]
    assert skipped(root, "skills/a/SKILL.md", "skillopt.toml") == {"skills/a/SKILL.md": ""}
    assert skipped(root, "validation_sets") == {}


def test_a_markdown_file_with_tasks_is_a_skill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"skillopt.toml": "practice = true\n", "notes/tickets.md": OLD, "notes/plain.md": OLD}
    files["validation_sets/tickets.yaml"] = ticket_tasks("tickets")
    root = repository(tmp_path / "repo", files)
    monkeypatch.chdir(root)
    write(root / "notes/tickets.md", NEW)
    write(root / "notes/plain.md", NEW)
    assert skipped(root) == {"notes/tickets.md": ""}


def test_a_renamed_and_edited_skill_keeps_its_earlier_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = skills_project(tmp_path / "repo", "a")
    monkeypatch.chdir(root)
    git(root, "mv", "skills/a", "skills/b")
    git(root, "mv", "validation_sets/a.yaml", "validation_sets/b.yaml")
    write(root / "skills/b/SKILL.md", f"{OLD}Be brief.\n")
    git(root, "add", "-A")
    _, (one,) = changed_skills("main", (), {})
    assert (one.path, one.before, one.skipped) == ("skills/b/SKILL.md", "skills/a/SKILL.md", "")
    assert one.old is not None
    assert one.old.skill.text == OLD


def test_line_endings_alone_are_no_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = skills_project(tmp_path / "repo", "a")
    monkeypatch.chdir(root)
    git(root, "config", "core.autocrlf", "true")
    write(root / "skills/a/SKILL.md", OLD.replace("\n", "\r\n"))
    assert set(skipped(root).values()) <= {"unchanged"}
    write(root / "skills/a/SKILL.md", NEW.replace("\n", "\r\n"))
    _, (one,) = changed_skills("main", (), {})
    assert one.job is not None
    assert one.job.inputs.skill.text == NEW


def test_a_submodule_is_named_and_not_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = skills_project(tmp_path / "repo", "a")
    inner = repository(tmp_path / "inner", {"SKILL.md": OLD})
    monkeypatch.chdir(root)
    git(root, "submodule", "--quiet", "add", str(inner), "sub")
    assert skipped(root) == {"sub": "a submodule; run the command in it"}


def test_a_link_out_of_the_repository_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = skills_project(tmp_path / "repo", "a")
    monkeypatch.chdir(root)
    write(tmp_path / "outside.md", NEW)
    (root / "skills/a/SKILL.md").unlink()
    (root / "skills/a/SKILL.md").symlink_to(tmp_path / "outside.md")
    assert skipped(root) == {"skills/a/SKILL.md": "a link to a file outside of the repository"}


async def test_bad_input_of_one_skill_is_an_error_before_any_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = pull_request(tmp_path / "repo")
    monkeypatch.chdir(root)
    write(root / "validation_sets/worse.yaml", "tasks: 3\n")
    with pytest.raises(InputError, match=r"worse\.yaml"):
        await skillopt.agate_changes("main")
    assert not (root / ".skillopt").exists()


async def test_paths_outside_and_refs_that_are_missing_are_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = skills_project(tmp_path / "repo", "a")
    monkeypatch.chdir(root)
    with pytest.raises(InputError, match="is outside of the repository"):
        await skillopt.agate_changes("main", tmp_path)
    with pytest.raises(InputError, match="no commit 'other'"):
        await skillopt.agate_changes("other")
    nothing = await skillopt.agate_changes("main")
    assert (nothing.skills, nothing.outcome) == ((), Outcome.ACCEPTED)


async def test_a_limit_holds_for_all_the_skills_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = skills_project(tmp_path / "repo", "a", "b", "c")
    monkeypatch.chdir(root)
    for name in ("a", "b", "c"):
        write(root / f"skills/{name}/SKILL.md", NEW)
    whole = await skillopt.agate_changes("main", ledger=tmp_path / "whole.db")
    first = whole.verdicts[0].usage.calls
    found = by_path(await skillopt.agate_changes("main", max_calls=first + 3))
    assert found["skills/a/SKILL.md"].gated is not None
    assert f"max_calls = {3} leaves no room" in (found["skills/b/SKILL.md"].failed or "")
    assert found["skills/c/SKILL.md"].failed == "not tested after the failure before it"
    shutil.rmtree(root / ".skillopt")
    again = await skillopt.agate_changes("main", max_calls=whole.usage.calls)
    assert not again.failed


def test_the_waiting_form_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = pull_request(tmp_path / "repo")
    monkeypatch.chdir(root)
    found = skillopt.gate_changes("main", "skills/worse")
    assert [one.path for one in found.skills] == ["skills/worse/SKILL.md"]
    assert (root / "skills/worse/SKILL.md").read_text() == WORSE


async def test_an_unknown_option_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = pull_request(tmp_path / "repo")
    monkeypatch.chdir(root)
    with pytest.raises(SettingsError, match="no_such"):
        await skillopt.agate_changes("main", no_such=1)  # type: ignore[call-arg]


@pytest.mark.parametrize("deleted", ["validation_sets/edited.yaml", "skills/edited/evals"])
def test_a_change_does_not_take_its_tests_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deleted: str
) -> None:
    root = skills_project(tmp_path / "repo", "edited", "other")
    if deleted.endswith("evals"):
        git(root, "mv", "validation_sets/edited.yaml", "validation_sets/nobodys.yaml")
        write(root / deleted / "evals.json", "{}")
        commit(root)
    monkeypatch.chdir(root)
    git(root, "checkout", "-q", "-b", "feature")
    git(root, "rm", "-rq", deleted)
    assert set(skipped(root).values()) <= {"unchanged"}
    write(root / "skills/edited/SKILL.md", NEW)
    with pytest.raises(ValidationSetError, match=rf"edited/SKILL.md .*{deleted}\S* is deleted"):
        changed_skills("main", (), {})
    git(root, "rm", "-rqf", "skills/edited")
    assert skipped(root) == {"skills/edited/SKILL.md": "deleted"}


FORM = "---\nname: {0}\ndescription: Letters.\n---\n# Desk\n\n" + "- A rule of the house.\n" * 9


def test_of_alike_skills_the_name_says_which_was_renamed_and_which_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"skillopt.toml": "practice = true\n"}
    for name in ("bread", "lawns"):
        files[f"skills/{name}/SKILL.md"] = FORM.format(name)
        files[f"skills/{name}/references/r.md"] = "# R\n"
    root = repository(tmp_path / "repo", files)
    monkeypatch.chdir(root)
    git(root, "rm", "-rq", "skills/lawns")
    git(root, "mv", "skills/bread", "skills/baker")
    write(root / "skills/baker/SKILL.md", FORM.format("bread") + "- Be brief.\n")
    write(root / "skills/tools/SKILL.md", FORM.format("tools"))
    _, found = changed_skills("main", (), {})
    assert [(one.path, one.before, one.skipped) for one in found] == [
        (
            "skills/baker/SKILL.md",
            "skills/bread/SKILL.md",
            "no validation set is named after it",
        ),
        ("skills/lawns/SKILL.md", "skills/lawns/SKILL.md", "deleted"),
        (
            "skills/tools/SKILL.md",
            "skills/tools/SKILL.md",
            (
                "new: there is no earlier version; if it was skills/lawns/SKILL.md: "
                "name both versions, REF:skills/lawns/SKILL.md and this one"
            ),
        ),
    ]
    one = against_base(Path("skills/baker"), "main")
    assert (one.old.skill.name, one.new.name) == ("bread", "bread")
    with pytest.raises(InputError, match=r"tools is new: .* name both versions, REF:skills/lawns/"):
        against_base(Path("skills/tools"), "main")
