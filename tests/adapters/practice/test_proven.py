"""Rules that were accepted elsewhere, as far as they fit and break nothing that is shown."""

from __future__ import annotations

import json

import pytest

from skillopt.adapters.practice import mentor
from skillopt.adapters.practice.evidence import needs, seen
from skillopt.adapters.practice.proven import proven_hints
from skillopt.adapters.practice.refused import accepted_texts, blame, edit_texts
from skillopt.adapters.practice.rules import read_rules
from skillopt.adapters.practice.scene import Scene
from skillopt.core.proposals.proposal import parse_draft
from skillopt.core.skill.skill import Skill
from tests.adapters.practice.test_mentor import LABELS, WIDE, blocks_for, observed

SKILL = f"{LABELS}\nBy default, answer `other`.\n"
REFUND = 'When the ticket mentions "refund", answer `billing`.'
LOGIN = 'When the ticket mentions "login", answer `access`.'
SHOWN = [("my refund, please", "billing"), ("good morning", "other")]


def hints(accepted: str, shown: list[tuple[str, str]] = SHOWN) -> list[str]:
    book = read_rules(SKILL)
    made = seen(book, observed(SKILL, [*shown]))
    scene = Scene(Skill(text=SKILL), book, made, needs(made), "", WIDE)
    return [hint.text for hint in proven_hints(scene, accepted)]


def told(*rules: str) -> str:
    edits = [f"  {json.dumps({'kind': 'insert', 'text': f'- {rule}'})}" for rule in rules]
    return "\n".join(("accepted in an earlier run or for a sibling: an idea", *edits))


def test_rules_that_help_and_rules_that_reach_nothing_shown_are_taken() -> None:
    assert hints(f"- {REFUND}\n- {LOGIN}\n") == [REFUND, LOGIN]


@pytest.mark.parametrize(
    "rule",
    [
        'When the ticket mentions "morning", answer `access`.',
        'When the ticket mentions "refund", answer `money`.',
        'When the ticket mentions "refund", set `team` to `billing`.',
        "Be kind.",
    ],
)
def test_rules_that_break_something_or_do_not_fit_are_not(rule: str) -> None:
    assert hints(f"- {rule}\n") == []


def test_what_was_accepted_is_not_taken_for_refused() -> None:
    assert accepted_texts(told(REFUND, LOGIN)) == f"- {REFUND}\n\n- {LOGIN}"
    assert edit_texts(told(REFUND)) == ""
    assert not any(blame(told(REFUND)).values())


def test_refused_rules_are_not_taken_for_accepted() -> None:
    refused = told(REFUND).replace("accepted in", "refused at stage gate, round 1, in")
    assert accepted_texts(refused) == ""


def test_the_mentor_proposes_what_a_sibling_accepted() -> None:
    shown = observed(SKILL, [*SHOWN])
    blocks = blocks_for(SKILL, shown, refused=told(LOGIN))
    draft = parse_draft(mentor.reply(blocks))
    assert LOGIN in "".join(getattr(edit, "text", "") for edit in draft.edits)
    assert LOGIN not in mentor.reply(blocks_for(SKILL, shown))
