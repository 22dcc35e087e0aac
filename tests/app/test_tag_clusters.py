"""Tags for near-copies: planned from the tasks, written only when asked for."""

from __future__ import annotations

from pathlib import Path

from skillopt.app.tag_clusters import tagging, write_edit

TASKS = """\
name: s
checks: [{type: exact}]
tasks:
  - {id: a, split: train, input: "Where is my parcel?", expected: "x"}
  - {id: b, split: validation, input: "Please tell me where the red parcel is now", expected: "x"}
  - {id: c, split: validation, input: "please tell me, where the red parcel is now!", expected: "x"}
  - {id: d, split: test, input: "Can I pay by card in the shop?", expected: "x"}
"""


def skill(folder: Path, tasks: str = TASKS) -> Path:
    (folder / "validation_sets").mkdir()
    (folder / "skillopt.toml").touch()
    (folder / "s.md").write_text("# S\n")
    (folder / "validation_sets" / "s.yaml").write_text(tasks)
    return folder / "s.md"


def test_near_copies_of_one_split_get_one_cluster_and_nothing_is_written(tmp_path: Path) -> None:
    found = tagging(skill(tmp_path))
    assert set(found.tags) == {"b", "c"}
    assert len(set(found.tags.values())) == 1
    assert found.edit
    assert found.path.read_text() == TASKS
    write_edit(found.edit)
    assert found.path.read_text() != TASKS
    assert tagging(tmp_path / "s.md").tags == {}


def test_where_there_are_none_there_is_no_edit(tmp_path: Path) -> None:
    found = tagging(skill(tmp_path, TASKS.replace("the red parcel is now!", "you are from?")))
    assert (found.tags, found.edit) == ({}, None)
