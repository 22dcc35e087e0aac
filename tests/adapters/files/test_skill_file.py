"""Skill files: read as they are, written whole or not at all, and nobody's work is lost."""

from __future__ import annotations

import errno
import multiprocessing
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given

from skillopt.adapters.files.skill_file import read_skill, skill_name, write_skill
from skillopt.core.skill.skill import Skill
from skillopt.errors import SkillError
from tests.core.texts import skills

OLD, NEW = Skill(text="---\nname: s\n---\nold\n"), Skill(text="---\nname: s\n---\nnew\n")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "s" / "SKILL.md"
    file.parent.mkdir()
    file.write_bytes(OLD.to_bytes())
    return file


def names(folder: Path) -> list[str]:
    return sorted(child.name for child in folder.iterdir())


def test_a_skill_by_its_file_or_its_folder(path: Path) -> None:
    assert read_skill(path) == read_skill(path.parent) == OLD
    path.rename(path.with_name("skill.md"))
    assert read_skill(path.parent) == OLD


@given(skills)
def test_writing_and_reading_are_inverse_to_the_byte(
    tmp_path_factory: pytest.TempPathFactory, skill: Skill
) -> None:
    path = tmp_path_factory.getbasetemp() / "round-trip.md"
    write_skill(path, skill, expected_digest=None)
    assert path.read_bytes() == skill.text.encode("utf-8")
    assert read_skill(path) == skill


@pytest.mark.parametrize(
    ("given_path", "front_matter", "name"),
    [
        ("s/SKILL.md", "name: other", "other"),
        ("s/SKILL.md", "description: d", "s"),
        ("s", "description: d", "s"),
        ("s/style.md", "description: d", "style"),
        ("s/SKILL.md", "name: 'a\u202eb'", "s"),
        ("s/SKILL.md", "name: " + "x" * 201, "s"),
    ],
)
def test_names(tmp_path: Path, given_path: str, front_matter: str, name: str) -> None:
    (tmp_path / "s").mkdir()
    skill = Skill(text=f"---\n{front_matter}\n---\n")
    assert skill_name(tmp_path / given_path, skill) == name


def test_the_name_of_a_skill_without_a_file() -> None:
    assert skill_name(None, OLD) == "s"
    assert skill_name(None, Skill(text="plain")) == "skill"


def test_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken").symlink_to(tmp_path / "nothing")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "latin.md").write_bytes(b"caf\xe9")
    os.mkfifo(tmp_path / "pipe")
    for name, message in (
        ("none.md", "none.md; create a skill with `skillopt init`"),
        ("empty", "empty; name the skill's file itself"),
        ("broken", "broken link: "),
        ("loop", "loop"),
        ("latin.md", "latin.md: byte 3 is not UTF-8"),
        ("pipe", "not a regular file: "),
        ("a\0b", "no such file"),
        ("x" * 5000, "cannot be read: File name too long"),
        ("latin.md/x", "latin.md/x"),
    ):
        with pytest.raises(SkillError) as error:
            read_skill(tmp_path / name)
        assert message in str(error.value)


def test_written_in_place(path: Path) -> None:
    path.chmod(0o640)
    done = write_skill(path, NEW, expected_digest=OLD.digest)
    assert (done.path, done.kind) == (path, "written")
    assert done.note == f"written to {path}"
    assert read_skill(path) == NEW
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert names(path.parent) == ["SKILL.md"]


def test_a_folder_is_its_skill(path: Path) -> None:
    write_skill(path.parent, NEW, expected_digest=OLD.digest)
    assert read_skill(path) == NEW


def test_a_new_file_in_a_new_folder(tmp_path: Path) -> None:
    path = tmp_path / "out" / "deep" / "tuned.md"
    assert write_skill(path, NEW, expected_digest=None).kind == "written"
    assert read_skill(path) == NEW


def test_without_an_expectation_whatever_is_there_is_replaced(path: Path) -> None:
    assert write_skill(path, NEW, expected_digest=None).kind == "written"
    assert read_skill(path) == NEW


def test_what_is_there_already_is_not_written_again(path: Path) -> None:
    before = path.stat().st_mtime_ns
    assert write_skill(path, OLD, expected_digest="something else").kind == "unchanged"
    assert path.stat().st_mtime_ns == before


def test_a_file_somebody_changed_is_left_alone(path: Path) -> None:
    path.write_bytes(b"their work")
    done = write_skill(path, NEW, expected_digest=OLD.digest)
    beside = path.with_name("SKILL.skillopt.md")
    assert (done.kind, done.path) == ("beside", beside)
    assert done.note == (
        f"{path} was changed during the run and was left alone; the result is in {beside}"
    )
    assert path.read_bytes() == b"their work"
    assert read_skill(beside) == NEW
    assert write_skill(path, NEW, expected_digest=OLD.digest).path == beside
    third = write_skill(path, Skill(text="third"), expected_digest=OLD.digest)
    assert third.path == path.with_name("SKILL.skillopt-2.md")
    assert read_skill(beside) == NEW
    assert len(names(path.parent)) == 3


@pytest.mark.parametrize("theirs", [b"\xff\xfe", b"\0", b""])
def test_a_file_that_became_no_skill_is_left_alone(path: Path, theirs: bytes) -> None:
    path.write_bytes(theirs)
    assert write_skill(path, NEW, expected_digest=OLD.digest).kind == "beside"
    assert path.read_bytes() == theirs


def test_a_file_that_is_gone_stays_gone(path: Path) -> None:
    path.unlink()
    done = write_skill(path, NEW, expected_digest=OLD.digest)
    assert done.kind == "beside"
    assert not path.exists()


def test_a_read_only_file_is_left_alone(path: Path) -> None:
    path.chmod(0o444)
    done = write_skill(path, NEW, expected_digest=OLD.digest)
    assert done.kind == "beside"
    assert "is read-only" in done.note
    assert read_skill(path) == OLD


def test_a_link_stays_a_link(tmp_path: Path, path: Path) -> None:
    one, two = tmp_path / "one.md", tmp_path / "links" / "two.md"
    two.parent.mkdir()
    one.symlink_to("links/two.md")
    two.symlink_to("../s/SKILL.md")
    assert write_skill(one, NEW, expected_digest=OLD.digest).kind == "written"
    assert one.is_symlink()
    assert two.is_symlink()
    assert read_skill(path) == NEW
    assert names(path.parent) == ["SKILL.md"]


def test_what_cannot_be_written(tmp_path: Path, path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for target, skill in (
        (tmp_path / "loop", NEW),
        (path / "below-a-file.md", NEW),
        (tmp_path / ("x" * 300), NEW),
        (path, Skill.model_construct(text="\ud800")),
    ):
        with pytest.raises(SkillError, match="cannot be written"):
            write_skill(target, skill, expected_digest=None)
    assert read_skill(path) == OLD


def test_a_full_disk_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SkillError, match="No space left"):
        write_skill(path, NEW, expected_digest=OLD.digest)
    assert read_skill(path) == OLD
    assert names(path.parent) == ["SKILL.md"]


def test_what_a_killed_writer_left_is_taken_over(path: Path) -> None:
    torn = path.with_name(".SKILL.md.skillopt-tmp")
    torn.write_bytes(b"---\nna")
    assert write_skill(path, NEW, expected_digest=OLD.digest).kind == "written"
    assert names(path.parent) == ["SKILL.md"]


def _write(path: Path, number: int, results: multiprocessing.Queue[tuple[int, str]]) -> None:
    done = write_skill(path, Skill(text=f"writer {number}\n"), expected_digest=OLD.digest)
    results.put((number, done.kind))


def test_of_many_writers_one_wins_and_nothing_is_lost(path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    results = spawn.Queue()
    writers = [spawn.Process(target=_write, args=(path, number, results)) for number in range(4)]
    for writer in writers:
        writer.start()
    kinds = dict(results.get(timeout=60) for _ in writers)
    for writer in writers:
        writer.join()
    assert sorted(kinds.values()) == ["beside", "beside", "beside", "written"]
    texts = {child.read_text() for child in path.parent.iterdir()}
    assert texts == {f"writer {number}\n" for number in range(4)}
    winner = next(number for number, kind in kinds.items() if kind == "written")
    assert path.read_text() == f"writer {winner}\n"
