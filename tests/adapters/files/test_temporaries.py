"""What a killed writer leaves beside a file: it is no part of anything, and goes by itself."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from skillopt.adapters.files.atomic import replace_file
from skillopt.adapters.files.skill_file import read_skill, write_skill
from skillopt.adapters.files.temporaries import (
    is_temporary,
    opened_temporary,
    remove_left,
    take_place,
    temporary_of,
)
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile

ROOT = Path(__file__).parents[3]
OLD = Skill(text="# Old\n", files=(SkillFile(path="references/a.md", data=b"a"),))
NEW = Skill(text="# Old\n", files=(SkillFile(path="references/a.md", data=b"b"),))
DIES = """
import os, signal, sys
from pathlib import Path

def hook(event, arguments):
    if event == "os.rename":
        os.kill(os.getpid(), signal.SIGKILL)

from skillopt.adapters.files.skill_file import read_skill, write_skill
place, other = map(Path, sys.argv[1:])
held, skill = read_skill(place), read_skill(other)
sys.addaudithook(hook)
write_skill(place, skill, expected_digest=held.digest)
"""


def killed_while_writing(place: Path, other: Path) -> None:
    """A process that dies by SIGKILL with the temporary file written and not renamed."""
    done = subprocess.run(
        [sys.executable, "-c", DIES, place, other],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        timeout=120,
    )
    assert done.returncode == -signal.SIGKILL


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_killed_write_of_a_reference_leaves_the_old_version_and_the_next_reader_tidies_up(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "forms"
    write_skill(folder, OLD, expected_digest="")
    write_skill(tmp_path / "new", NEW, expected_digest="")

    killed_while_writing(folder, tmp_path / "new")

    left = "references/.a.md.skillopt-tmp"
    assert names(folder) == {"SKILL.md", "references/a.md", left}
    assert read_skill(folder) == OLD
    assert names(folder) == {"SKILL.md", "references/a.md"}


def test_a_killed_write_of_a_file_alone_does_so_too(tmp_path: Path) -> None:
    file, other = tmp_path / "style.md", tmp_path / "other.md"
    file.write_text("old", encoding="utf-8")
    other.write_text("new", encoding="utf-8")

    killed_while_writing(file, other)

    assert temporary_of(file).read_text(encoding="utf-8") == "new"
    assert read_skill(file).text == "old"
    assert names(tmp_path) == {"style.md", "other.md"}


def test_an_unfinished_folder_beside_goes_too(tmp_path: Path) -> None:
    folder = tmp_path / "forms"
    write_skill(folder, OLD, expected_digest="")
    write_skill(tmp_path / "new", NEW, expected_digest="")
    (folder / "SKILL.md").write_text("mine", encoding="utf-8")
    write_skill(folder, NEW, expected_digest=OLD.digest)
    (tmp_path / ".forms.skillopt-2-tmp").mkdir()
    (tmp_path / ".forms.skillopt-2-tmp" / "SKILL.md").write_text("half", encoding="utf-8")

    read_skill(folder)

    assert {path.name for path in tmp_path.iterdir()} == {"forms", "forms.skillopt", "new"}


def test_the_file_of_a_living_writer_stays(tmp_path: Path) -> None:
    target = tmp_path / "a.md"
    with opened_temporary(target) as file:
        file.write(b"new")
        file.flush()
        remove_left(temporary_of(target))
        take_place(file, target)
    assert target.read_bytes() == b"new"
    assert names(tmp_path) == {"a.md"}


def _given_up(target: Path) -> None:
    with opened_temporary(target) as file:
        file.write(b"new")
        raise KeyError


def test_what_takes_no_place_is_deleted(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        _given_up(tmp_path / "a.md")
    assert not names(tmp_path)


def test_whatever_has_the_name_is_not_written_through(tmp_path: Path) -> None:
    target, other, third = tmp_path / "a.md", tmp_path / "b.md", tmp_path / "c.md"
    other.write_text("theirs", encoding="utf-8")
    temporary_of(target).symlink_to(other)
    replace_file(target, b"new")
    temporary_of(third).hardlink_to(other)
    replace_file(third, b"new")
    pipe = temporary_of(target)
    os.mkfifo(pipe)
    replace_file(target, b"newer")
    assert (target.read_bytes(), third.read_bytes()) == (b"newer", b"new")
    assert other.read_text(encoding="utf-8") == "theirs"
    assert names(tmp_path) == {"a.md", "b.md", "c.md"}


def test_only_such_files_are_temporary() -> None:
    assert is_temporary(temporary_of(Path("references/a.md")).name)
    assert not is_temporary("a.skillopt-tmp")
    assert not is_temporary(".a.skillopt-tmp.md")


def _rewrite(target: Path, letter: str) -> None:
    for _ in range(50):
        replace_file(target, letter.encode() * 100_000)


def test_writers_of_one_file_without_another_lock_do_not_mix(tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_rewrite, args=(target, letter)) for letter in "abc"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    data = target.read_bytes()
    assert len(data) == 100_000
    assert len(set(data)) == 1
    assert names(tmp_path) == {"report.html"}
