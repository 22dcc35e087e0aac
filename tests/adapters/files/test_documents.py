"""Files as plain content, with the line on which everything stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from skillopt.adapters.files.documents import Document, read_document
from skillopt.errors import ValidationSetError


def written(folder: Path, text: str, name: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_nearest_line_around_a_place_is_its_line() -> None:
    document = Document("t.yaml", {}, {(): 1, ("tasks",): 3, ("tasks", 0): 4})
    assert document.line(("tasks", 0, "input")) == 4
    assert document.line(("tasks", 7)) == 3
    assert document.line(("name",)) == 1
    assert Document("t.yaml", {}, {}).line(("name",)) is None


def test_an_error_says_file_line_and_where_a_thing_stood_first() -> None:
    document = Document("t.yaml", {}, {(): 1, ("tasks", 0): 4, ("tasks", 1): 9})
    error = document.error("there twice", ("tasks", 1), first=("tasks", 0))
    assert str(error) == "t.yaml:9: there twice (first on line 4)"
    assert (error.path, error.line) == ("t.yaml", 9)


@pytest.mark.parametrize("suffix", ["yaml", "yml", "YAML"])
def test_yaml_by_its_suffix(suffix: str, tmp_path: Path) -> None:
    document = read_document(written(tmp_path, "\ufeffname: x\ntasks: []\n", f"t.{suffix}"))
    assert document.content == {"name": "x", "tasks": []}
    assert document.line(("tasks",)) == 2


def test_jsonl_is_a_header_and_tasks(tmp_path: Path) -> None:
    header, one, two = {"validation_set": {"name": "x"}}, {"id": "a"}, {"id": "b"}
    text = f"\n{json.dumps(header)}\r\n{json.dumps(one)}\n\n{json.dumps(two)}"
    document = read_document(written(tmp_path, text, "t.jsonl"))
    assert document.content == {"name": "x", "tasks": [one, two]}
    assert [document.line(place) for place in ((), ("tasks", 0), ("tasks", 1, "id"))] == [2, 3, 5]


def test_a_header_may_be_left_out(tmp_path: Path) -> None:
    document = read_document(written(tmp_path, '{"id": "a"}\n', "t.jsonl"))
    assert document.content == {"tasks": [{"id": "a"}]}


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("", "t.yaml", "the file is empty; it needs tasks"),
        ("x", "t.txt", ".txt is not a validation set format; use .yaml, .yml or .jsonl"),
        ("x", "t", "no suffix is not a validation set format"),
        ('{"a": 1, "a": 2}', "t.jsonl", "t.jsonl:1: the key 'a' occurs twice in one object"),
        ("{}\n{", "t.jsonl", "t.jsonl:2: not JSON: "),
        ("[NaN]", "t.jsonl", "NaN is not a finite number"),
        ("[1e999]", "t.jsonl", "1e999 is not a finite number"),
        ("[" * 100_000, "t.jsonl", "nested too deeply"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, name: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationSetError) as error:
        read_document(written(tmp_path, text, name))
    assert said in str(error.value)


def test_a_file_that_is_not_utf_8_is_said_with_its_byte(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_bytes(b"\xef\xbb\xbfa: b\nc: \xff\n")
    with pytest.raises(ValidationSetError, match=r"t\.yaml:2: byte 11 \(0xff\) is not UTF-8"):
        read_document(tmp_path / "t.yaml")
