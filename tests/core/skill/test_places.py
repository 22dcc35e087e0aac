"""Places: sections of all files by one name."""

from __future__ import annotations

from skillopt.core.skill.changes import changes_of, section_of, section_print
from skillopt.core.skill.edit import Create, Delete, Describe, Edit, Insert, Remove, Replace
from skillopt.core.skill.places import claimed_place, own_text, place_name, places
from skillopt.core.skill.similarity import similarity, similarity_keys
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile

FILE = "references/a.md"
FOLDER = Skill(
    text="---\nname: s\ndescription: old\n---\nlead\n\n# Top\n\n- one is here\n\n## Deep\n\n- two\n",
    files=(SkillFile(path=FILE, data=b"first\n\n# Top\n\n- one is here\n- two\n"),),
)


def test_names_and_what_stands_there() -> None:
    assert places(FOLDER) == ("Top", "Top > Deep", "references/a.md > Top")
    assert place_name("SKILL.md", ()) == ""
    assert own_text(FOLDER, "") == "lead\n\n"
    assert own_text(FOLDER, "Top") == "\n- one is here\n\n"
    assert own_text(FOLDER, FILE) == "first\n\n"
    assert own_text(FOLDER, f"{FILE} > Top") == "\n- one is here\n- two\n"
    assert own_text(FOLDER, "gone") == own_text(FOLDER, "gone.md > Top") == ""


def test_where_edits_write() -> None:
    told: list[tuple[Edit, str]] = [
        (Delete(anchor="- two"), "Top > Deep"),
        (Delete(anchor="- two", file=FILE), f"{FILE} > Top"),
        (Insert(anchor="first", text="x", file=FILE), FILE),
        (Insert(anchor="", section=("Top",), text="x", file=FILE), f"{FILE} > Top"),
        (Create(file="b.md", text="x"), "b.md"),
        (Remove(file=FILE), FILE),
        (Describe(text="x"), "description"),
        (Delete(anchor="x", section=("A", "B"), file="gone.md"), "gone.md > A > B"),
    ]
    for edit, place in told:
        assert section_of(FOLDER, edit) == place
    assert claimed_place(Delete(anchor="x", section=("A",))) == "A"


def test_one_sentence_in_two_files_is_two_ideas() -> None:
    here, there = (
        changes_of(FOLDER, [Insert(anchor="- one is here\n", text="- roses go there\n", **more)])
        for more in ({}, {"file": FILE})
    )
    assert [change.after for change in here] == [change.after for change in there]
    assert similarity(here, here) == 1
    assert similarity(here, there) == 0
    assert not set(similarity_keys(["s"], here)) & set(similarity_keys(["s"], there))


def test_what_whole_files_and_descriptions_change() -> None:
    (made,) = changes_of(FOLDER, [Create(file="references/b.md", text="- roses are there\n")])
    assert (made.section, made.before, made.after) == ("references/b.md", "", "roses are there")
    gone = changes_of(FOLDER, [Remove(file=FILE)])
    assert {change.before for change in gone} >= {"first", "one is here", "two"}
    described = changes_of(FOLDER, [Describe(text="new text")])
    assert {change.section for change in described} == {"description"}
    reworded = changes_of(FOLDER, [Replace(anchor="first", text="firsts", file=FILE)])
    assert [(change.before, change.after) for change in reworded] == [("first", "firsts")]


def test_a_print_is_of_a_file_as_well() -> None:
    after = FOLDER.model_copy(update={"files": ()})
    place = f"{FILE} > Top"
    assert section_print(FOLDER, place).statements
    assert not section_print(after, place).statements
    assert section_print(FOLDER, "Top") == section_print(after, "Top")
