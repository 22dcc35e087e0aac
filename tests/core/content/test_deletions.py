"""Large deletions, at once and over a run."""

from __future__ import annotations

from skillopt.core.content.deletions import deletions, lost_share
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile

WORDS = [f"word{number}" for number in range(200)]


def of(start: int, end: int = 200) -> Skill:
    return Skill(text=" ".join(WORDS[start:end]))


def kinds(before: Skill, after: Skill, first: Skill) -> list[str]:
    return [hit.kind for hit in deletions(before, after, first)]


def test_more_than_half_at_once_is_a_large_deletion() -> None:
    assert kinds(of(0), of(99), of(0)) == []
    assert kinds(of(0), of(101), of(0)) == ["deletions"]


def test_a_run_that_deletes_little_by_little_is_said_once() -> None:
    assert kinds(of(40), of(90), of(0)) == []
    assert kinds(of(90), of(110), of(0)) == ["erosion"]
    assert kinds(of(110), of(120), of(0)) == []


def test_text_that_is_replaced_is_gone() -> None:
    assert lost_share(of(0), Skill(text="other " * 200)) == 1
    moved = Skill(text=" ".join([*WORDS[:50], "new", *WORDS[50:]]))
    assert lost_share(of(0), moved) == 0


def test_of_a_short_skill_nothing_is_large() -> None:
    assert kinds(of(0, 20), of(0, 1), of(0, 20)) == []


def test_words_count_in_whatever_file_they_are() -> None:
    file = SkillFile(path="refs/a.md", data=" ".join(WORDS).encode())
    folder = Skill(text=of(0, 50).text, files=(file,))
    assert kinds(folder, of(0, 50), folder) == ["deletions"]
    assert kinds(folder, folder.model_copy(update={"text": ""}), folder) == []
