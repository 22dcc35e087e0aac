"""Files of candidates that several people decide on, and what is outside of their project."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.app.candidate_files import CandidateFiles, candidate_files, state_of
from skillopt.errors import AlreadyDecided, InputError
from tests.app.candidates_project import FILE, a_project


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CandidateFiles:
    a_project(tmp_path / "project")
    monkeypatch.chdir(tmp_path / "project")
    return candidate_files()


def seen(files: CandidateFiles, candidate: str) -> str:
    return state_of(files.one(FILE, candidate)[1])


def test_the_files_beside_the_projects_sets_are_found(files: CandidateFiles) -> None:
    assert files.names() == (FILE,)
    assert [one.id for one in files.listed(FILE).candidates] == ["fire", "ice"]
    with pytest.raises(InputError, match="no file of candidates"):
        files.listed("../other.candidates.yaml")
    with pytest.raises(InputError, match="has no candidate 'water'"):
        files.one(FILE, "water")


def test_an_approved_candidate_is_a_task(files: CandidateFiles) -> None:
    files.approve(FILE, "fire", seen=seen(files, "fire"), by="Ana", expected="no", split="train")
    text = (files.project / "validation_sets" / "desk.yaml").read_text()
    assert "id: fire" in text
    assert files.one(FILE, "fire")[1].decided_by == "Ana"


def test_who_comes_second_hears_of_the_first(files: CandidateFiles) -> None:
    before = seen(files, "fire")
    files.refuse(FILE, "fire", seen=before, by="Ana", reason="no question")
    with pytest.raises(AlreadyDecided, match="meanwhile it was refused by Ana: no question"):
        files.approve(FILE, "fire", seen=before, by="Bo", expected="no")
    before = seen(files, "ice")
    files.edit(FILE, "ice", seen=before, changes={"expected": "no"})
    with pytest.raises(AlreadyDecided, match="has changed it meanwhile"):
        files.refuse(FILE, "ice", seen=before, by="Bo", reason="")
    before = seen(files, "ice")
    files.approve(FILE, "ice", seen=before, by="Cy")
    with pytest.raises(AlreadyDecided, match="Cy has added it"):
        files.edit(FILE, "ice", seen=before, changes={"expected": "yes"})


def test_what_leads_out_of_the_project_is_not_touched(
    files: CandidateFiles, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    a_project(outside)
    before = (outside / "validation_sets" / "desk.yaml").read_bytes()
    file = files.project / FILE
    listed = file.read_text().replace("desk.yaml", "../../outside/validation_sets/desk.yaml")
    file.write_text(listed)
    with pytest.raises(InputError, match="outside of the project's folder"):
        files.approve(FILE, "fire", seen="", by="Eve", expected="no")
    file.unlink()
    file.symlink_to(outside / FILE)
    with pytest.raises(InputError, match="outside of the project's folder"):
        files.refuse(FILE, "fire", seen="", by="Eve", reason="")
    with pytest.raises(InputError, match="outside of the project's folder"):
        candidate_files((outside / FILE,))
    assert (outside / "validation_sets" / "desk.yaml").read_bytes() == before


def test_a_file_that_is_named_is_shown_instead(files: CandidateFiles) -> None:
    (files.project / "own.candidates.yaml").write_text(
        "validation_set: validation_sets/desk.yaml\ncandidates: []\n"
    )
    assert candidate_files((Path("own.candidates.yaml"),)).names() == ("own.candidates.yaml",)
    with pytest.raises(InputError, match="missing"):
        candidate_files((Path("missing.candidates.yaml"),))
