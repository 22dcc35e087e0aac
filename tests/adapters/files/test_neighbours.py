from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.adapters.files.neighbours import read_neighbours
from skillopt.errors import SettingsError, SkillError


def skill(folder: Path, name: str, head: str) -> Path:
    path = folder / name / "SKILL.md"
    path.parent.mkdir(parents=True)
    path.write_text(f"---\n{head}\n---\nBody\n")
    return path


def test_the_others_by_name(tmp_path: Path) -> None:
    own = skill(tmp_path, "sort", "name: sort\ndescription: Sorts.")
    skill(tmp_path, "weed", "name: weed\ndescription: Weeds.")
    skill(tmp_path, "kitchen", "name: cook\ndescription: Cooks.")
    (tmp_path / "notes").mkdir()
    (tmp_path / "README.md").touch()
    found = read_neighbours(tmp_path, but=own)
    assert [one.name for one in found] == ["cook", "weed"]
    assert len(read_neighbours(tmp_path, but=None)) == 3


def test_a_link_to_the_skill_itself_is_no_neighbour(tmp_path: Path) -> None:
    own = skill(tmp_path / "real", "sort", "name: sort\ndescription: Sorts.")
    shelf = tmp_path / "shelf"
    skill(shelf, "weed", "name: weed\ndescription: Weeds.")
    (shelf / "sort").symlink_to(own.parent)
    assert [one.name for one in read_neighbours(shelf, but=own)] == ["weed"]


def test_what_is_no_shelf(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is no folder"):
        read_neighbours(tmp_path / "gone", but=None)
    own = skill(tmp_path, "sort", "name: sort")
    with pytest.raises(SettingsError, match=r"holds another SKILL\.md"):
        read_neighbours(tmp_path, but=own)
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "SKILL.md").write_bytes(b"\xff\xfe")
    with pytest.raises(SkillError, match="odd"):
        read_neighbours(tmp_path, but=own)


def test_names_tell_them_apart(tmp_path: Path) -> None:
    skill(tmp_path, "a", "name: sort")
    skill(tmp_path, "b", "name: sort")
    with pytest.raises(SettingsError, match=r"are both called 'sort'; rename one"):
        read_neighbours(tmp_path, but=None)
    skill(tmp_path / "more", "c", "description: Without a name.")
    with pytest.raises(SettingsError, match="has no `name`"):
        read_neighbours(tmp_path / "more", but=None)
