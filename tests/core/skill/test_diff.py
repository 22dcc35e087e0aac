"""The difference between two versions, as a unified diff."""

from __future__ import annotations

import subprocess
from pathlib import Path

from hypothesis import given

from skillopt.core.skill.diff import changed_lines, skill_diff
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile
from tests.core.texts import skills

OLD = Skill(text="# Top\n\n- one\n- two\n- three\n\nend\n")
NEW = Skill(text="# Top\n\n- one\n- 2\n- three\n\nend\n")


def test_a_change_with_the_lines_around_it() -> None:
    assert skill_diff(OLD, NEW) == ("@@ -3,3 +3,3 @@", " - one", "-- two", "+- 2", " - three")


def test_more_or_less_context() -> None:
    assert len(skill_diff(OLD, NEW, context=0)) == 3
    assert len(skill_diff(OLD, NEW, context=9)) == 9


def test_named_versions_have_two_lines_of_their_own() -> None:
    lines = skill_diff(OLD, NEW, names=("1f0c", "SKILL.md"))
    assert lines[:2] == ("--- 1f0c", "+++ SKILL.md")
    assert lines[2:] == skill_diff(OLD, NEW)


@given(skills)
def test_equal_texts_have_no_difference(skill: Skill) -> None:
    assert skill_diff(skill, skill, names=("a", "b")) == ()


@given(skills, skills)
def test_the_lines_add_up(before: Skill, after: Skill) -> None:
    lines = skill_diff(before, after, context=0)
    gone = sum(line.startswith("-") for line in lines)
    came = sum(line.startswith("+") for line in lines)
    counts = len(after.text.splitlines()) - len(before.text.splitlines())
    assert came - gone == counts


FOLDER = Skill(
    text="# A\n",
    files=(
        SkillFile(path="references/b.md", data=b"one\r\ntwo\r\nthree"),
        SkillFile(path="references/gone.md", data=b"gone\n"),
        SkillFile(path="scripts/run.sh", data=b"#!/bin/sh\n"),
        SkillFile(path="assets/a.png", data=b"\0"),
        SkillFile(path='assets/gr\u00f6\u00dfe "1"\t.md', data=b"x\n"),
    ),
)
EDITED = Skill(
    text="# A\n\nmore",
    files=(
        SkillFile(path="references/b.md", data=b"one\r\n2\r\nthree\n"),
        SkillFile(path="references/new/c.md", data=b"a\x0cb\n\n"),
        SkillFile(path="scripts/run.sh", data=b"#!/bin/sh\n", executable=True),
        SkillFile(path="assets/a.png", data=b"\0"),
        SkillFile(path='assets/gr\u00f6\u00dfe "1"\t.md', data=b"y\n"),
    ),
)


def test_git_applies_the_diff_of_a_folder(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    for path, data in (("SKILL.md", FOLDER.to_bytes()), *((f.path, f.data) for f in FOLDER.files)):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    patch = "".join(f"{line}\n" for line in skill_diff(FOLDER, EDITED, context=3))

    git = ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "-"]
    subprocess.run(git, cwd=tmp_path, input=patch.encode(), check=True)

    assert (tmp_path / "SKILL.md").read_bytes() == EDITED.to_bytes()
    assert not (tmp_path / "references/gone.md").exists()
    for file in EDITED.files:
        assert (tmp_path / file.path).read_bytes() == file.data
        assert bool((tmp_path / file.path).stat().st_mode & 0o100) == file.executable


def test_what_is_no_text_is_only_said_to_differ() -> None:
    changed = tuple(
        file.model_copy(update={"data": b"\0\1"}) if file.path == "assets/a.png" else file
        for file in FOLDER.files
    )
    assert skill_diff(FOLDER, FOLDER.model_copy(update={"files": changed})) == (
        "diff --git a/assets/a.png b/assets/a.png",
        "Binary files a/assets/a.png and b/assets/a.png differ",
    )


def test_equal_folders_have_no_difference() -> None:
    assert skill_diff(FOLDER, FOLDER) == ()
    assert not list(changed_lines(FOLDER, FOLDER))


def test_the_changed_lines_of_every_file() -> None:
    assert set(changed_lines(FOLDER, EDITED)) >= {"more", "two", "2", "gone", "y"}
