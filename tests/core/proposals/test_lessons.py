"""What a refusal teaches: which tasks it may break, which it broke, what a repair would be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.task import Task
from skillopt.core.proposals.lessons import lesson, telling, touched
from skillopt.core.proposals.proposal import Draft, Proposal
from skillopt.core.proposals.refusal import Refusal, Stage, TrainEffect
from skillopt.core.skill.changes import Change, section_print
from skillopt.core.skill.edit import Insert
from skillopt.core.skill.skill import Skill

SKILL = Skill(text="# Top\n\n## Rules\n\n- one\n- two\n")
REWRITTEN = Skill(text="# Top\n\n## Rules\n\n- nothing of it\n")


def task(name: str, text: str) -> Task:
    check = Exact(type="exact", value="yes")
    return Task(id=name, split="train", input=text, checks=(check,))


TASKS = [
    task("web", "the web page is slow"),
    task("pages", "all pages were printed"),
    task("bread", "the bread is stale"),
    task("door", "the door is open"),
    task("lamp", "the lamp is broken"),
]


def refusal(*broke: str, **changes: Any) -> Refusal:
    draft = Draft(idea="an idea", edits=(Insert(anchor="- two\n", text="- three\n"),))
    fields: dict[str, Any] = {
        "id": "r1",
        "run": "run",
        "number": 1,
        "stage": Stage.GATE,
        "code": "test",
        "reason": "",
        "outcome": "rejected",
        "proposal": Proposal(parent=SKILL.digest, draft=draft),
        "context": "here",
        "prints": (section_print(SKILL, "Top > Rules"),),
        "train": TrainEffect(mended=("m",), broke=broke),
    }
    return Refusal(**{**fields, **changes})


def test_an_edit_reaches_the_tasks_that_have_its_words() -> None:
    change = Change(
        section="", after='When the ticket mentions "page" of the web, answer `urgent`.'
    )
    assert [one.id for one in touched(TASKS, [change])] == ["web", "pages"]


def test_words_that_stay_and_words_of_every_second_task_reach_nothing() -> None:
    before = "The bread is stale."
    same = Change(section="", before=before, after=before)
    common = Change(section="", after="The answer is `yes`.")
    assert touched(TASKS, [same, common]) == ()


@given(st.lists(st.text(max_size=40), max_size=6), st.text(max_size=60))
def test_the_order_does_not_depend_on_the_file(texts: list[str], said: str) -> None:
    tasks = [task(f"t{at}", text or "-") for at, text in enumerate(texts)]
    change = Change(section="", after=said)
    assert touched(tasks, [change]) == touched(tasks[::-1], [change])


def test_what_the_newest_candidates_broke_comes_with_what_they_fixed_and_once() -> None:
    known = [refusal("x"), refusal("a", "b"), refusal(), refusal("b", "c", "d", "e")]
    assert telling(known, skill=SKILL, context="here") == ("b", "c", "d", "m", "a")


@pytest.mark.parametrize(
    "stale",
    [{"context": "elsewhere"}, {"stage": Stage.FIT}, {"train": None}],
)
def test_what_is_not_about_this_skill_and_target_gives_none(stale: dict[str, Any]) -> None:
    assert telling([refusal("a", **stale)], skill=SKILL, context="here") == ()


def test_a_rewritten_section_ends_it() -> None:
    assert telling([refusal("a")], skill=REWRITTEN, context="here") == ()


@pytest.mark.parametrize(
    ("effect", "says"),
    [
        (TrainEffect(mended=("m",), broke=("b",)), "add an exception"),
        (TrainEffect(mended=("m",)), "true of more tasks"),
        (TrainEffect(broke=("b",)), "do not come back"),
        (TrainEffect(same=3), "do not reach"),
    ],
)
def test_the_lesson_says_what_a_better_proposal_would_do(effect: TrainEffect, says: str) -> None:
    assert says in lesson(effect, {})


def test_it_names_the_broken_tasks_that_the_evidence_shows() -> None:
    effect = TrainEffect(mended=("m",), broke=("a", "b", "c"))
    text = lesson(effect, {"a": "r3", "c": "r7", "m": "r1"})
    assert text.endswith("the evidence shows what it broke: r3 (a), r7 (c)")
