"""The practice mentor goes the side that its prompt asks for, as far as it can."""

from __future__ import annotations

import json
from typing import Any

import pytest

from skillopt.adapters.practice.mentor import propose
from skillopt.adapters.practice.sides import Side, side_of

SKILL = """# Tickets

Answer with one of `billing`, `access`, `bugs`.

- When the ticket mentions "invoice", answer `access`.
- Otherwise, answer `billing`.
"""
LIMITS = json.dumps({"max_edits": 4, "max_changed_chars": 1200, "max_skill_chars": 20_000})


def seen(at: int, word: str, expected: str, answer: str) -> dict[str, Any]:
    return {
        "rollout": f"r{at}",
        "task": f"t{at}",
        "input": f"It is about my {word}.",
        "answer": answer,
        "expected": expected,
        "score": float(answer == expected),
        "passed": answer == expected,
        "feedback": [] if answer == expected else ["exact"],
    }


EVIDENCE = json.dumps(
    [
        seen(1, "invoice", "billing", "access"),
        seen(2, "invoice", "billing", "access"),
        seen(3, "crash", "bugs", "billing"),
        seen(4, "crash", "bugs", "billing"),
        seen(5, "crash", "bugs", "billing"),
    ]
)


def data(**more: Any) -> dict[str, str]:
    blocks = {name: json.dumps(content) for name, content in more.items()}
    return {"skill": SKILL, "evidence": EVIDENCE, "refused": "", "limits": LIMITS, **blocks}


def test_a_deletion_is_a_deletion() -> None:
    made = propose(data(angle={"angle": "deletion", "proposed": []}))
    assert [edit.kind for edit in made.edits] == ["delete"]
    assert "invoice" in made.edits[0].anchor
    bound = propose(data(leave={"way": "deletion", "mode": {}}))
    assert bound.edits == made.edits


def test_where_nothing_can_be_deleted_an_angle_falls_back_and_a_bound_one_does_not() -> None:
    clean = {"skill": SKILL.replace('- When the ticket mentions "invoice", answer `access`.\n', "")}
    angled = propose({**data(angle={"angle": "deletion", "proposed": []}), **clean})
    assert angled.edits
    assert {edit.kind for edit in angled.edits} != {"delete"}
    assert propose({**data(leave={"way": "deletion", "mode": {}}), **clean}).edits == ()


def test_what_was_proposed_in_the_round_is_not_proposed_again() -> None:
    first = propose(data())
    again = propose(
        data(
            angle={
                "angle": "another_cause",
                "proposed": [json.loads(first.model_dump_json(include={"idea", "edits"}))],
            }
        )
    )
    assert again.edits != first.edits


@pytest.mark.parametrize(
    "block", ["", "no JSON", "[]", '{"angle": 7, "proposed": "x"}', "{" * 9999]
)
def test_a_block_that_cannot_be_read_asks_for_nothing(block: str) -> None:
    assert side_of({"angle": block, "leave": block}) == Side()
