from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.files.candidates_file import (
    candidates_beside,
    input_rows,
    no_candidates,
    read_candidates,
)
from skillopt.adapters.files.file_edit import write_edit
from skillopt.core.evaluation.task import Message
from skillopt.core.mining.candidate import Candidate, Found
from skillopt.core.mining.choice import candidate_of
from skillopt.core.mining.cleaning import clean_found
from skillopt.errors import InputError, ValidationSetError

SET = Path("validation_sets/desk.yaml")
TEXT = st.text() | st.text("ab \n:#-'\"{}|>\0\r\x85\u2028\ufeff")


def candidate(**more: Any) -> Candidate:
    fields: dict[str, Any] = {"id": "c", "split": "train", "input": "What?", "source": "x.jsonl:1"}
    return Candidate(**{**fields, **more})


def written(folder: Path, *candidates: Candidate) -> Path:
    path = folder / "desk.candidates.yaml"
    write_edit(no_candidates(path, folder / "desk.yaml").edit(candidates))
    return path


@given(TEXT, TEXT | st.dictionaries(TEXT, TEXT, max_size=2), TEXT)
def test_whatever_was_found_is_read_back(asked: str, recorded: Any, source: str) -> None:
    found = clean_found(Found(input=asked, recorded=recorded, source=source, quote=source))
    if isinstance(found, Found):
        # Reading back what is written is part of making the edit.
        no_candidates(Path("c.yaml"), SET).edit([candidate_of(found)])


def test_candidates_are_kept_with_the_set_they_are_for(tmp_path: Path) -> None:
    turns = (Message(role="user", content="one\ntwo"), Message(role="assistant", content="x"),
             Message(role="user", content="three"))  # fmt: skip
    first = candidate(input=turns, recorded={"a": 1}, expected=12, checks=({"type": "exact"},))
    second = candidate(id="d", status="refused", quote="a\nb", recorded="no")
    file = read_candidates(written(tmp_path, first, second))
    assert file.candidates == (first, second)
    assert file.validation_set == tmp_path / "desk.yaml"


def test_the_file_lies_beside_the_set() -> None:
    assert candidates_beside(SET) == Path("validation_sets/desk.candidates.yaml")
    assert candidates_beside(Path("a.b.jsonl")) == Path("a.b.candidates.yaml")


def test_a_file_without_candidates(tmp_path: Path) -> None:
    assert read_candidates(written(tmp_path)).candidates == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "not a file of candidates"),
        ("validation_set: x.yaml\ncandidates: {}\n", "`candidates` must be a list"),
        ("validation_set: x.yaml\ncandidates:\n  - 7\n", ":3: a candidate must be a mapping"),
        ("candidates: []\n", "`validation_set` is missing"),
        (
            "validation_set: x.yaml\ncandidates:\n  - {id: a, statis: new}\n",
            "unknown field 'statis'; did you mean 'status'?",
        ),
        (
            "validation_set: x.yaml\ncandidates:\n"
            + 2 * "  - {id: a, split: train, input: b, source: c}\n",
            ":4: the candidate id 'a' is there twice",
        ),
    ],
)
def test_a_slip_of_a_person_is_said_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(text)
    with pytest.raises(ValidationSetError) as caught:
        read_candidates(path)
    assert said in str(caught.value)


def test_too_many_candidates_are_refused(tmp_path: Path) -> None:
    many = [candidate(id=f"c{at}", input="x" * 9_000) for at in range(1_900)]
    with pytest.raises(InputError, match="--limit"):
        written(tmp_path, *many)
    assert list(tmp_path.iterdir()) == []


def test_an_input_by_turns() -> None:
    turns = (Message(role="user", content="a\nb"),)
    assert list(input_rows(turns, indent=2)) == [
        "  input:",
        "    - role: user",
        "      content: |-\n        a\n        b",
    ]
