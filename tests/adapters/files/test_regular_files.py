from __future__ import annotations

import os
from pathlib import Path

import pytest

from skillopt.adapters.files.regular_files import opened_regular


def test_a_regular_file_is_open_with_its_status(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    with opened_regular(tmp_path / "a") as found:
        assert found is not None
        assert (found[0].read(), found[1].st_size) == (b"abc", 3)
    assert found[0].closed


def test_what_is_none_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path(os.devnull)):
        with opened_regular(path) as found:
            assert found is None


def test_links_and_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("a")
    (tmp_path / "a").touch()
    for name in ("link", "gone"):
        with pytest.raises(OSError, match=name), opened_regular(tmp_path / name):
            pass
