"""Edits of a folder: they name a file, and touch nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.skill.edit import (
    Create,
    Delete,
    Describe,
    Edit,
    Insert,
    Misfit,
    MisfitReason,
    Remove,
    Replace,
    added_text,
    anchor_of,
    apply,
)
from skillopt.core.skill.edit_budget import changed_chars, changed_in_all
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SKILL_MD, SkillFile
from tests.core.texts import bodies

MAIN = "---\nname: s\ndescription: d\n---\n# Top\n\n- one\n\nSee [terms](references/terms.md).\n"
TERMS = "\ufeff# Terms\r\n\r\n- one\r\n- two\r\n"
NOTES = (
    "---\nowner: us\n---\n# Notes\n\n<!-- skillopt:lock -->\nkeep\n<!-- skillopt:unlock -->\n- n\n"
)
SCRIPT = "# run\nprint(1)\n"
FOLDER = Skill(
    text=MAIN,
    files=(
        SkillFile(path="references/terms.md", data=TERMS.encode()),
        SkillFile(path="references/deep/notes.md", data=NOTES.encode()),
        SkillFile(path="scripts/run.py", data=SCRIPT.encode(), executable=True),
        SkillFile(path="assets/a.png", data=b"\x89PNG\0\xff"),
    ),
)
TERMS_FILE, NOTES_FILE = "references/terms.md", "references/deep/notes.md"


def applied(*edits: Edit, skill: Skill = FOLDER) -> Skill:
    after = apply(skill, edits)
    assert isinstance(after, Skill), after
    return after


def refused(*edits: Edit, skill: Skill = FOLDER) -> Misfit:
    misfit = apply(skill, edits)
    assert isinstance(misfit, Misfit)
    assert misfit.detail
    return misfit


def data(skill: Skill) -> dict[str, bytes]:
    return {SKILL_MD: skill.text.encode()} | {file.path: file.data for file in skill.files}


def test_an_anchor_is_looked_up_in_its_file_alone() -> None:
    after = applied(
        Replace(anchor="- one", text="- 1", file=TERMS_FILE),
        Insert(anchor="- one", text="\n- more"),
        Insert(anchor="", section=("Terms",), text="- three\n", file=TERMS_FILE),
    )
    assert after.text == MAIN.replace("- one", "- one\n- more")
    terms = after.documents[TERMS_FILE].text
    assert terms == TERMS.replace("- one", "- 1") + "- three\r\n"
    rest = {path: each for path, each in data(after).items() if path not in (SKILL_MD, TERMS_FILE)}
    assert rest.items() <= data(FOLDER).items()


def test_a_script_is_edited_as_text_and_stays_executable() -> None:
    after = applied(Replace(anchor="print(1)", text="print(2)", file="scripts/run.py"))
    script = next(file for file in after.files if file.path == "scripts/run.py")
    assert (script.data, script.executable) == (b"# run\nprint(2)\n", True)
    assert not after.documents["scripts/run.py"].sections
    section = Insert(anchor="", section=("run",), text="x", file="scripts/run.py")
    assert refused(section).reason is MisfitReason.SECTION_MISSING


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (Delete(anchor="x", file="references/gone.md"), MisfitReason.FILE_MISSING),
        (Remove(file="references/gone.md"), MisfitReason.FILE_MISSING),
        (Delete(anchor="PNG", file="assets/a.png"), MisfitReason.NOT_EDITABLE),
        (Remove(file="assets/a.png"), MisfitReason.NOT_EDITABLE),
        (Remove(file=SKILL_MD), MisfitReason.NOT_EDITABLE),
        (Remove(file=NOTES_FILE), MisfitReason.LOCKED),
        (Remove(file=TERMS_FILE), MisfitReason.BROKEN_LINK),
        (Replace(anchor="keep", text="x", file=NOTES_FILE), MisfitReason.LOCKED),
        (Replace(anchor="owner: us", text="x", file=NOTES_FILE), MisfitReason.ANCHOR_MISSING),
        (Delete(anchor="- two", section=("Top",), file=TERMS_FILE), MisfitReason.SECTION_MISSING),
        (Create(file=SKILL_MD, text="x"), MisfitReason.FILE_EXISTS),
        (Create(file="skill.md", text="x"), MisfitReason.FILE_EXISTS),
        (Create(file=TERMS_FILE, text="x"), MisfitReason.FILE_EXISTS),
        (Create(file="References/more.md", text="x"), MisfitReason.FILE_EXISTS),
        (Create(file="references", text="x"), MisfitReason.FILE_EXISTS),
        (Create(file="references/terms.md/x.md", text="x"), MisfitReason.FILE_EXISTS),
        (Create(file="../x.md", text="x"), MisfitReason.BAD_PATH),
        (Create(file="/etc/x.md", text="x"), MisfitReason.BAD_PATH),
        (Create(file="", text="x"), MisfitReason.BAD_PATH),
        (Create(file=".git/x.md", text="x"), MisfitReason.BAD_PATH),
        (Create(file="references/new.md", text=" \n"), MisfitReason.BAD_TEXT),
        (Create(file="references/new.md", text="<!-- skillopt:lock -->"), MisfitReason.BAD_TEXT),
        (Describe(text="a <b> c"), MisfitReason.BAD_DESCRIPTION),
    ],
)
def test_what_does_not_fit(edit: Edit, reason: MisfitReason) -> None:
    assert refused(edit).reason is reason
    good = Insert(anchor="- one", text="\n- more")
    assert apply(FOLDER, (good, edit)) == refused(edit).model_copy(update={"edit": _after(edit)})


def _after(edit: Edit) -> int | None:
    """The place of an edit that comes second; a broken link is the whole proposal's fault."""
    return None if refused(edit).edit is None else 1


@pytest.mark.parametrize(
    "edits",
    [
        (Remove(file=NOTES_FILE), Remove(file=NOTES_FILE)),
        (Remove(file=TERMS_FILE), Delete(anchor="- two", file=TERMS_FILE)),
        (Describe(text="a"), Describe(text="b")),
    ],
)
def test_edits_of_one_place_exclude_each_other(edits: tuple[Edit, ...]) -> None:
    assert refused(*edits).reason in (MisfitReason.OVERLAP, MisfitReason.LOCKED)


def test_two_new_files_have_two_names() -> None:
    twice = (
        Create(file="references/é.md", text="x"),
        Create(file="references/E\u0301.md", text="y"),
    )
    assert refused(*twice).reason is MisfitReason.FILE_EXISTS


def test_a_file_goes_with_its_link() -> None:
    after = applied(Remove(file=TERMS_FILE), Delete(anchor="\nSee [terms](references/terms.md).\n"))
    assert TERMS_FILE not in after.paths


def test_a_description_and_a_rule_change_together() -> None:
    after = applied(Describe(text="Say: this"), Replace(anchor="- one", text="- 1"))
    assert after.text == MAIN.replace("description: d", 'description: "Say: this"').replace(
        "- one", "- 1"
    )
    assert after.fields["description"] == "Say: this"


def test_documents_of_a_lone_skills_edits_stay_what_they_were() -> None:
    edit = Insert(anchor="x", text="y")
    assert "file" not in edit.model_dump()
    assert "file" not in Insert.model_json_schema()["properties"]
    assert edit.model_copy(update={"file": "a.md"}).model_dump()["file"] == "a.md"


def test_what_an_edit_says_of_itself() -> None:
    edits = (
        Insert(anchor="a", text="t"),
        Delete(anchor="a"),
        Create(file="x.md", text="t"),
        Remove(file="x.md"),
        Describe(text="t"),
    )
    assert [added_text(edit) for edit in edits] == ["t", "", "t", "", "t"]
    assert [anchor_of(edit) for edit in edits] == ["a", "a", "", "", ""]
    assert edits[-1].file == SKILL_MD


EDITS = st.lists(
    st.one_of(
        st.builds(
            Insert,
            anchor=st.sampled_from(["", "- one", "- n", "print"]),
            text=bodies,
            file=st.sampled_from(FOLDER.paths),
        ),
        st.builds(Create, file=st.sampled_from(["a.md", "A.md", "b/c.md"]), text=bodies),
        st.builds(Remove, file=st.sampled_from(FOLDER.paths)),
    ),
    min_size=1,
    max_size=4,
)


@given(edits=EDITS)
def test_only_the_files_named_change(edits: list[Edit]) -> None:
    after = apply(FOLDER, tuple(edits))
    if isinstance(after, Misfit):
        return
    named = {edit.file for edit in edits}
    old, new = data(FOLDER), data(after)
    assert {path for path in {**old, **new} if old.get(path) != new.get(path)} <= named
    for path, document in FOLDER.documents.items():
        if path in new:
            assert after.documents[path].locked_texts == document.locked_texts
            assert after.documents[path].front_matter.rstrip() == document.front_matter.rstrip()


@given(edits=EDITS)
def test_the_budget_is_the_sum_over_the_files(edits: list[Edit]) -> None:
    after = apply(FOLDER, tuple(edits))
    if isinstance(after, Misfit):
        return
    old, new = FOLDER.documents, after.documents
    texts = [
        ("" if path not in old else old[path].text, "" if path not in new else new[path].text)
        for path in {**old, **new}
    ]
    assert changed_in_all(FOLDER, after) == sum(changed_chars(*pair) for pair in texts)
    assert (changed_in_all(FOLDER, after) == 0) is (after == FOLDER)


@given(
    name=st.sampled_from(["references/a.md", "references/b.md", "references/y/z.txt"]), text=bodies
)
def test_what_is_created_and_removed_leaves_no_trace(name: str, text: str) -> None:
    for skill in (FOLDER, Skill(text=MAIN)):
        made = apply(skill, (Create(file=name, text=text),))
        if isinstance(made, Misfit):
            assert made.reason is MisfitReason.BAD_TEXT
            return
        assert made.digest != skill.digest
        assert changed_in_all(skill, made) == len(text)
        back = applied(Remove(file=name), skill=made)
        assert (back, back.digest) == (skill, skill.digest)


@given(edits=EDITS)
def test_equal_trees_and_equal_digests_are_one(edits: list[Edit]) -> None:
    after = apply(FOLDER, tuple(edits))
    if isinstance(after, Skill):
        assert (after.digest == FOLDER.digest) is (data(after) == data(FOLDER))


@given(edits=EDITS)
def test_a_file_that_begins_with_a_lock_stays_as_it_is(edits: list[Edit]) -> None:
    text = "<!-- skillopt:lock -->\n# Terms\n\n- one\n- n\n"
    locked = SkillFile(path=TERMS_FILE, data=text.encode())
    files = (locked, *(file for file in FOLDER.files if file.path != TERMS_FILE))
    after = apply(FOLDER.model_copy(update={"files": files}), tuple(edits))
    if isinstance(after, Skill):
        assert after.documents[TERMS_FILE].text.endswith(text)
