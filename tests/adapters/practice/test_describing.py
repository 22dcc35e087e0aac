"""What the mentor adds to a description."""

from __future__ import annotations

import json

import pytest

from skillopt.adapters.practice.describing import MOST_WORDS, new_description
from skillopt.core.proposals.critique import Observation
from skillopt.core.proposals.sampling import NOT_LOADED
from skillopt.core.skill.skill import Skill

SKILL = Skill(text="---\nname: post\ndescription: Helps.\n---\nBody\n")


def query(text: str, *loads: str, passed: bool) -> Observation:
    return Observation(
        rollout="r",
        task="t",
        input=text,
        answer=json.dumps({"load": loads}),
        score=float(passed),
        passed=passed,
        feedback=(),
    )


def missed_task(text: str) -> Observation:
    shown = query(text, passed=False)
    return shown.model_copy(update={"answer": "desk 2", "feedback": (NOT_LOADED,)})


MISSED = [
    query("Where do parcels go?", passed=False),
    query("Which desk takes this parcel?", passed=False),
    missed_task("This parcel: which desk?"),
]


def test_words_that_several_missed_requests_share_are_added() -> None:
    found = new_description(SKILL, MISSED)
    assert found is not None
    assert found.text == "Helps. Use it for: parcels, desk."


@pytest.mark.parametrize(
    "others",
    [
        [query("A desk for my office", passed=True)],
        [query("A desk for my office", "furniture", passed=True)],
        [query("A desk for my office", "post", passed=False)],
    ],
    ids=["none", "a neighbour", "this skill"],
)
def test_words_of_requests_for_others_are_not(others: list[Observation]) -> None:
    found = new_description(SKILL, [*MISSED, *others])
    assert found is not None
    assert found.text == "Helps. Use it for: parcels."


def test_nothing_is_added_where_nothing_is_missed() -> None:
    loaded = query("Which desk takes this parcel?", "post", passed=True)
    wrong = missed_task("Which desk takes this parcel?").model_copy(update={"feedback": ()})
    assert new_description(SKILL, [loaded, loaded, wrong, wrong]) is None
    assert new_description(SKILL, MISSED[:1]) is None
    assert new_description(SKILL, []) is None


def test_it_stays_short() -> None:
    words = [f"{chr(97 + n)}{chr(97 + n)}zu" for n in range(26)]
    asked = [query(f"{one} {two}", passed=False) for one in words for two in words if one != two]
    found = new_description(SKILL, asked)
    assert found is not None
    assert found.text.count(",") == MOST_WORDS - 1
    long = Skill(text=f"---\nname: post\ndescription: {'x' * 1020}\n---\nBody\n")
    assert new_description(long, MISSED) is None
