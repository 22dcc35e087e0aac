"""Likeness: paraphrases are one idea, look-alikes that differ in what matters are not."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.skill.changes import (
    Change,
    changes_of,
    statements,
)
from skillopt.core.skill.edit import Delete, Insert, Replace
from skillopt.core.skill.similarity import (
    BANDS,
    DEFAULT_SIMILARITY,
    idea_of,
    similarity,
    similarity_keys,
    text_similarity,
    topic_keys,
)
from skillopt.core.skill.skill import Skill

ROOT = Path(__file__).parents[3]


PAIRS = yaml.safe_load((Path(__file__).parent / "similarity_pairs.yaml").read_text("utf-8"))


SETS = list(PAIRS)


SKILL = Skill(
    text="# Top\n\nRead the whole ticket.\n\n## Rules\n\n- Answer in JSON.\n- Use `low` by default.\n"
    "\n## Form\n\nWrite the date first. Then write the\nname of the customer.\n"
)


@pytest.mark.parametrize("name", SETS)
def test_look_alikes_that_differ_in_what_matters_are_new_ideas(name: str) -> None:
    alike = [
        pair for pair in PAIRS[name]["different"] if text_similarity(*pair) >= DEFAULT_SIMILARITY
    ]
    assert alike == []


@pytest.mark.parametrize(
    ("name", "least"), [("calibrate", 0.9), ("check", 0.9), ("harder", 0.6), ("held_out", 0.45)]
)
def test_paraphrases_are_known_again(name: str, least: float) -> None:
    same = PAIRS[name]["same"]
    assert sum(text_similarity(*pair) >= DEFAULT_SIMILARITY for pair in same) / len(same) >= least


@pytest.mark.parametrize("name", SETS)
def test_likeness_is_symmetric_and_1_for_itself(name: str) -> None:
    for one, other in (pair for kind in PAIRS[name].values() for pair in kind):
        assert text_similarity(one, other) == text_similarity(other, one)
        assert text_similarity(one, one) == 1.0


def test_the_statements_of_the_sample_skills_are_all_different_ideas() -> None:
    for path in ROOT.glob("skills/*/SKILL.md"):
        found = statements(path.read_text(encoding="utf-8"))
        for one, other in itertools.combinations(found, 2):
            assert text_similarity(one, other) < DEFAULT_SIMILARITY


@pytest.mark.parametrize("name", SETS)
def test_like_texts_share_a_key(name: str) -> None:
    alike = [pair for pair in PAIRS[name]["same"] if text_similarity(*pair) >= DEFAULT_SIMILARITY]
    found = 0
    for one, other in alike:
        mine, theirs = (similarity_keys(["s"], [Change(section="", after=t)]) for t in (one, other))
        found += bool({*mine} & {*theirs})
    assert found >= math.floor(0.9 * len(alike))


def test_keys_are_the_same_on_every_machine_and_differ_with_the_scope() -> None:
    changes = [Change(section="Rules", after="Answer with `billing` within 3 days.")]
    keys = similarity_keys(["skill", "context"], changes)
    assert keys == KNOWN_KEYS
    assert len(keys) == BANDS
    assert not {*keys} & {*similarity_keys(["skill", "elsewhere"], changes)}
    assert not {*keys} & {*similarity_keys(["skill", "context"], [Change(section="", after="x")])}


KNOWN_KEYS = (
    *(1783528844836441545, 6332491212933637973, 8804832863165041774, 5810297291153718202),
    *(8353823664064887538, 2959921483401196656, 7820008529795441630, 2498409072353671909),
)


RULE = '- When the ticket mentions "refund", set `queue` to `billing`.\n'


SAME = [
    Insert(anchor="- Use `low` by default.\n", text=RULE),
    Insert(anchor="", section=("Rules",), text="\n" + RULE),
    Insert(anchor="- Use `low`", where="before", text=RULE),
    Replace(anchor="- Answer in JSON.\n", text="- Answer in JSON.\n* " + RULE[2:]),
    Replace(
        anchor="- Use `low` by default.",
        text='- Use `low` by default.\n- When the ticket\n  mentions "refund",\n  set `queue` to `billing`.',
    ),
]


def test_rewordings_are_compared_by_what_they_change() -> None:
    skill = Skill(text="Send every ticket about a late parcel to the depot in the harbour.\n")
    swift = changes_of(skill, (Replace(anchor="late", text="lost"),))
    other = changes_of(skill, (Replace(anchor="harbour", text="station"),))
    assert similarity(swift, swift) == 1.0
    assert similarity(swift, other) < DEFAULT_SIMILARITY


def test_place_kind_and_number_of_ideas_count() -> None:
    added = changes_of(SKILL, (SAME[0],))
    elsewhere = changes_of(SKILL, (Insert(anchor="", section=("Form",), text="\n" + RULE),))
    removed = changes_of(SKILL, (Delete(anchor="- Answer in JSON.\n"),))
    assert similarity(added, elsewhere) == 0.0
    assert similarity(added, removed) == 0.0
    assert similarity(added, added + removed) == 0.0
    assert similarity(added + removed, removed + added) == 1.0
    assert similarity((), ()) == 0.0


def test_ideas_have_one_name_in_two_spellings() -> None:
    assert idea_of("Answer in JSON only.") == idea_of("Reply only in JSON")
    assert idea_of("Answer in JSON only.") != idea_of("Do not answer in JSON")


def test_texts_on_one_topic_share_topic_keys() -> None:
    one = "refund of a cancelled order was sent to sales instead of billing"
    assert {*topic_keys(["t"], one)} & {*topic_keys(["t"], one + " again")}
    assert topic_keys(["t"], "") == ()


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_can_be_compared(one: str, other: str) -> None:
    assert 0.0 <= text_similarity(one, other) <= 1.0
    assert text_similarity(one, one) == 1.0
    assert len(similarity_keys(["s"], [Change(section=one, before=one, after=other)])) == BANDS
