"""A placebo: as long as the edit, in its place, and without its words."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.skill.placebo import WORDS, placebo
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile

OLD = "# Desks\n\nBe kind.\n\n- bread: bakery\n"


def emptied(text: str, old: str = OLD, *, seed: int = 0) -> str:
    return placebo(Skill(text=old), Skill(text=text), seed=seed).text


def test_what_is_added_loses_its_words_and_keeps_its_length() -> None:
    text = emptied(f"{OLD}- cake and rolls: bakery, room 12\n")
    assert text.startswith(OLD)
    assert len(text) == len(OLD) + len("- cake and rolls: bakery, room 12\n")
    assert re.fullmatch(r"- \w{4} \w{3} \w{5}: \w{6}, \w{4} \w\w\n", text.removeprefix(OLD))
    assert not {"cake", "rolls", "bakery", "12"} & set(re.findall(r"\w+", text.removeprefix(OLD)))


def test_a_reworded_line_keeps_the_words_it_had() -> None:
    text = emptied(OLD.replace("bread: bakery", "bread or cake: bakery"))
    assert re.search(r"^- bread \w\w \w{4}: bakery$", text, re.MULTILINE)
    assert "cake" not in text


def test_what_only_goes_or_moves_has_no_placebo() -> None:
    shorter = OLD.replace("Be kind.\n\n", "")
    moved = "# Desks\n\n- bread: bakery\n\nBe kind.\n"
    assert (emptied(shorter), emptied(moved)) == (shorter, moved)


def test_the_seed_chooses_the_words() -> None:
    longer = OLD + "Ask them whether every one of these words should be there again.\n"
    found = {emptied(longer, seed=seed) for seed in range(5)}
    assert len(found) > 1
    assert emptied(longer, seed=3) == emptied(longer, seed=3)


def test_every_filler_has_the_length_it_is_filed_under() -> None:
    assert all(len(word) == length for length, words in WORDS.items() for word in words)
    assert sorted(WORDS) == list(range(1, max(WORDS) + 1))


texts = st.text(st.sampled_from("abc #-\n.1é`"), max_size=80)


@given(texts, texts, st.integers(0, 5))
def test_length_lines_and_punctuation_are_those_of_the_edit(old: str, new: str, seed: int) -> None:
    text = emptied(new, old, seed=seed)
    assert [len(line) for line in text.split("\n")] == [len(line) for line in new.split("\n")]
    assert re.sub(r"\w", "", text) == re.sub(r"\w", "", new)


def test_every_file_loses_the_words_that_are_added_to_it() -> None:
    old, png = SkillFile(path="a.md", data=b"- bread: bakery\n"), SkillFile(path="b", data=b"\xff")
    more = old.model_copy(update={"data": old.data + b"- cake: bakery\n"})
    new = SkillFile(path="c.md", data=b"- rolls: bakery\n")
    before = Skill(text=OLD, files=(old, png))
    empty = placebo(before, Skill(text=OLD, files=(more, png, new)), seed=0)
    assert (empty.text, empty.paths) == (OLD, ("SKILL.md", "a.md", "b", "c.md"))
    assert empty.documents["a.md"].text.startswith("- bread: bakery\n- ")
    said = empty.documents["a.md"].text + empty.documents["c.md"].text
    assert not {"cake", "rolls"} & set(re.findall(r"\w+", said))
    assert len(said) == len(more.data) + len(new.data)
