"""Cluster tags are written into a validation set's file, and every other byte of it stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.files.cluster_tags import plan_tags
from skillopt.adapters.files.file_edit import FileEdit, write_edit
from skillopt.adapters.files.validation_file import read_validation_set
from skillopt.errors import ValidationSetError

YAML = """\
# Of the desk.
name: desk
checks: [{type: json}]
tasks:
  # ---- train
  - id: a      # the first
    split: train
    input: >-
      id: no, this is text.
    expected: {id: a}

  - {id: b, split: validation, input: "Is it {b}?", expected: "yes",}  # in braces
  - {
      "id": "c c", "split": "validation",
      "input": "é😀", "expected": "yes" }
  -   split: test
      'id': "d"
      input: last
      expected: x"""

JSONL = """\
{"validation_set": {"checks": [{"type": "json"}]}}
{"id": "a", "split": "train", "input": "{id}", "expected": {"id": "}"}}

{"id":"b","split":"validation","input":"é😀","expected":"x"}
{ "id": "c c", "split": "validation", "input": "two", "expected": "x" }\t
{"id": "d", "split": "test", "input": "three", "expected": "x"}"""

TAGS = {"a": "no", "b": "b", "c c": "1", "d": 'é "q"'}


def written(folder: Path, text: str, *, suffix: str = ".yaml", encoding: str = "utf-8") -> Path:
    path = folder / f"set{suffix}"
    path.write_bytes(text.encode(encoding))
    return path


def planned(path: Path, tags: dict[str, str] = TAGS) -> FileEdit:
    edit = plan_tags(path, tags)
    assert edit is not None
    return edit


def test_tags_in_yaml(tmp_path: Path) -> None:
    assert (
        planned(written(tmp_path, YAML)).after.decode()
        == """\
# Of the desk.
name: desk
checks: [{type: json}]
tasks:
  # ---- train
  - id: a      # the first
    cluster: "no"
    split: train
    input: >-
      id: no, this is text.
    expected: {id: a}

  - {id: b, cluster: b, split: validation, input: "Is it {b}?", expected: "yes",}  # in braces
  - {
      "id": "c c", "cluster": "1", "split": "validation",
      "input": "é😀", "expected": "yes" }
  -   split: test
      'id': "d"
      cluster: "é \\"q\\""
      input: last
      expected: x"""
    )


def test_tags_in_jsonl(tmp_path: Path) -> None:
    after = planned(written(tmp_path, JSONL, suffix=".jsonl")).after.decode().split("\n")
    assert after[1].endswith('"expected": {"id": "}"}, "cluster": "no"}')
    assert after[3] == '{"id":"b","split":"validation","input":"é😀","expected":"x","cluster":"b"}'
    assert after[4].endswith('"expected": "x", "cluster": "1" }\t')
    assert after[5].endswith('"expected": "x", "cluster": "é \\"q\\""}')
    assert [after[0], after[2]] == [JSONL.split("\n", maxsplit=1)[0], ""]


@pytest.mark.parametrize(("text", "suffix"), [(YAML, ".yaml"), (JSONL, ".jsonl")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize("chosen", [["a"], ["d"], ["b", "c c"], list(TAGS)])
def test_bytes_are_only_added(
    tmp_path: Path,
    text: str,
    suffix: str,
    encoding: str,
    line_break: str,
    end: str,
    chosen: list[str],
) -> None:
    text = (text + end).replace("\n", line_break)
    path = written(tmp_path, text, suffix=suffix, encoding=encoding)
    before, set_before = path.read_bytes(), read_validation_set(path)
    tags = {name: TAGS[name] for name in chosen}
    edit = planned(path, tags)
    assert path.read_bytes() == before, "a plan writes nothing"
    added = iter(edit.after)
    assert all(byte in added for byte in before), "what was there is there, in its order"
    assert edit.after.count(b"cluster") == len(chosen)
    assert edit.after.replace(b"\r\n", b"").count(b"\r") == 0
    assert (b"\r\n" in edit.after) == (b"\r\n" in before)
    write_edit(edit)
    assert path.read_bytes() == edit.after
    for old, new in zip(set_before.tasks, read_validation_set(path).tasks, strict=True):
        assert new == old.model_copy(update={"cluster": tags.get(old.id)})
    added_lines = [line for line in edit.diff[2:] if line.startswith("+")]
    assert sum("cluster" in line for line in added_lines) == len(chosen)


@given(st.text(min_size=1, max_size=9).filter(str.isprintable))
def test_any_name_can_be_written(name: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        for text, suffix in ((YAML, ".yaml"), (JSONL, ".jsonl")):
            path = written(Path(folder), text, suffix=suffix)
            write_edit(planned(path, {"a": name, "b": name}))
            found = [task.cluster for task in read_validation_set(path).tasks]
            assert found == [name, name, None, None]


HEAD = "checks: [{type: exact}]\ntasks:\n"
REST = """\
  - {id: v, split: validation, input: two, expected: x}
  - {id: t, split: test, input: three, expected: x}
"""


@pytest.mark.parametrize(
    "task",
    [
        "  - {id: a, split: train, input: one, expected: x, cluster: null}\n",
        "  - id: >-\n      a\n    split: train\n    input: one\n    expected: x\n",
        "  - ? id\n    : a\n    split: train\n    input: one\n    expected: x\n",
        "  - &a {id: a, split: train, input: one, expected: x}\n  - {<<: *a, id: b, input: other}\n",
        "  - {<<: {id: a, split: train}, input: one, expected: x}\n",
    ],
)
def test_what_cannot_be_edited_is_left_to_a_person(tmp_path: Path, task: str) -> None:
    path = written(tmp_path, HEAD + task + REST)
    read_validation_set(path)
    assert plan_tags(path, {"a": "k"}) is None
    assert planned(path, {"v": "k"}).after.decode() == HEAD + task + REST.replace(
        "id: v", "id: v, cluster: k"
    )


def test_a_null_cluster_in_jsonl_is_left_to_a_person(tmp_path: Path) -> None:
    text = JSONL.replace('"split": "train"', '"split": "train", "cluster": null')
    assert plan_tags(written(tmp_path, text, suffix=".jsonl"), {"a": "k"}) is None


def test_a_file_that_was_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = written(tmp_path, YAML)
    edit = planned(path)
    path.write_text(YAML + "  # more\n", encoding="utf-8")
    with pytest.raises(ValidationSetError, match="changed in the meantime"):
        write_edit(edit)
    assert path.read_text(encoding="utf-8") == YAML + "  # more\n"


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = written(tmp_path, YAML)
    path.chmod(0o640)
    edit = planned(path)
    blocked = tmp_path / ".set.yaml.skillopt-tmp"
    blocked.mkdir()
    with pytest.raises(ValidationSetError, match="cannot be written"):
        write_edit(edit)
    assert path.read_text(encoding="utf-8") == YAML
    blocked.rmdir()
    reader = path.open("rb")
    write_edit(edit)
    with reader:
        assert reader.read().decode() == YAML, "who has the old file open reads all of it"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [found.name for found in tmp_path.iterdir()] == ["set.yaml"]


def test_a_read_only_file_is_left_alone(tmp_path: Path) -> None:
    path = written(tmp_path, YAML)
    edit = planned(path)
    path.chmod(0o440)
    with pytest.raises(ValidationSetError, match="read-only"):
        write_edit(edit)
    assert path.read_text(encoding="utf-8") == YAML


def test_a_link_stays_one(tmp_path: Path) -> None:
    path = written(tmp_path, JSONL, suffix=".jsonl")
    link = tmp_path / "link.jsonl"
    link.symlink_to(path.name)
    write_edit(planned(link))
    assert link.is_symlink()
    assert json.loads(path.read_text(encoding="utf-8").split("\n")[3])["cluster"] == "b"
