"""Edits: applied whole or refused with a reason, whatever they try."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.skill.document import LOCK_MARKS
from skillopt.core.skill.edit import Delete, Edit, Insert, Misfit, MisfitReason, Replace, apply
from skillopt.core.skill.skill import Skill
from tests.core.texts import PIECES, skills

TEXT = """\
---
name: s
description: d
---
# Top

intro

<!-- skillopt:lock -->
never change this
<!-- skillopt:unlock -->

## Rules

- one
- two

## Form

bare
bare
"""
SKILL = Skill(text=TEXT)


def applied(*edits: Edit, skill: Skill = SKILL) -> str:
    after = apply(skill, edits)
    assert isinstance(after, Skill), after
    return after.text


def refused(*edits: Edit, skill: Skill = SKILL) -> Misfit:
    misfit = apply(skill, edits)
    assert isinstance(misfit, Misfit), misfit.text
    assert misfit.detail
    return misfit


def test_the_three_edits() -> None:
    assert applied(Insert(anchor="- one\n", text="- one and a half\n")) == TEXT.replace(
        "- one\n", "- one\n- one and a half\n"
    )
    assert applied(Insert(anchor="- one", where="before", text="- zero\n")) == TEXT.replace(
        "- one", "- zero\n- one"
    )
    assert applied(Replace(anchor="- two", text="- 2")) == TEXT.replace("- two", "- 2")
    assert applied(Delete(anchor="- two\n")) == TEXT.replace("- two\n", "")


def test_an_empty_anchor_is_an_edge() -> None:
    rules = ("Rules",)
    assert applied(Insert(anchor="", text="end\n")) == TEXT + "end\n"
    assert applied(Insert(anchor="", where="before", text="start\n")).startswith(
        SKILL.front_matter + "start\n# Top"
    )
    assert "## Rules\nfirst\n\n- one" in applied(
        Insert(anchor="", where="before", text="first\n", section=rules)
    )
    assert "- two\n\nlast\n## Form" in applied(Insert(anchor="", text="last\n", section=rules))


def test_edits_of_one_proposal_do_not_depend_on_their_order() -> None:
    edits = (
        Replace(anchor="- one", text="- 1"),
        Delete(anchor="intro\n"),
        Insert(anchor="", text="z"),
    )
    assert applied(*edits) == applied(*reversed(edits))


def test_inserts_at_one_place_keep_their_order() -> None:
    assert "- two\nab\n" in applied(
        Insert(anchor="- two\n", text="a"), Insert(anchor="- two\n", text="b")
    )


def test_a_section_narrows_the_search() -> None:
    twice = Skill(text="# A\nsame\n# B\nsame\n")
    assert refused(Delete(anchor="same"), skill=twice).reason is MisfitReason.ANCHOR_REPEATED
    assert applied(Replace(anchor="same", text="new", section=("# B",)), skill=twice) == (
        "# A\nsame\n# B\nnew\n"
    )


CHEATS: list[tuple[str, tuple[Edit, ...], MisfitReason]] = [
    ("no edits at all", (), MisfitReason.NO_EDITS),
    ("an anchor that is not there", (Delete(anchor="- three"),), MisfitReason.ANCHOR_MISSING),
    ("an anchor twice", (Replace(anchor="bare", text="x"),), MisfitReason.ANCHOR_REPEATED),
    ("overlapping occurrences", (Delete(anchor="-"),), MisfitReason.ANCHOR_REPEATED),
    (
        "no such section",
        (Delete(anchor="- one", section=("Rulez",)),),
        MisfitReason.SECTION_MISSING,
    ),
    (
        "outside its section",
        (Delete(anchor="- one", section=("Form",)),),
        MisfitReason.ANCHOR_MISSING,
    ),
    (
        "two edits in one place",
        (Delete(anchor="- one"), Delete(anchor="- one")),
        MisfitReason.OVERLAP,
    ),
    (
        "an insert inside what is replaced",
        (Replace(anchor="- one\n- two", text="x"), Insert(anchor="- one", text="y")),
        MisfitReason.OVERLAP,
    ),
    ("nothing changes", (Replace(anchor="- one", text="- one"),), MisfitReason.NO_CHANGE),
    (
        "changes that undo each other",
        (Insert(anchor="", text="", section=("Form",)), Replace(anchor="- two", text="- two")),
        MisfitReason.NO_CHANGE,
    ),
    # locked regions
    ("delete in it", (Delete(anchor="never change"),), MisfitReason.LOCKED),
    ("replace in it", (Replace(anchor="change this", text="x"),), MisfitReason.LOCKED),
    ("insert in it", (Insert(anchor="never change", text=" not"),), MisfitReason.LOCKED),
    (
        "insert before its text",
        (Insert(anchor="never", where="before", text="x"),),
        MisfitReason.LOCKED,
    ),
    ("take the mark away", (Delete(anchor="<!-- skillopt:lock -->\n"),), MisfitReason.LOCKED),
    ("take the end away", (Delete(anchor="<!-- skillopt:unlock -->"),), MisfitReason.LOCKED),
    ("a piece of the mark", (Delete(anchor="skillopt:lock"),), MisfitReason.LOCKED),
    ("reach in from outside", (Delete(anchor="intro\n\n<!--"),), MisfitReason.LOCKED),
    ("reach out from inside", (Delete(anchor="unlock -->\n\n## Rules"),), MisfitReason.LOCKED),
    (
        "swallow it whole",
        (Replace(anchor=TEXT[TEXT.index("intro") : TEXT.index("- one")], text="x"),),
        MisfitReason.LOCKED,
    ),
    (
        "write a mark",
        (Insert(anchor="- two\n", text="<!-- skillopt:lock -->\n"),),
        MisfitReason.BAD_TEXT,
    ),
    (
        "open it early",
        (Insert(anchor="- two\n", text="<!--skillopt:unlock-->"),),
        MisfitReason.BAD_TEXT,
    ),
    (
        "write a mark in two pieces",
        (
            Insert(anchor="- two\n", text="<!-- skillopt:"),
            Insert(anchor="- two\n", text="lock -->"),
        ),
        MisfitReason.LOCKED,
    ),
    (
        "write a mark around what is there",
        (Insert(anchor="- ", where="before", text="x", section=("Rules",)),),
        MisfitReason.ANCHOR_REPEATED,
    ),
    # front matter
    ("anchor in it", (Replace(anchor="name: s", text="name: t"),), MisfitReason.ANCHOR_MISSING),
    ("anchor across it", (Delete(anchor="---\n# Top"),), MisfitReason.ANCHOR_MISSING),
    ("anchor is its fence", (Insert(anchor="---", text="x"),), MisfitReason.ANCHOR_MISSING),
    # hidden text
    ("a NUL", (Insert(anchor="", text="a\0b"),), MisfitReason.BAD_TEXT),
    ("an escape sequence", (Insert(anchor="", text="\x1b[2J"),), MisfitReason.BAD_TEXT),
    ("a backspace", (Insert(anchor="", text="x\b"),), MisfitReason.BAD_TEXT),
    ("turned writing", (Insert(anchor="", text="\u202egnp.exe"),), MisfitReason.BAD_TEXT),
    ("isolated writing", (Insert(anchor="", text="\u2066x\u2069"),), MisfitReason.BAD_TEXT),
    ("tag characters", (Insert(anchor="", text="x\U000e0041\U000e0042"),), MisfitReason.BAD_TEXT),
    ("private use", (Insert(anchor="", text="\ue000"),), MisfitReason.BAD_TEXT),
]


@pytest.mark.parametrize(
    ("edits", "reason"), [row[1:] for row in CHEATS], ids=[row[0] for row in CHEATS]
)
def test_what_does_not_fit_is_refused_with_its_reason(
    edits: tuple[Edit, ...], reason: MisfitReason
) -> None:
    assert refused(*edits).reason is reason


def test_a_mark_cannot_be_completed_from_what_is_there() -> None:
    skill = Skill(text="say skillopt:lo and ck --> here\n")
    misfit = refused(
        Insert(anchor="say ", text="<!-- "), Replace(anchor="lo and ck", text="lock"), skill=skill
    )
    assert misfit.reason is MisfitReason.LOCKED


def test_an_open_lock_reaches_to_the_end() -> None:
    skill = Skill(text="free\n<!-- skillopt:lock -->\nlocked\n")
    assert refused(Insert(anchor="locked", text="x"), skill=skill).reason is MisfitReason.LOCKED
    assert refused(Insert(anchor="", text="x"), skill=skill).reason is MisfitReason.LOCKED
    assert applied(Insert(anchor="free", text="r"), skill=skill).startswith("freer")


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("body\n", Insert(anchor="", where="before", text="---\nname: evil\n---\n")),
        ("---\ntitle: x\n", Insert(anchor="", text="---\n")),
        ("---\nname: x\n", Insert(anchor="", text="license: MIT\n")),
        ("title: evil\n---\n", Insert(anchor="", where="before", text="---\n")),
        ("---\nname: x\n---", Insert(anchor="", text="tail")),
        ("x---\nname: evil\n---\nbody", Delete(anchor="x")),
        ("\ufeffbody\n", Insert(anchor="", where="before", text="---\r\nname: evil\r\n---\r\n")),
        ("---\rname: x\r---\rbody", Replace(anchor="name: x", text="name: y")),
    ],
)
def test_front_matter_is_neither_made_nor_changed(text: str, edit: Edit) -> None:
    assert refused(edit, skill=Skill(text=text)).reason in {
        MisfitReason.FRONT_MATTER,
        MisfitReason.ANCHOR_MISSING,
    }


def test_a_skill_of_nothing_but_front_matter_can_get_a_body() -> None:
    skill = Skill(text="---\nname: x\n---")
    assert (
        applied(Insert(anchor="", text="\n# Rules\n"), skill=skill)
        == "---\nname: x\n---\n# Rules\n"
    )


def test_line_endings_are_the_skills_own() -> None:
    crlf = Skill(text="# A\r\none\r\ntwo\r\n")
    assert applied(Replace(anchor="one\ntwo", text="1\n2"), skill=crlf) == "# A\r\n1\r\n2\r\n"
    cr = Skill(text="# A\rone\rtwo\r")
    assert applied(Insert(anchor="one\n", text="x\n"), skill=cr) == "# A\rone\rx\rtwo\r"
    mixed = Skill(text="a\nb\nc\nd\r\ne\n")
    assert applied(Replace(anchor="d\r\ne", text="f"), skill=mixed) == "a\nb\nc\nf\n"


def test_a_line_ending_is_never_parted() -> None:
    mixed = Skill(text="a\nb\nc\r\nd\n")
    assert applied(Insert(anchor="\nd", where="before", text="x"), skill=mixed) == "a\nb\ncx\r\nd\n"
    assert applied(Insert(anchor="c\r", text="x"), skill=mixed) == "a\nb\nc\r\nxd\n"


def test_characters_are_compared_as_they_are() -> None:
    skill = Skill(text="caf\u00e9 and 👩‍👧 here\n")
    assert refused(Delete(anchor="cafe"), skill=skill).reason is MisfitReason.ANCHOR_MISSING
    assert applied(Replace(anchor="👩‍👧", text="日本"), skill=skill) == "caf\u00e9 and 日本 here\n"


sections = st.sampled_from(((), ("Top",), ("Rules",), ("Top", "Rules"), ("",)))
anchors = st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map("".join)
edits = st.one_of(
    st.builds(
        Insert,
        anchor=st.one_of(st.just(""), anchors),
        where=st.sampled_from(("before", "after")),
        text=anchors,
        section=sections,
    ),
    st.builds(Replace, anchor=anchors, text=st.one_of(st.just(""), anchors), section=sections),
    st.builds(Delete, anchor=anchors, section=sections),
)


def test_no_edit_begins_a_file_with_a_byte_order_mark() -> None:
    found = apply(Skill(text=""), (Insert(anchor="", text="\ufeff"),))
    assert isinstance(found, Misfit)
    assert found.reason is MisfitReason.BAD_TEXT
    bared = apply(Skill(text="a\ufeffb"), (Delete(anchor="a"),))
    assert isinstance(bared, Misfit)


@given(skills, st.lists(edits, min_size=1, max_size=3))
def test_what_may_not_change_never_does(skill: Skill, wanted: list[Edit]) -> None:
    after = apply(skill, tuple(wanted))
    if isinstance(after, Misfit):
        return
    assert after.front_matter.rstrip("\r\n") == skill.front_matter.rstrip("\r\n")
    assert after.fields == skill.fields
    assert after.locked_texts == skill.locked_texts
    assert after.text.startswith("\ufeff") is skill.text.startswith("\ufeff")
    for mark in LOCK_MARKS:
        assert after.text.count(mark) <= skill.text.count(mark)


@given(skills, st.data())
def test_one_edit_changes_nothing_outside_its_anchor(skill: Skill, data: st.DataObject) -> None:
    start = data.draw(st.integers(skill.body.start, len(skill.text)))
    end = data.draw(st.integers(start, min(len(skill.text), start + 12)))
    if start == end:
        return
    anchor = skill.text[start:end]
    after = apply(skill, (Replace(anchor=anchor, text="new"),))
    if isinstance(after, Skill):
        assert skill.text.count(anchor, skill.body.start) == 1
        kept_before = len(skill.text[:start].rstrip("\r"))
        assert after.text[:kept_before] == skill.text[:kept_before]
        tail = skill.text[end:].removeprefix("\n")
        assert after.text.endswith(tail)
        assert len(after.text) - len(skill.text) in range(
            3 - (end - start) - 2, 3 - (end - start) + 1
        )
