"""Files of tasks, from a validation set."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from skillopt.adapters.files.validation_file import read_validation_set
from skillopt.errors import ValidationSetError

SET = """\
checks: [{{type: file, path: out.txt, content: {{type: contains, value: hi}}}}]
tasks:
  - {{id: a, split: train, input: do a, files: {files}, git: true}}
  - {{id: b, split: validation, input: do b}}
  - {{id: c, split: test, input: do c}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fixtures = tmp_path / "set/fixtures/app/.git"
    fixtures.mkdir(parents=True)
    (fixtures / "HEAD").write_text("not for us")
    app = tmp_path / "set/fixtures/app"
    (app / "main.py").write_text("print('é')\n")
    (app / "run.sh").write_text("#!/bin/sh\n")
    (app / "run.sh").chmod(0o755)
    (app / "logo.png").write_bytes(b"\x89PNG\0")
    (tmp_path / "outside").write_text("secret")
    (tmp_path / "set/link").symlink_to("../outside")
    return tmp_path / "set"


def read(folder: Path, files: str) -> dict[str, tuple[bytes, bool]]:
    (folder / "set.yaml").write_text(SET.format(files=files))
    task = read_validation_set(folder / "set.yaml").tasks[0]
    assert task.git
    return {file.path: (file.data, file.executable) for file in task.files}


def test_text_files_and_folders(folder: Path) -> None:
    found = read(
        folder, '{a.txt: "hi\\n", "src": {from: fixtures/app}, b: {from: fixtures/app/run.sh}}'
    )
    assert found == {
        "a.txt": (b"hi\n", False),
        "src/logo.png": (b"\x89PNG\0", False),
        "src/main.py": ("print('é')\n".encode(), False),
        "src/run.sh": (b"#!/bin/sh\n", True),
        "b": (b"#!/bin/sh\n", True),
    }


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ("{../a: x}", r"'\.\./a' is no relative path"),
        ("{/etc/a: x}", "no relative path"),
        ("{.git/hooks/pre-commit: x}", "repository's own folder"),
        ("{a/.GIT/config: x}", "repository's own folder"),
        ("{a: {from: ../outside}}", "is outside of"),
        ("{a: {from: link}}", "is outside of"),
        ("{a: {from: /etc/passwd}}", "is outside of"),
        ("{a: {from: nothing}}", "No such file"),
        ("{a: {form: x}}", "did you mean 'from'"),
        ("{a: 3}", "got the number 3: quote it"),
        ("[a]", "must be a mapping"),
        ("{a: x, a/b: y}", "'a' is a file, and 'a/b' needs it to be a folder"),
        ("{a: x, ? a\n    : y}", "twice"),
        ("{src/main.py: x, src: {from: fixtures/app}}", "is there twice"),
    ],
)
def test_what_cannot_be_had_is_refused_with_its_line(folder: Path, files: str, says: str) -> None:
    with pytest.raises(ValidationSetError, match=says) as caught:
        read(folder, files)
    assert str(caught.value).startswith(f"{folder / 'set.yaml'}:3:")


def test_links_pipes_and_large_files_are_refused(folder: Path) -> None:
    (folder / "fixtures/app/away").symlink_to("/etc/passwd")
    with pytest.raises(ValidationSetError, match="is a link"):
        read(folder, "{a: {from: fixtures}}")
    os.mkfifo(folder / "pipe")
    with pytest.raises(ValidationSetError, match="'pipe' is no file"):
        read(folder, "{a: {from: pipe}}")
    with (folder / "big").open("wb") as big:
        big.truncate(5_000_001)
    with pytest.raises(ValidationSetError, match="5,000,001 bytes; a file has at most 5,000,000"):
        read(folder, "{a: {from: big}}")
    (folder / "many").mkdir()
    for number in range(1_001):
        (folder / "many" / str(number)).touch()
    with pytest.raises(ValidationSetError, match="at most 1,000 files"):
        read(folder, "{a: {from: many}}")
