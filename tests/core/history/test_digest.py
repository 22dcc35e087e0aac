"""The digest: the search as a search, bounded, readable, and silent about the gate."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skillopt.adapters.practice.refused import blame, edit_texts
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.history.digest import LARGEST_DIGEST, MOST_IN_FULL, Now, search_digest
from skillopt.core.history.recall import Tally, Topic
from skillopt.core.history.run import RefusedRound, Round
from skillopt.core.history.search import Accepted
from skillopt.core.proposals.proposal import Draft, Proposal
from skillopt.core.proposals.refusal import Part, Refusal, Stage, TrainEffect
from skillopt.core.skill.changes import changes_of, section_print
from skillopt.core.skill.edit import Create, Describe, Edit, Insert, Remove, Replace
from skillopt.core.skill.similarity import idea_of
from skillopt.core.skill.skill import Skill

SKILL = Skill(text="# Top\n\n## Rules\n\n- one\n- two\n\n## Form\n\nbare\n")
ADD = Insert(anchor="- two\n", text="- three\n")
OTHER = Insert(anchor="- two\n", text="- Answer in French.\n")


def refusal(*edits: Edit, idea: str = "an idea", **changes: Any) -> Refusal:
    draft = Draft(idea=idea, edits=edits or (ADD,), criteria=("right",))
    fields: dict[str, Any] = {
        "id": "r1",
        "skill_id": "skill",
        "skill_name": "skill",
        "run": "run",
        "number": 1,
        "stage": Stage.GATE,
        "code": "futile",
        "reason": "p = 0.4242 on 78 tasks, gain 0.0137",
        "outcome": "rejected",
        "proposal": Proposal(parent=SKILL.digest, draft=draft),
        "context": "here",
        "sections": ("Top > Rules",),
        "changes": changes_of(SKILL, edits or (ADD,)),
        "prints": (section_print(SKILL, "Top > Rules"),),
    }
    return Refusal(**{**fields, **changes})


def now(**changes: Any) -> Now:
    return Now(skill=SKILL, skill_id="skill", run="run", context="here")._replace(**changes)


def tally(count: int, idea: str = "", stage: Stage = Stage.GATE) -> Tally:
    name = idea_of(idea) if idea else ""
    return Tally(
        skill_id="skill", stage=stage, outcome="rejected", idea=name, example=idea, count=count
    )


def test_nothing_was_tried() -> None:
    assert search_digest([], now=now()) == "Nothing was tried before."


def test_it_tells_ideas_and_edits_and_nothing_of_the_gate() -> None:
    text = search_digest([refusal()], now=now(line=(Accepted(1, "first", SKILL.digest),)))
    assert text.splitlines()[0] == "accepted, round 1: first"
    assert "refused at stage gate, round 1, on the version of round 1: an idea" in text
    assert json.loads(text.splitlines()[2]) == {"kind": "insert", "text": "- three"}
    for secret in ("0.4242", "0.0137", "futile", "78"):
        assert secret not in text


def test_what_does_not_fit_says_why() -> None:
    text = search_digest([refusal(stage=Stage.FIT, reason="2 edits; the budget is 1")], now=now())
    assert "refused at stage fit, round 1: 2 edits; the budget is 1: an idea" in text


def test_it_tells_what_an_edit_was_for_and_what_it_did_on_train_tasks() -> None:
    effect = TrainEffect(mended=tuple(f"t{n}" for n in range(7)), broke=("b1",), same=3)
    text = search_digest([refusal(aims=("t1", "t2"), train=effect)], now=now())
    assert "hoped to mend: criteria right; train tasks t1, t2" in text
    assert "mended t0, t1, t2, t3, t4 and 2 more; broke b1; 3 as before" in text


def test_the_search_that_went_back_says_so() -> None:
    line = (Accepted(1, "first", SKILL.digest), Accepted(4, "second", "gone"))
    text = search_digest([], now=now(line=line))
    assert "the search went back to the version of round 1" in text


@pytest.mark.parametrize(
    ("changes", "here", "said"),
    [
        ({"context": "elsewhere"}, {}, "(stale: another target, task set or gate)"),
        ({}, {"skill": Skill(text="# Top\n\n## Rules\n\n- new\n")}, "(stale: the section was rewritten since)"),
        ({"skill_id": "./kin", "skill_name": "kin"}, {}, "(stale: of the sibling skill kin)"),
        ({"run": "before"}, {}, "an earlier run: an idea"),
        ({"outcome": "inconclusive"}, {}, "inconclusive at stage gate"),
    ],
)  # fmt: skip
def test_where_an_entry_comes_from(
    changes: dict[str, Any], here: dict[str, Any], said: str
) -> None:
    assert said in search_digest([refusal(**changes)], now=now(**here))


def test_relevant_and_current_refusals_lead() -> None:
    entries = [
        refusal(ADD, idea="about refunds", failures="my refund of the order never came"),
        refusal(OTHER, idea="about dates", failures="the date was written in words", number=2),
        refusal(Insert(anchor="bare", text="x"), idea="stale one", context="elsewhere", number=3),
    ]
    for topic, first in (
        ("a refund never came", "about refunds"),
        ("a date in words", "about dates"),
    ):
        text = search_digest(entries, now=now(topic=Topic(failures=topic)))
        assert text.startswith("refused")
        assert first in text.splitlines()[0]
        assert text.index(first) < text.index("stale one")


def test_a_bundle_is_not_one_idea() -> None:
    parts = (Part(edit=0, outcome="rejected"), Part(edit=1, outcome="accepted"))
    text = search_digest([refusal(ADD, OTHER, parts=parts)], now=now())
    assert "this edit alone as well: an idea\n  {" in text
    assert "alone this edit did better, so propose it by itself" in text
    assert "- three" in edit_texts(text)
    assert "French" not in edit_texts(text)


def test_the_same_edits_are_told_once_and_counted() -> None:
    entries = [refusal(number=number, run=f"run {number}") for number in range(5)]
    text = search_digest(entries, [tally(5), tally(5, "an idea")], now=now())
    assert text.count("- three") == 1
    assert "5 times so far" in text
    assert "in all, ever: 5 refused at stage gate" in text


def test_a_replace_is_told_by_the_lines_that_change() -> None:
    edit = Replace(anchor="- one\n- two\n", text="- one\n- 2\n")
    text = search_digest([refusal(edit)], now=now())
    assert '{"anchor":"- two","kind":"replace","text":"- 2"}' in text


def test_it_stays_small_whatever_the_ledgers_age() -> None:
    many = [
        refusal(
            Insert(anchor="- two\n", text=f"- {n} {'word ' * 40}\n"),
            idea=f"idea {n} " * 20,
            number=n,
        )
        for n in range(1, 500)
    ]
    counts = [tally(499), *(tally(2, f"idea {n} {'of many ' * 30}") for n in range(200))]
    line = tuple(Accepted(n, f"accepted idea {n} " * 20, str(n)) for n in range(100))
    text = search_digest(many, counts, now=now(line=line))
    assert len(text) <= LARGEST_DIGEST
    assert 5 <= text.count("refused at stage gate, round") <= MOST_IN_FULL
    assert "in all, ever: 499 refused at stage gate" in text
    assert "accepted, round 99" in text
    assert "also refused, 2 times (gate): idea" in text


def test_the_practice_mentor_recognises_what_was_refused() -> None:
    rule = '- When the ticket mentions "refund", set `queue` to `billing`.\n'
    text = search_digest([refusal(Insert(anchor="- two\n", text=rule))], now=now())
    assert blame(text) == {("queue", "billing", "refund"): 1.0}
    stale = search_digest([refusal(Insert(anchor="- two\n", text=rule), context="x")], now=now())
    assert blame(stale) == {("queue", "billing", "refund"): 0.0}


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.text(max_size=500), st.text(max_size=3000)), max_size=12),
    st.integers(min_value=2600, max_value=LARGEST_DIGEST),
)
def test_it_never_outgrows_its_bound(told: list[tuple[str, str]], largest: int) -> None:
    entries = [
        refusal(Insert(anchor="", text=text), idea=idea, number=number)
        for number, (idea, text) in enumerate(told, start=1)
    ]
    counts = [tally(len(told) + 1), *(tally(1, idea) for idea, _ in told if idea)]
    line = tuple(Accepted(n, idea, "v") for n, (idea, _) in enumerate(told))
    assert len(search_digest(entries, counts, now=now(line=line), largest=largest)) <= largest


BROKEN = TrainEffect(mended=("m",), broke=("b",))


def test_the_lesson_names_what_the_evidence_shows() -> None:
    text = search_digest([refusal(train=BROKEN)], now=now(shown={"b": "r4"}))
    assert "  lesson: right where it mended and too wide where it broke" in text
    assert text.endswith("the evidence shows what it broke: r4 (b)")


@pytest.mark.parametrize("stale", [{"context": "elsewhere"}, {"skill_id": "./kin"}])
def test_a_stale_refusal_has_no_lesson(stale: dict[str, Any]) -> None:
    told = search_digest([refusal(train=BROKEN, **stale)], now=now(shown={}))
    assert "lesson" not in told


def test_without_lessons_there_is_none() -> None:
    assert "lesson" not in search_digest([refusal(train=BROKEN)], now=now())


def test_what_was_accepted_elsewhere_is_told_with_its_edits_and_bounded() -> None:
    proven = [elsewhere(f"- rule {number} {'x' * 150}\n") for number in range(40)]
    text = search_digest([], now=now(proven=proven))
    head, edit, *_ = text.splitlines()
    assert head == "accepted in an earlier run or for a sibling: an idea"
    assert json.loads(edit)["text"].startswith("- rule 0 ")
    assert 1 < text.count("accepted in an earlier run") < 40
    assert len(text) < LARGEST_DIGEST / 2


def elsewhere(added: str) -> Round:
    draft = Draft(idea="an idea", edits=(Insert(anchor="- two\n", text=added),))
    return Round(
        id="r9",
        run="before",
        number=1,
        parent=SKILL.digest,
        critiques=(),
        proposal=Proposal(parent=SKILL.digest, draft=draft),
        decision=RefusedRound(stage=Stage.GATE, code="", reason=""),
        rollouts=(),
        spent=Usage(),
        context="here",
    )


def test_an_edit_is_told_with_its_file() -> None:
    edits = (
        ADD,
        Insert(anchor="x", text="- y", file="refs/a.md"),
        Create(file="refs/b.md", text="- z"),
        Remove(file="refs/c.md"),
        Describe(text="new"),
    )
    told = search_digest([refusal(*edits)], now=now())
    shown = [json.loads(line) for line in told.splitlines() if line.startswith("  {")]
    assert shown == [
        {"kind": "insert", "text": "- three"},
        {"kind": "insert", "file": "refs/a.md", "text": "- y"},
        {"kind": "create", "file": "refs/b.md", "text": "- z"},
        {"kind": "remove", "file": "refs/c.md"},
        {"kind": "describe", "text": "new"},
    ]
