"""Eval sets in files: CSV and JSON as plain content, with the lines of records."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.files.eval_files import as_rows, read_eval_file
from skillopt.errors import ValidationSetError


def write(folder: Path, text: str | bytes, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def complaint(path: Path) -> str:
    with pytest.raises(ValidationSetError) as caught:
        read_eval_file(path)
    return str(caught.value).replace(f"{path.parent}/", "")


def test_rows_of_a_csv_with_their_lines(tmp_path: Path) -> None:
    text = '\ufeffq,"a b"\r\n"two\r\nlines, quoted ""x""",1\r\n\r\nlast\r\n'
    found = read_eval_file(write(tmp_path, text))
    assert found.content == [
        {"q": 'two\r\nlines, quoted "x"', "a b": "1"},
        {"q": "last", "a b": ""},
    ]
    assert (found.line((0,)), found.line((1,))) == (2, 5)


@pytest.mark.parametrize(("name", "mark"), [("a.tsv", "\t"), ("a.csv", ";"), ("a.csv", "\t")])
def test_other_delimiters(tmp_path: Path, name: str, mark: str) -> None:
    path = write(tmp_path, f"q{mark}a\nx, y{mark}1\n", name)
    assert read_eval_file(path).content == [{"q": "x, y", "a": "1"}]


def test_cells_with_json_where_exports_write_it(tmp_path: Path) -> None:
    text = 'inputs,text,messages\n"{""q"": 1}","{""q"": 1}",[broken\n'
    assert read_eval_file(write(tmp_path, text)).content == [
        {"inputs": {"q": 1}, "text": '{"q": 1}', "messages": "[broken"}
    ]


def test_a_csv_of_promptfoo_is_its_tests(tmp_path: Path) -> None:
    (test,) = read_eval_file(write(tmp_path, "q,__expected\nHi,contains: hello\n")).content
    assert test["vars"] == {"q": "Hi"}
    assert test["assert"] == [{"type": "contains", "value": "hello"}]


def test_json_and_jsonl(tmp_path: Path) -> None:
    assert read_eval_file(write(tmp_path, '[{"a": 1}]', "a.json")).content == [{"a": 1}]
    document = as_rows(read_eval_file(write(tmp_path, '\n{"a": 1}\n\n{"a": 2}\n', "a.jsonl")))
    assert document.content == [{"a": 1}, {"a": 2}]
    assert document.line((1,)) == 4


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.csv", "q,a\n1,2,3\n", "a.csv:2: 3 cells in a row, and 2 columns; quote"),
        ("a.csv", "q,q\n1,2\n", "a.csv:1: the column 'q' occurs twice"),
        ("a.csv", 'q\n"open\n', "a.csv:2: not CSV: unexpected end of data"),
        ("a.csv", " \n", "a.csv: the file is empty"),
        ("a.csv", b"q\n\xff\n", "a.csv:2: byte 2 (0xff) is not UTF-8"),
        ("a.json", '{"a": 1,\n "b": }', "a.json:2: not JSON"),
        ("a.json", '{"a": 1, "a": 2}', "a.json: the key 'a' occurs twice"),
        ("a.json", "[NaN]", "a.json: NaN is not a finite number"),
        ("a.json", "[" * 100_000, "a.json: nested too deeply"),
        ("a.xlsx", "x", "a.xlsx: .xlsx is not a file of tasks: save the sheet as CSV"),
        ("a.parquet", "x", "a.parquet: .parquet is not a file of tasks: write it as JSONL"),
        ("a", "x", "a: no suffix is not a file of tasks: use .yaml"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, name: str, text: str | bytes, says: str) -> None:
    assert complaint(write(tmp_path, text, name)).startswith(says)


def test_a_large_cell_is_read_and_the_limit_of_others_stays(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    text = "x" * 1_000_000
    assert read_eval_file(write(tmp_path, f"q\n{text}\n")).content == [{"q": text}]
    assert csv.field_size_limit() == before


@given(st.binary(max_size=200))
def test_any_bytes_are_rows_or_an_error_with_the_file(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = write(tmp_path_factory.getbasetemp(), data, "any.csv")
    try:
        found = read_eval_file(path)
    except ValidationSetError as error:
        assert error.path == str(path)  # noqa: PT017
        return
    assert isinstance(found.content, list)


def test_yaml_of_other_programs_means_what_yaml_1_2_says(tmp_path: Path) -> None:
    text = "tests:\n- vars: {body: Yes, 5: 2026-01-05, true: no}\n"
    found = read_eval_file(write(tmp_path, text, "a.yaml"))
    assert found.content == {"tests": [{"vars": {"body": "Yes", "5": "2026-01-05", "true": "no"}}]}
    assert found.line(("tests", 0)) == 2


def test_a_validation_set_is_read_strictly(tmp_path: Path) -> None:
    text = "name: a\ntasks:\n- {id: a, input: Yes}\n"
    assert complaint(write(tmp_path, text, "a.yaml")).startswith("a.yaml:3: 'Yes' would be")
    assert "not YAML" in complaint(write(tmp_path, "tests: [", "a.yaml"))
