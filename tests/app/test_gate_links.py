"""Links of a hand-written version: what it breaks is refused before any call."""

from __future__ import annotations

from pathlib import Path

import pytest

import skillopt
from skillopt.app.gate_changes import changed_skills
from skillopt.app.gate_links import check_links
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile
from skillopt.errors import InputError
from tests.git_project import commit, git, skills_project, write
from tests.scripted import SKILL, agent, tasks

NO_FILE = "\nSee [the terms](references/terms.md)."
FILE = SkillFile(path="references/words.md", data=b"# Words\n")


def never_asked(skill: str, task: str) -> str:
    raise AssertionError("asked")


def folder_with(home: Path, name: str, skill: Skill) -> Path:
    for file in (SkillFile(path="SKILL.md", data=skill.to_bytes()), *skill.files):
        write(home / name / file.path, file.data.decode())
    return home / name


def a_skill(more: str = "", *files: SkillFile) -> Skill:
    return Skill(text=SKILL.text + more, files=files)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (a_skill(), a_skill(NO_FILE), "references/terms.md, and the skill has no such file"),
        (
            a_skill("\n[w](references/words.md)", FILE),
            a_skill("\n[w](references/words.md)."),
            "references/words.md, which would be gone",
        ),
        (a_skill("", FILE), a_skill(NO_FILE, FILE), "references/terms.md, and the skill has no"),
    ],
)
def test_a_version_that_breaks_a_link_is_refused(
    tmp_path: Path, old: Skill, new: Skill, says: str
) -> None:
    before, after = folder_with(tmp_path / "old", "s", old), folder_with(tmp_path, "s", new)
    with pytest.raises(InputError, match=says) as refused:
        skillopt.gate(before, after, validation_set=tasks(), target=never_asked)
    assert str(refused.value).startswith(str(after))
    assert "nothing was called" in str(refused.value)


def test_a_link_that_both_have_broken_is_a_warning(tmp_path: Path) -> None:
    before = folder_with(tmp_path / "old", "s", a_skill(NO_FILE))
    after = folder_with(tmp_path, "s", a_skill(f"{NO_FILE}\n- roses: garden\n"))
    gated = skillopt.gate(before, after, validation_set=tasks(), target=agent)
    (told,) = (text for text in gated.warnings if "links to" in text)
    assert told.startswith("SKILL.md links to references/terms.md, and the skill has no such file")
    assert told.endswith("; the old version does so, too")


def test_values_are_checked_where_they_are_folders() -> None:
    assert check_links(a_skill(), a_skill(NO_FILE), None) == ()
    with pytest.raises(InputError, match=r"the new version: SKILL.md links to references/terms"):
        check_links(a_skill("", FILE), a_skill(NO_FILE, FILE), None)


def test_of_a_file_alone_nobody_knows_what_lies_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "rules.md"
    file.write_bytes(a_skill(NO_FILE).to_bytes())
    assert check_links(a_skill(), a_skill(NO_FILE), file) == ()


def test_a_changed_skill_with_a_broken_link_is_refused_before_all_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = skills_project(tmp_path / "repo", "a", "b")
    monkeypatch.chdir(root)
    git(root, "checkout", "-q", "-b", "feature")
    for name in ("a", "b"):
        file = root / f"skills/{name}/SKILL.md"
        write(file, file.read_text(encoding="utf-8") + (NO_FILE if name == "b" else "\nMore."))
    commit(root)
    with pytest.raises(InputError, match=r"skills/b/SKILL.md: SKILL.md links to references/terms"):
        changed_skills("main", (), {})
