"""Skills that are gone and skills that have come are paired by their names, not by chance."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.skill.renames import renames

FORM = "# Desk\n\n" + "".join(f"- Rule {n} of the house.\n" for n in range(9))


def skill(name: str, more: str = "") -> str:
    return f"---\nname: {name}\ndescription: Answers.\n---\n{FORM}{more}"


def test_a_name_decides_where_the_texts_are_alike() -> None:
    found = renames(
        [("skills/a/SKILL.md", skill("a")), ("skills/b/SKILL.md", skill("b"))],
        [("skills/c/SKILL.md", skill("c")), ("moved/x/SKILL.md", skill("a", "- Edited.\n"))],
    )
    assert found.before == {"moved/x/SKILL.md": "skills/a/SKILL.md"}
    assert found.alike == {"skills/c/SKILL.md": ("skills/b/SKILL.md",)}


def test_a_folder_or_a_file_names_a_skill_without_front_matter() -> None:
    found = renames(
        [("skills/a/SKILL.md", FORM), ("notes/b.md", FORM), ("c.md", FORM)],
        [("more/a/SKILL.md", f"{FORM}a"), ("b/SKILL.md", "other"), ("d.md", FORM)],
    )
    assert found.before == {"more/a/SKILL.md": "skills/a/SKILL.md", "b/SKILL.md": "notes/b.md"}
    assert found.alike == {"d.md": ("c.md",)}


def test_both_names_come_before_one() -> None:
    found = renames(
        [("one/a/SKILL.md", skill("a")), ("two/b/SKILL.md", skill("a"))],
        [("three/b/SKILL.md", skill("a")), ("three/a/SKILL.md", skill("a"))],
    )
    assert found.before == {
        "three/a/SKILL.md": "one/a/SKILL.md",
        "three/b/SKILL.md": "two/b/SKILL.md",
    }


def test_a_text_alone_of_its_kind_is_followed_under_another_name() -> None:
    gone = [("a/SKILL.md", skill("a")), ("b/SKILL.md", "# B\n\nNothing of the form.\n")]
    found = renames(gone, [("c/SKILL.md", skill("c", "- More.\n")), ("d/SKILL.md", "# D\n")])
    assert found.before == {"c/SKILL.md": "a/SKILL.md"}
    assert found.alike == {}


def test_of_two_alike_that_came_neither_is_the_renamed_one() -> None:
    found = renames([("a.md", FORM)], [("b.md", FORM), ("c.md", f"{FORM}more\n")])
    assert found == ({}, {"b.md": ("a.md",), "c.md": ("a.md",)})


_PATHS = st.lists(st.sampled_from([f"{x}/{y}/SKILL.md" for x in "pqr" for y in "abc"]), unique=True)
_TEXTS = st.sampled_from(["", FORM, "x\n", skill("a"), skill("b", "- More.\n"), "---\nname: [\n"])


@given(gone=_PATHS, come=_PATHS, texts=st.lists(_TEXTS, min_size=18, max_size=18))
def test_each_skill_is_in_one_pair_and_the_order_makes_no_difference(
    gone: list[str], come: list[str], texts: list[str]
) -> None:
    old, new = list(zip(gone, texts, strict=False)), list(zip(come, texts[9:], strict=False))
    found = renames(old, new)
    assert len(set(found.before.values())) == len(found.before)
    assert not set(found.before) & set(found.alike)
    assert renames(old[::-1], new[::-1]).before == found.before
