from __future__ import annotations

import os
from pathlib import Path

import pytest

from skillopt.adapters.traces import sources
from skillopt.adapters.traces.sources import check_source, is_document, read_text, read_trace
from skillopt.core.mining.candidate import Found, Skipped
from skillopt.errors import InputError


def test_records_and_broken_lines_of_a_trace(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"prompt": "Ask", "completion": "Say"}\n{"prompt": \n')
    one, other = read_trace(path, name="logs/log.jsonl")
    assert isinstance(one, Found)
    assert isinstance(other, Skipped)
    assert (one.source, other.source) == ("logs/log.jsonl:1", "logs/log.jsonl:2")


def test_what_asks_nothing_is_counted_and_named_once(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"attributes": {"http.method": "GET"}}\n' * 3 + '{"prompt": "Ask"}\n')
    asked, passed = read_trace(path, name="log.jsonl")
    assert isinstance(asked, Found)
    assert isinstance(passed, Skipped)
    assert passed.source == "log.jsonl"
    assert passed.reason == (
        "nobody asks anything in: 3 spans without a question "
        "(the first in log.jsonl:1, which has http.method)"
    )


def test_an_empty_file_says_so(tmp_path: Path) -> None:
    for name in ("a.jsonl", "a.json"):
        (tmp_path / name).write_text("\n")
        [one] = read_trace(tmp_path / name, name=name)
        assert one == Skipped(source=name, reason="there are no records in it")
    (tmp_path / "b.json").write_text("[]")
    [one] = read_trace(tmp_path / "b.json", name="b.json")
    assert isinstance(one, Skipped)


def test_a_text_with_a_mark(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_bytes(b"\xef\xbb\xbf# One\r\n")
    assert is_document(path)
    assert read_text(path) == "# One\r\n"


def test_a_document_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(b"caf\xe9")
    with pytest.raises(InputError, match="byte 4 is not UTF-8"):
        read_text(path)
    monkeypatch.setattr(sources, "LARGEST_TEXT", 2)
    with pytest.raises(InputError, match="more than 2 bytes"):
        read_text(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_text(tmp_path / "gone.txt")


@pytest.mark.parametrize(
    ("name", "said"),
    [("gone.jsonl", "no such file"), ("", "not a regular file"), ("x.csv", "no kind of file"), ("a\0b", "cannot be read|no such file")],
)  # fmt: skip
def test_what_is_no_source(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "x.csv").touch()
    with pytest.raises(InputError, match=said):
        check_source(tmp_path / name)


def test_a_pipe_is_no_source(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.jsonl")
    with pytest.raises(InputError, match="not a regular file"):
        check_source(tmp_path / "x.jsonl")
