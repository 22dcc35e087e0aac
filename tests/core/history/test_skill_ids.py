"""A skill is known by its path in the project; its name is a label."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.history.skill_ids import SkillMove, id_now, path_id, skill_id

PARTS = st.lists(st.sampled_from(["a", "b", "review", "v1.2", "x y"]), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a/review/SKILL.md", "./a/review"),
        ("a/review", "./a/review"),
        ("./a//review/", "./a/review"),
        ("a/review/skill.md", "./a/review"),
        ("a\\review\\SKILL.md", "./a/review"),
        ("review.md", "./review.md"),
        ("SKILL.md", "./"),
        (".", "./"),
        ("../shared/SKILL.md", "../shared"),
        ("../SKILL.md", "../"),
        ("/elsewhere/SKILL.md", "/elsewhere"),
        ("..hidden/SKILL.md", "./..hidden"),
    ],
)
def test_a_path_is_the_skills_folder_or_file(path: str, found: str) -> None:
    assert path_id(path) == found


@given(PARTS)
def test_a_folder_its_file_and_its_id_are_one_skill(parts: list[str]) -> None:
    folder = "/".join(parts)
    assert path_id(folder) == path_id(f"{folder}/SKILL.md") == path_id(path_id(folder))


def test_a_value_is_known_by_its_name_which_is_no_path() -> None:
    assert skill_id(name="review", path=None) == "review"
    assert skill_id(name="review", path="review/SKILL.md") == "./review"


MOVES = (SkillMove(5, None, "./a", "./b"), SkillMove(9, None, "./b", "./c"))


@pytest.mark.parametrize(
    ("first", "seq", "found"),
    [
        ("./a", 1, "./c"),
        ("./a", 6, "./a"),
        ("./b", 6, "./c"),
        ("./b", 10, "./b"),
        ("./x", 1, "./x"),
    ],
)
def test_a_move_concerns_what_was_entered_before_it(first: str, seq: int, found: str) -> None:
    assert id_now(first, seq=seq, origin=None, moves=MOVES) == found


def test_moves_there_and_back_end_where_they_began() -> None:
    back = (*MOVES[:1], SkillMove(7, None, "./b", "./a"))
    assert id_now("./a", seq=1, origin=None, moves=back) == "./a"


def test_an_imported_move_concerns_the_runs_of_its_ledger_only() -> None:
    moves = (SkillMove(5, "other", "./a", "./b"),)
    assert id_now("./a", seq=1, origin="other", moves=moves) == "./b"
    assert id_now("./a", seq=1, origin=None, moves=moves) == "./a"
    own = (SkillMove(5, None, "./a", "./b"),)
    assert id_now("./a", seq=1, origin="other", moves=own) == "./b"
