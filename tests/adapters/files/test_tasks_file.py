"""Writing a validation set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.files.documents import read_document
from skillopt.adapters.files.tasks_file import write_tasks
from skillopt.errors import InputError

CONTENT: dict[str, Any] = {
    "name": "a set",
    "checks": [{"type": "exact"}],
    "tasks": [
        {"id": "1", "split": "train", "input": "one\n\ntwo: #no\n", "expected": "yes"},
        {
            "id": "no",
            "split": "test",
            "input": [{"role": "user", "content": "a\nb"}],
            "tags": ["x"],
        },
        {"id": "x: y", "input": "- z", "checks": [{"type": "json", "value": {"a": [None, 1.5]}}]},
    ],
}


@pytest.mark.parametrize("name", ["a.yaml", "a.yml", "b/c/a.jsonl"])
def test_what_is_written_is_read_back(tmp_path: Path, name: str) -> None:
    write_tasks(tmp_path / name, CONTENT, comments=["From\nelsewhere\0."])
    assert read_document(tmp_path / name).content == CONTENT


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(text=TEXT, expected=st.none() | TEXT | st.dictionaries(TEXT, TEXT, max_size=2), name=TEXT)
def test_any_text_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, text: str, expected: object, name: str
) -> None:
    task = {"id": name, "input": text, "expected": expected}
    for suffix in ("yaml", "jsonl"):
        path = tmp_path_factory.getbasetemp() / f"any.{suffix}"
        path.unlink(missing_ok=True)
        write_tasks(path, {"name": name, "tasks": [task]}, comments=[name])
        assert read_document(path).content == {"name": name, "tasks": [task]}


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("mine")
    with pytest.raises(InputError, match="exists already; nothing was written"):
        write_tasks(path, CONTENT)
    assert path.read_text() == "mine"
    with pytest.raises(InputError, match="ends in"):
        write_tasks(tmp_path / "a.json", CONTENT)
