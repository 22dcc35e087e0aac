"""The file of candidates while a search adds to it; how it is written is tested with the search."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.adapters.files.candidates_file import read_candidates
from skillopt.app.candidate_store import CandidateStore
from skillopt.core.mining.candidate import Found
from skillopt.errors import InputError


def found(*asked: str) -> list[Found]:
    return [Found(input=one, source="log.jsonl:1") for one in asked]


def test_each_addition_is_in_the_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    store = CandidateStore(path, tmp_path / "desk.yaml", (), limit=3)
    store.add(found("Is it one?"))
    assert [one.input for one in read_candidates(path).candidates] == ["Is it one?"]
    store.add(found("is it one", "Who pays?", "Where is the door?", "What else is new?"))
    assert len(read_candidates(path).candidates) == 3
    assert store.candidates == read_candidates(path).candidates
    assert (store.room, [one.known for one in store.chosen]) == (0, [0, 1])
    assert store.chosen[1].left_out == 1


def test_nothing_new_writes_nothing(tmp_path: Path) -> None:
    store = CandidateStore(tmp_path / "c.yaml", tmp_path / "desk.yaml", (), limit=3)
    store.add([])
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="kept in YAML"):
        CandidateStore(tmp_path / "c.txt", tmp_path / "desk.yaml", (), limit=3).read()
