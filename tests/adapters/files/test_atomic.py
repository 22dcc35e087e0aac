"""Files that are replaced whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from skillopt.adapters.files.atomic import followed, only_writer, replace_file, takes_files


def test_a_new_file_has_the_bytes_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    replace_file(tmp_path / "new.md", b"\xef\xbb\xbfone\r\n")
    assert (tmp_path / "new.md").read_bytes() == b"\xef\xbb\xbfone\r\n"
    assert [path.name for path in tmp_path.iterdir()] == ["new.md"]


def test_the_mode_is_kept_and_a_file_that_a_killed_writer_left_is_taken_over(
    tmp_path: Path,
) -> None:
    target = tmp_path / "old.md"
    target.write_bytes(b"old")
    target.chmod(0o640)
    (tmp_path / ".old.md.skillopt-tmp").write_bytes(b"half a text")
    replace_file(target, b"new")
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["old.md"]


def test_where_it_cannot_be_written_the_old_file_stays(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(OSError, match="directory"):
        replace_file(folder, b"text")
    assert folder.is_dir()
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_links_are_followed_to_a_file_that_need_not_exist(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to(tmp_path / "three")
    assert followed(tmp_path / "one") == tmp_path / "three"
    (tmp_path / "three").symlink_to("one")
    with pytest.raises(OSError, match="too many symbolic links"):
        followed(tmp_path / "one")


def test_the_folder_is_made_and_held_by_one_writer(tmp_path: Path) -> None:
    import fcntl

    folder = tmp_path / "a" / "b"
    with only_writer(folder):
        descriptor = os.open(folder, os.O_RDONLY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(descriptor)


def test_a_folder_takes_files_where_one_can_be_created(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert takes_files(tmp_path)
    assert takes_files(tmp_path / "not" / "there yet")
    assert not takes_files(tmp_path / "file")
    assert not takes_files(tmp_path / "file" / "below")
    assert sorted(tmp_path.iterdir()) == [tmp_path / "file"]
