"""One text: what is Markdown has front matter and headings, what is none has only text."""

from __future__ import annotations

from hypothesis import given

from skillopt.core.skill.document import Document, Span
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile
from tests.core.texts import bodies, skills

SCRIPT = "---\nname: x\n---\n# a comment\n# <!-- skillopt:lock -->\nkeep = 1\n# <!-- skillopt:unlock -->\nx\n"


def test_a_scripts_comments_are_no_headings() -> None:
    script = Document(text=SCRIPT, markdown=False)
    assert not script.sections
    assert not script.front_matter
    assert script.body == Span(0, len(SCRIPT))
    assert "keep = 1" in script.locked_texts[0]
    read = Document(text=SCRIPT)
    assert read.front_matter == "---\nname: x\n---\n"
    assert read.sections[0].path == ("a comment",)


def test_marks_that_lock_nothing() -> None:
    text = "<!-- skillopt lock -->\n<!-- skillopt:unlock -->\n"
    assert Document(text=text).unread_marks == ("<!-- skillopt lock -->",)
    file = SkillFile(path="a.md", data=text.encode())
    (warning,) = Skill(text="# x\n", files=(file,)).warnings
    assert warning.startswith("`<!-- skillopt lock -->` locks nothing in a.md: write ")


def test_a_byte_order_mark_is_before_the_body() -> None:
    assert Document(text="\ufeff# x\n").body_text == "# x\n"


@given(skill=skills)
def test_a_skill_reads_as_its_document_does(skill: Skill) -> None:
    document = Document(text=skill.text)
    assert skill.documents == {"SKILL.md": document}
    assert (skill.body, skill.sections, skill.locked) == (
        document.body,
        document.sections,
        document.locked,
    )
    assert skill.front_matter + document.text[skill.front_matter_found.end :] == skill.text
    assert (skill.all_text, skill.chars) == (skill.text, len(skill.text))


@given(text=bodies)
def test_what_stands_elsewhere_changes_nothing_here(text: str) -> None:
    file = SkillFile(path="references/a.md", data=text.encode())
    skill = Skill(text="# x\n\n- one\n", files=(file,))
    assert skill.document == Document(text="# x\n\n- one\n")
    assert skill.documents["references/a.md"] == Document(text=text)
    assert skill.chars == len(skill.text) + len(text)
    assert skill.all_text.endswith(f"references/a.md\n{text}")


def test_what_is_no_text_is_no_document() -> None:
    files = (SkillFile(path="a.md", data=b"\xff"), SkillFile(path="b.md", data=b"x" * 1_000_001))
    assert list(Skill(text="x", files=files).documents) == ["SKILL.md"]
