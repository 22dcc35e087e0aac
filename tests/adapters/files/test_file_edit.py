"""Edits of files; how one is written over a file is tested with cluster tags."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.adapters.files.file_edit import FileEdit, is_current, write_edit
from skillopt.errors import ValidationSetError


def test_a_new_file_is_made_only_where_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    edit = FileEdit(path=path, before=None, after=b"a: 1\n")
    assert is_current(edit)
    write_edit(edit)
    assert not is_current(edit)
    assert path.read_bytes() == b"a: 1\n"
    with pytest.raises(ValidationSetError, match="changed in the meantime"):
        write_edit(edit)


def test_a_file_that_is_gone_is_not_made_again(tmp_path: Path) -> None:
    edit = FileEdit(path=tmp_path / "gone.yaml", before=b"a: 1\n", after=b"a: 2\n")
    with pytest.raises(ValidationSetError, match="changed in the meantime"):
        write_edit(edit)
    assert list(tmp_path.iterdir()) == []


def test_the_diff_says_what_changes() -> None:
    edit = FileEdit(path=Path("x.yaml"), before=b"\xef\xbb\xbfa: 1\n", after=b"\xef\xbb\xbfa: 2\n")
    assert edit.diff[-2:] == ("-a: 1", "+a: 2")
