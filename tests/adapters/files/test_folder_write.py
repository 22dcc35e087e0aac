"""Several files of a skill's folder, written as a whole."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from skillopt.adapters.files.folder_write import JOURNAL, Change, Journal, changes_between
from skillopt.adapters.files.skill_file import (
    check_place,
    held_digest,
    read_skill,
    write_skill,
)
from skillopt.core.skill.skill_file import SkillFile
from skillopt.errors import SkillError
from tests.adapters.files.folder_kills import NEW, OLD, written

ROOT = Path(__file__).parents[3]
MEMORY = Path("/dev/shm")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    written(tmp_path / "forms", OLD)
    return tmp_path / "forms"


@pytest.fixture
def fast() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as made:
        yield Path(made)


def test_a_killed_write_leaves_the_old_folder_or_the_new_one_and_says_which(fast: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.adapters.files.folder_kills", str(fast)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
        text=True,
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) > 50
    assert all(one["same"] and not one["left"] for one in found), found
    assert {one["found"] for one in found if not one["decided"] and one["killed"]} == {"old", "new"}
    decided = [one for one in found if one["decided"]]
    assert {one["found"] for one in decided} == {"new"}
    said = [note for one in decided for note in one["notes"]]
    assert said
    assert all(f"the folder is version {NEW.digest[:12]}" in note for note in said)


def test_all_files_are_written_created_deleted_and_turned(folder: Path) -> None:
    outcome = write_skill(folder, NEW, expected_digest=OLD.digest)

    assert outcome.kind == "written"
    assert read_skill(folder) == NEW
    assert not (folder / "references/old").exists()
    assert os.access(folder / "scripts/run.sh", os.X_OK)
    assert not (folder / JOURNAL).exists()
    assert write_skill(folder, NEW, expected_digest=OLD.digest).kind == "unchanged"


@pytest.mark.parametrize("changed", ["references/terms.md", "SKILL.md"])
def test_a_file_that_was_changed_meanwhile_is_named_and_kept(folder: Path, changed: str) -> None:
    (folder / changed).write_text("mine", encoding="utf-8")

    outcome = write_skill(folder, NEW, expected_digest=OLD.digest, began_with=OLD)

    assert outcome.kind == "beside"
    assert f"was changed during the run ({changed})" in outcome.note
    assert outcome.path == folder.with_name("forms.skillopt")
    assert (folder / changed).read_text(encoding="utf-8") == "mine"
    assert read_skill(outcome.path) == NEW
    again = write_skill(folder, NEW, expected_digest=OLD.digest)
    assert again.path == outcome.path
    other = write_skill(folder, OLD.model_copy(update={"text": "x"}), expected_digest=OLD.digest)
    assert other.path == folder.with_name("forms.skillopt-2")


def test_a_file_that_came_meanwhile_stays(folder: Path) -> None:
    (folder / "references/new.md").write_text("mine", encoding="utf-8")
    outcome = write_skill(folder, NEW, expected_digest=OLD.digest, began_with=OLD)
    assert outcome.kind == "written"
    assert (folder / "references/new.md").read_text(encoding="utf-8") == "mine"
    assert read_skill(folder).text == NEW.text


def test_a_read_only_file_keeps_the_whole_folder_as_it_is(folder: Path) -> None:
    (folder / "references/terms.md").chmod(0o444)

    outcome = write_skill(folder, NEW, expected_digest=OLD.digest)

    assert outcome.kind == "beside"
    assert "is read-only" in outcome.note
    assert read_skill(folder) == OLD


def unfinished(folder: Path) -> None:
    """As a write leaves the folder that was killed after its first file."""
    journal = Journal(changes=changes_between(OLD, NEW), new=NEW)
    (folder / JOURNAL).write_text(journal.model_dump_json(), encoding="utf-8")
    (folder / "SKILL.md").write_bytes(NEW.to_bytes())


@pytest.mark.parametrize("by", ["reading", "writing"])
def test_the_next_one_completes_a_write(
    folder: Path, by: str, caplog: pytest.LogCaptureFixture
) -> None:
    unfinished(folder)
    with caplog.at_level(logging.WARNING, "skillopt"):
        if by == "reading":
            assert read_skill(folder) == NEW
        else:
            assert write_skill(folder, OLD, expected_digest=NEW.digest).kind == "written"
            assert read_skill(folder) == OLD
    assert f"was completed: the folder is version {NEW.digest[:12]}" in caplog.text
    assert not (folder / JOURNAL).exists()


def test_a_file_changed_after_the_interruption_is_kept(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    unfinished(folder)
    (folder / "references/terms.md").write_text("mine", encoding="utf-8")

    found = read_skill(folder)

    assert found.text == OLD.text
    assert (folder / "references/terms.md").read_text(encoding="utf-8") == "mine"
    assert "was taken back, since references/terms.md was changed after it" in caplog.text
    assert read_skill(folder.with_name("forms.skillopt")) == NEW


def test_a_record_that_is_no_record_is_named(folder: Path) -> None:
    (folder / JOURNAL).write_text("{}", encoding="utf-8")

    with pytest.raises(SkillError, match=r"\.skillopt-write cannot be read"):
        read_skill(folder)


def test_a_foreign_record_writes_nothing_outside(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (folder / "link").symlink_to(tmp_path / "outside", target_is_directory=True)
    foreign = SkillFile(path="link/x.md", data=b"x")
    journal = Journal(changes=(Change(before=None, after=foreign),), new=NEW)
    (folder / JOURNAL).write_text(journal.model_dump_json(), encoding="utf-8")

    with pytest.raises(SkillError, match="is a symbolic link"):
        read_skill(folder)
    assert not list((tmp_path / "outside").iterdir())


@pytest.mark.parametrize("path", [".git/hooks/pre-commit", "evals/x.md", "forms.yaml", "a/.env"])
def test_a_file_that_would_be_left_out_is_not_created(folder: Path, path: str) -> None:
    more = OLD.model_copy(update={"files": (*OLD.files, SkillFile(path=path, data=b"x"))})

    with pytest.raises(SkillError, match="would be no part of the skill"):
        write_skill(folder, more, expected_digest=OLD.digest)
    assert read_skill(folder) == OLD


def test_a_file_of_somebody_else_is_not_overwritten(folder: Path) -> None:
    (folder / "references/new").write_text("a file", encoding="utf-8")

    outcome = write_skill(folder, NEW, expected_digest=read_skill(folder).digest)

    assert outcome.kind in {"written", "beside"}
    assert read_skill(outcome.path) == NEW


def test_a_link_in_the_folder_is_not_written_through(folder: Path) -> None:
    (folder / "references/linked.md").symlink_to("terms.md")
    now = read_skill(folder)
    edited = SkillFile(path="references/linked.md", data=b"new")
    others = tuple(file for file in now.files if file.path != edited.path)
    new = now.model_copy(update={"files": (*others, edited)})

    with pytest.raises(SkillError, match=r"linked\.md is a symbolic link"):
        write_skill(folder, new, expected_digest=now.digest)
    assert read_skill(folder) == now


def test_a_new_folder_gets_everything(tmp_path: Path) -> None:
    out = tmp_path / "results" / "forms"
    check_place(out, instead="name another", skill=OLD)

    assert held_digest(out) == ""
    assert write_skill(out, NEW, expected_digest="").kind == "written"
    assert read_skill(out) == NEW
    assert held_digest(out) == NEW.digest


def test_a_folder_with_other_files_is_refused_before_anything_is_paid(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine", encoding="utf-8")

    with pytest.raises(SkillError, match=r"thesis\.tex, which is no file of this skill"):
        check_place(tmp_path, instead="name another", skill=OLD)
    with pytest.raises(SkillError, match=r"is one file, and the skill has 5: name a folder"):
        check_place(tmp_path / "out.md", instead="name another", skill=OLD)
