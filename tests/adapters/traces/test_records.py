from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.traces import records
from skillopt.adapters.traces.records import Broken, Record, read_records
from skillopt.errors import InputError


def read(folder: Path, data: bytes, name: str = "log.jsonl") -> list[Record | Broken]:
    path = folder / name
    path.write_bytes(data)
    return list(read_records(path))


def test_lines_with_a_mark_carriage_returns_and_gaps(tmp_path: Path) -> None:
    data = b'\xef\xbb\xbf{"a": 1}\r\n\r\n  \n[2]\n"three"'
    assert read(tmp_path, data) == [Record(1, {"a": 1}), Record(4, [2]), Record(5, "three")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a": ', "not JSON: Expecting value, at character 7"),
        (b'{"a": "\xff"}', "byte 8 is not UTF-8"),
        (b"\0\0\0", "not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"9" * 5_000, "not JSON"),
    ],
)
def test_a_broken_line_is_told_and_the_next_one_read(
    tmp_path: Path, line: bytes, reason: str
) -> None:
    one, other = read(tmp_path, line + b'\n{"a": 1}\n')
    assert isinstance(one, Broken)
    assert (one.line, other) == (1, Record(2, {"a": 1}))
    assert reason in one.reason


def test_a_line_that_is_too_long_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "LONGEST_LINE", 50)
    data = b'{"a": 1}\n{"b": "' + b"x" * 500 + b'"}\n{"c": 3}\n' + b"y" * 50 + b"\n"
    found = read(tmp_path, data)
    assert found[0] == Record(1, {"a": 1})
    assert found[1] == Broken(2, "the line has more than 50 bytes")
    assert found[2] == Record(3, {"c": 3})
    assert [one.line for one in found] == [1, 2, 3, 4]


def test_one_json_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretty = json.dumps([{"a": 1}, {"b": 2}], indent=2).encode()
    assert read(tmp_path, pretty, "x.json") == [Record(1, {"a": 1}), Record(2, {"b": 2})]
    assert read(tmp_path, b'{\n"a": 1\n}', "x.json") == [Record(1, {"a": 1})]
    assert read(tmp_path, b" \n", "x.json") == []
    whole, broken = read(tmp_path, pretty[:-5], "x.json")
    assert whole == Record(1, {"a": 1})
    assert isinstance(broken, Broken)
    assert "; 1 whole record before it read" in broken.reason
    monkeypatch.setattr(records, "LARGEST_DOCUMENT", 20)
    with pytest.raises(InputError, match="export it as JSONL"):
        read(tmp_path, pretty, "x.json")


def test_lines_in_a_json_file_are_lines(tmp_path: Path) -> None:
    assert read(tmp_path, b'{"a": 1}\n{"b": 2}\n', "x.json") == [
        Record(1, {"a": 1}),
        Record(2, {"b": 2}),
    ]


def test_several_objects_on_a_line_are_several_records(tmp_path: Path) -> None:
    data = b'{"a": 1}{"b": 2} {"c": 3}\n{"d": 4}\n{"e": 5} oops\n'
    *whole, broken = read(tmp_path, data)
    assert whole == [
        Record(1, {"a": 1}), Record(1, {"b": 2}), Record(1, {"c": 3}), Record(2, {"d": 4}),
        Record(3, {"e": 5}),
    ]  # fmt: skip
    assert isinstance(broken, Broken)
    assert (broken.line, "character 10; 1 whole record before it read" in broken.reason) == (
        3,
        True,
    )
    pretty = b'{\n"a": 1\n}\n{\n"b": 2\n}\n'
    assert read(tmp_path, pretty, "x.json") == [Record(1, {"a": 1}), Record(2, {"b": 2})]


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        list(read_records(tmp_path / "gone.jsonl"))


@given(st.binary(max_size=300) | st.binary(max_size=60).map(lambda data: b'{"a":1}\n' + data))
def test_any_bytes_are_read_to_the_end(data: bytes) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        for name in ("x.jsonl", "x.json"):
            for one in read(Path(folder), data, name):
                assert one.line >= 1
