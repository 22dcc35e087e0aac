"""What doctor says of the files around a SKILL.md that are no part of it."""

from __future__ import annotations

from pathlib import Path

from skillopt.adapters.files.skill_file import read_skill
from skillopt.app.folder_checkup import about_folder


def said(folder: Path) -> list[tuple[str, str]]:
    found = about_folder(folder / "SKILL.md", read_skill(folder))
    return [(finding.level, finding.says) for finding in found]


def put(folder: Path, *paths: str) -> None:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("x", encoding="utf-8")


def test_nothing_is_said_of_a_folder_with_its_own_files(tmp_path: Path) -> None:
    put(tmp_path, "SKILL.md", "references/a.md")

    assert said(tmp_path) == []


def test_what_is_left_out_is_named_by_reason_and_so_are_links_to_it(tmp_path: Path) -> None:
    put(tmp_path, *(f".hidden{number}" for number in range(7)), "run.log", "output/a.md")
    text = "[result](output/a.md), [again](output/a.md#x), [own](references/a.md), [no](b)\n"
    (tmp_path / "SKILL.md").write_text(text, encoding="utf-8")
    put(tmp_path, "references/a.md")

    (_, listed), (level, link) = said(tmp_path)

    assert ".hidden4 and 2 more (hidden); output/, run.log (logs and output)" in listed
    assert level == "warning"
    assert link.startswith("SKILL.md links to output/a.md, which is left out of the skill (logs")


def test_a_link_to_no_file_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "SKILL.md").write_text("[a](a.md) [no](references/b.md)\n", encoding="utf-8")
    put(tmp_path, "a.md")

    ((level, says),) = said(tmp_path)
    assert level == "warning"
    assert says.startswith("SKILL.md links to references/b.md, and the skill has no such file: cre")


def test_the_root_of_a_repository_is_said(tmp_path: Path) -> None:
    put(tmp_path, "SKILL.md", ".git/config", "src/a.py")

    assert "the root of a repository" in said(tmp_path)[-1][1]
