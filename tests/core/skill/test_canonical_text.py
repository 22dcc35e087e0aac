"""Text is found whatever its Unicode form, and only where whole characters match."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.skill.canonical_text import found_in_any_form, nfc
from skillopt.core.skill.edit import Delete, Insert, Misfit, MisfitReason, Replace, apply
from skillopt.core.skill.skill import Skill

FORMS = ("NFC", "NFD")
PIECES = (
    "é",
    "e\u0301",
    "a",
    "ệ",
    "e\u0302\u0323",
    "한국",
    "\u1112\u1161\u11ab",
    "Å",
    "\u212b",
    " ",
)
texts = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


def places(text: str, wanted: str) -> list[str]:
    return [text[a:b] for a, b in found_in_any_form(text, wanted, 0, len(text))]


@given(texts, texts.filter(bool), texts, st.sampled_from(FORMS), st.sampled_from(FORMS))
def test_what_was_put_in_is_found_in_every_form(
    before: str, middle: str, after: str, form: str, other: str
) -> None:
    text = before + " " + unicodedata.normalize(form, middle) + " " + after
    if text.isascii():
        return
    found = places(text, unicodedata.normalize(other, middle))
    assert found
    assert {nfc(one) for one in found} == {nfc(middle)}


def test_half_a_character_is_not_found() -> None:
    assert places("cafe\u0301", "cafe") == []
    assert places("caf\u00e9", "\u0301") == []
    assert places("\u1112\u1161\u11ab", "\u1112\u1161") == []


@pytest.mark.parametrize("skill_form", FORMS)
@pytest.mark.parametrize("anchor_form", FORMS)
def test_an_anchor_matches_across_forms(skill_form: str, anchor_form: str) -> None:
    text = unicodedata.normalize(skill_form, "# Café\n\nDie größte Übung: 한국 é.\n\nEnde.\n")
    anchor = unicodedata.normalize(anchor_form, "größte Übung: 한국 é.")
    heading = (unicodedata.normalize(anchor_form, "Café"),)
    before, _, after = text.partition(unicodedata.normalize(skill_form, anchor))
    replaced = apply(Skill(text=text), (Replace(anchor=anchor, text="x", section=heading),))
    assert replaced == Skill(text=f"{before}x{after}")
    deleted = apply(Skill(text=text), (Delete(anchor=anchor),))
    assert deleted == Skill(text=before + after)
    inserted = apply(Skill(text=text), (Insert(anchor=anchor, text="!"),))
    assert isinstance(inserted, Skill)
    assert inserted.text.replace("!", "") == text, "what stays keeps its form"


def test_places_that_look_the_same_are_ambiguous() -> None:
    skill = Skill(text="caf\u00e9 and cafe\u0301\n")
    misfit = apply(skill, (Replace(anchor="caf\u00e9", text="x"),))
    assert isinstance(misfit, Misfit)
    assert misfit.reason is MisfitReason.ANCHOR_REPEATED


def test_a_locked_region_in_another_form_stays_locked() -> None:
    skill = Skill(text="a\n<!-- skillopt:lock -->cafe\u0301<!-- skillopt:unlock -->\n")
    misfit = apply(skill, (Delete(anchor="caf\u00e9"),))
    assert isinstance(misfit, Misfit)
    assert misfit.reason is MisfitReason.LOCKED


@pytest.mark.parametrize(
    ("word", "part"),
    [("cafe\u0301", "cafe"), ("\u1112\u1161\u11ab", "\u1112\u1161"), ("\ud558\u11ab", "\ud558")],
)
def test_an_anchor_is_no_part_of_a_character(word: str, part: str) -> None:
    there = apply(Skill(text=f"{word} and {part} too\n"), (Replace(anchor=part, text="x"),))
    assert there == Skill(text=f"{word} and x too\n")
    none = apply(Skill(text=f"{word} too\n"), (Replace(anchor=part, text="x"),))
    assert isinstance(none, Misfit)
    assert none.reason is MisfitReason.ANCHOR_MISSING


def test_a_sign_that_composes_to_ascii_is_found() -> None:
    done = apply(Skill(text="5 K; then\n"), (Replace(anchor="5 \u212a\u037e", text="x"),))
    assert done == Skill(text="x then\n")
