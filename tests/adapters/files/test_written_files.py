"""Which files a write of a skill touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.adapters.files.skill_file import write_skill
from skillopt.adapters.files.written_files import MOST_NAMED
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile

TEXT = "---\nname: forms\n---\n# Forms\n"


def a_skill(text: str = TEXT, **files: str) -> Skill:
    return Skill(
        text=text,
        files=tuple(
            SkillFile(path=f"references/{name}.md", data=data.encode())
            for name, data in files.items()
        ),
    )


OLD = a_skill(a="a", b="b")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_skill(tmp_path / "forms", OLD, expected_digest="")
    return tmp_path / "forms"


@pytest.mark.parametrize("named", ["forms", "forms/SKILL.md"])
@pytest.mark.parametrize(
    ("new", "files", "note"),
    [
        (a_skill(a="A", b="b"), ("references/a.md",), "written to {}/references/a.md"),
        (a_skill("new", a="a", b="b"), ("SKILL.md",), "written to {}/SKILL.md"),
        (a_skill(a="a"), ("references/b.md",), "deleted {}/references/b.md"),
        (
            a_skill(),
            ("references/a.md", "references/b.md"),
            "in {}: deleted references/a.md, references/b.md",
        ),
        (
            a_skill("new", a="A", c="c"),
            ("SKILL.md", "references/a.md", "references/b.md", "references/c.md"),
            "in {}: written SKILL.md, references/a.md, references/c.md; deleted references/b.md",
        ),
    ],
)
def test_what_was_written_is_named_and_nothing_else(
    folder: Path, named: str, new: Skill, files: tuple[str, ...], note: str
) -> None:
    done = write_skill(folder.parent / named, new, expected_digest=OLD.digest)
    assert (done.files, done.note) == (files, note.format(folder))


def test_a_new_folder_is_named_as_a_whole(tmp_path: Path) -> None:
    done = write_skill(tmp_path / "new", OLD, expected_digest="")
    assert done.note == f"written to {tmp_path / 'new'}"
    alone = write_skill(tmp_path / "alone/SKILL.md", a_skill(), expected_digest="")
    assert alone.note == f"written to {tmp_path / 'alone/SKILL.md'}"


def test_a_link_to_another_folder_is_told_by_that_folder(folder: Path) -> None:
    link = folder.parent / "link" / "SKILL.md"
    link.parent.mkdir()
    link.symlink_to(folder / "SKILL.md")
    done = write_skill(link, a_skill(a="A", b="b"), expected_digest=OLD.digest)
    assert done.note == f"written to {folder.resolve() / 'references/a.md'}"


def test_of_many_files_the_first_are_named(folder: Path) -> None:
    many = a_skill(**{f"n{number}": "n" for number in range(MOST_NAMED + 3)}, a="a", b="b")
    done = write_skill(folder, many, expected_digest=OLD.digest)
    assert done.note.endswith("references/n3.md, references/n4.md and 3 more")


def test_a_file_under_another_spelling_keeps_its_name(tmp_path: Path) -> None:
    file = tmp_path / "forms" / "skill.md"
    file.parent.mkdir()
    file.write_text(TEXT, encoding="utf-8")
    done = write_skill(file.parent, a_skill("new", a="a"), expected_digest=a_skill().digest)
    assert done.note == f"in {file.parent}: written skill.md, references/a.md"
