"""The pages of mined candidates: forms, a second person, a reader, hostile texts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from skillopt.adapters.files.candidates_file import read_candidates
from skillopt.adapters.files.validation_file import read_validation_set
from skillopt.app.candidate_files import CandidateFiles
from skillopt.core.evaluation.task import Message
from skillopt.core.mining.candidate import Candidate
from tests.app.candidates_project import FILE, FIRE, a_project
from tests.web.conftest import Browser, Opening
from tests.web.hostile import mark

AT = "/candidates/validation_sets%2Fdesk.candidates.yaml"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    a_project(tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture
def browser(browse: Opening, empty: Path, project: Path) -> Browser:
    return browse(empty, candidates=CandidateFiles(project)).signed_in()


def seen(browser: Browser, at: str) -> str:
    (found,) = set(re.findall(r'name="seen" value="(\w+)"', browser.get(at).text))
    return str(found)


def send(browser: Browser, at: str, what: str, **fields: str) -> Any:
    given = {"seen": seen(browser, at), "name": "Ana", **fields}
    return browser.submit(f"{at}/{what}", **given)


def kept(project: Path, candidate: str) -> Candidate:
    found = read_candidates(project / FILE).candidates
    return next(one for one in found if one.id == candidate)


def test_candidates_are_listed_and_linked(browser: Browser) -> None:
    assert 'href="/candidates"' in browser.get("/approvals").text
    text = browser.get("/candidates").text
    assert f'<a href="{AT}/fire">Is the printer on fire?</a>' in text
    assert "2 to decide on, 0 added, 0 refused" in text
    one = browser.get(f"{AT}/fire").text
    assert "RECORDED-LONG-AGO" in one
    assert "nobody has checked it" in one
    assert browser.get(f"{AT}/water").status_code == 404
    assert browser.get("/candidates/other/fire").status_code == 404


def test_one_is_added_with_the_answer_that_was_typed(browser: Browser, project: Path) -> None:
    bare = send(browser, f"{AT}/ice", "approve")
    assert bare.status_code == 422
    assert "expected" in bare.text
    done = send(browser, f"{AT}/ice", "approve", expected="no", split="train")
    assert (done.status_code, done.headers["location"]) == (303, f"{AT}/ice")
    task = read_validation_set(project / "validation_sets" / "desk.yaml").tasks[-1]
    assert (task.id, task.split, task.expected) == ("ice", "train", "no")
    assert kept(project, "ice").decided_by == "Ana"
    text = browser.get(f"{AT}/ice").text
    assert "Added</span> to" in text
    assert "<button>Refuse" not in text


def test_one_is_added_with_the_recorded_answer(browser: Browser, project: Path) -> None:
    assert send(browser, f"{AT}/fire", "recorded").status_code == 303
    task = read_validation_set(project / "validation_sets" / "desk.yaml").tasks[-1]
    assert (task.id, task.expected) == ("fire", "RECORDED-LONG-AGO")


def test_one_is_edited_and_refused_and_new_again(browser: Browser, project: Path) -> None:
    path = f"{AT}/fire"
    assert send(browser, path, "edit", input="Is it\r\nhot?", expected="no").status_code == 303
    assert (kept(project, "fire").input, kept(project, "fire").expected) == ("Is it\nhot?", "no")
    assert send(browser, path, "refuse", reason="no <b>question</b>").status_code == 303
    assert kept(project, "fire").refused == "refused by Ana: no <b>question</b>"
    for text in (browser.get(path).text, browser.get("/candidates").text):
        assert "no &lt;b&gt;question&lt;/b&gt;" in text
    assert send(browser, path, "edit", split="train").status_code == 303
    assert kept(project, "fire").status == "new"


def test_the_second_person_is_told(browser: Browser, project: Path) -> None:
    path, before = f"{AT}/ice", seen(browser, f"{AT}/ice")
    send(browser, path, "refuse", name="Bo", reason="too easy")
    late = browser.submit(f"{path}/approve", seen=before, name="Ana", expected="no")
    assert late.status_code == 409
    assert "meanwhile it was refused by Bo: too easy" in late.text
    assert len(read_validation_set(project / "validation_sets" / "desk.yaml").tasks) == 2


def test_a_form_with_a_wrong_field_changes_nothing(browser: Browser, project: Path) -> None:
    before = (project / FILE).read_bytes()
    for fields in ({"name": ""}, {"split": "all"}, {"seen": "0" * 64}):
        answer = send(browser, f"{AT}/ice", "approve", expected="no", **fields)
        assert answer.status_code in (409, 422)
    assert (project / FILE).read_bytes() == before


def test_a_reader_decides_nothing(browse: Opening, empty: Path, project: Path) -> None:
    reader = browse(empty, candidates=CandidateFiles(project), read_only=True).signed_in()
    text = reader.get(f"{AT}/ice").text
    assert "read-only" in text
    assert "<textarea" not in text
    before = (project / FILE).read_bytes()
    for what in ("approve", "recorded", "edit", "refuse"):
        answer = reader.submit(f"{AT}/ice/{what}", name="Eve", seen="", expected="no")
        assert answer.status_code == 403
    assert (project / FILE).read_bytes() == before


def test_hostile_texts_are_text(browse: Opening, empty: Path, tmp_path: Path) -> None:
    worst = Candidate(
        id=f"x/../{mark()}",
        split="train",
        input=(Message(role="user", content=mark()),),
        recorded={mark(): mark()},
        expected=None,
        checks=({"type": "exact", "criterion": mark()},),
        source=mark(),
        quote=mark(),
    )
    refused = FIRE.model_copy(
        update={"status": "refused", "decided_by": mark(), "reason": mark(), "input": mark()}
    )
    a_project(tmp_path / "project", worst, refused)
    browser = browse(empty, candidates=CandidateFiles(tmp_path / "project")).signed_in()
    listed = browser.get("/candidates").text
    links = re.findall(rf'href="({AT}/[^"]*)"', listed)
    assert len(links) == 2
    for text in (listed, *(browser.get(one).text for one in links)):
        assert "<svg" not in text
        assert "<script>alert" not in text
        shown = re.sub(r"<textarea.*?</textarea>", "", text, flags=re.DOTALL)  # sent back as it is
        assert "\u202e" not in shown
        assert "50159" not in text
        assert "62710561" not in text


def test_what_cannot_be_read_says_why(browser: Browser, project: Path) -> None:
    (project / FILE).write_text("validation_set: ../../other.yaml\ncandidates: []\n")
    assert "outside of the project" in browser.get("/candidates").text
    (project / FILE).write_text("[")
    assert "desk.candidates.yaml:" in browser.get("/candidates").text
    (project / FILE).unlink()
    assert "There are no files of candidates" in browser.get("/candidates").text
