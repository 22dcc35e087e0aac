"""The password file: whose it is, and what is in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.errors import InputError
from skillopt.web.password import read_password


def written(tmp_path: Path, content: bytes, mode: int = 0o600) -> Path:
    path = tmp_path / "password"
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_the_first_line_is_the_password(tmp_path: Path) -> None:
    assert read_password(written(tmp_path, b" a long password \nand more")) == "a long password"


@pytest.mark.parametrize(
    ("content", "mode", "says"),
    [
        (b"a long password", 0o644, "chmod 600"),
        (b"a long password", 0o620, "chmod 600"),
        (b"short", 0o600, "5 characters"),
        (b"", 0o600, "0 characters"),
        (b"\n\na long password", 0o600, "0 characters"),
        (b"\xff" * 20, 0o600, "UTF-8"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, content: bytes, mode: int, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_password(written(tmp_path, content, mode))


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(InputError, match="--password-file"):
            read_password(path)
