from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skillopt.adapters.practice import mentor
from skillopt.adapters.practice.reader import answer
from skillopt.adapters.practice.refused import blame, edit_texts
from skillopt.core.history.digest import Now, search_digest
from skillopt.core.proposals.critique import Observation, parse_critiques
from skillopt.core.proposals.proposal import Draft, Proposal, parse_draft
from skillopt.core.proposals.refusal import Refusal, Stage
from skillopt.core.skill.edit import Insert, apply
from skillopt.core.skill.edit_budget import EditBudget, within
from skillopt.core.skill.skill import Skill

WIDE = EditBudget(max_edits=4, max_changed_chars=1200, max_skill_chars=20_000)
LABELS = "# Route\n\nAnswer with one of `billing`, `access`, `other`.\n"


def observed(
    skill: str, pairs: list[tuple[str, Any]], feedback: tuple[str, ...] = ()
) -> tuple[Observation, ...]:
    """What the reader does with the inputs under the skill."""
    found = []
    for number, (text, expected) in enumerate(pairs, start=1):
        said = answer(skill, text)
        right = said == expected or said == json.dumps(expected)
        found.append(
            Observation(
                rollout=f"r{number}",
                task=f"t{number}",
                input=text,
                answer=said,
                expected=expected,
                score=float(right and not feedback),
                passed=right and not feedback,
                feedback=() if right and not feedback else feedback or ("exact: wrong",),
            )
        )
    return tuple(found)


def blocks_for(
    skill: str,
    observations: tuple[Observation, ...],
    *,
    budget: EditBudget = WIDE,
    refused: str = "Nothing was tried before.",
) -> dict[str, str]:
    return {
        "skill": skill,
        "evidence": json.dumps([one.model_dump(mode="json") for one in observations]),
        "critiques": "[]",
        "refused": refused,
        "limits": json.dumps({**budget.model_dump(), "locked": []}),
    }


def drafted(skill: str, pairs: list[tuple[str, Any]], **more: Any) -> Draft:
    return parse_draft(mentor.reply(blocks_for(skill, observed(skill, pairs), **more)))


def after(skill: str, draft: Draft, *, budget: EditBudget = WIDE) -> str:
    made = apply(Skill(text=skill), draft.edits)
    assert isinstance(made, Skill), made
    misfit = within(budget, before=Skill(text=skill), after=made, edits=len(draft.edits))
    assert misfit is None, misfit
    return made.text


ROUTES = [
    ("I was locked out this morning", "access"),
    ("Locked out again, help", "access"),
    ("We got the wrong invoice", "billing"),
    ("That invoice is too high", "billing"),
    ("A walk in the park", "other"),
    ("Lovely park you have there", "other"),
]


def test_it_learns_what_the_failures_share_and_it_holds_elsewhere() -> None:
    draft = drafted(LABELS, ROUTES)
    text = after(LABELS, draft)
    assert all(answer(text, asked) == label for asked, label in ROUTES)
    assert answer(text, "My cat locked me out... I mean, I am locked out") == "access"
    assert draft.predicted_gain > 0.1
    assert set(draft.rollouts) <= {f"r{n}" for n in range(1, 7)}


def test_it_is_deterministic_and_a_seed_varies_it_at_most() -> None:
    data = blocks_for(LABELS, observed(LABELS, ROUTES))
    assert mentor.reply(data) == mentor.reply(data)
    assert mentor.reply(data, seed=5) == mentor.reply(data, seed=5)


def test_nothing_failed_or_nothing_shown_means_no_edits() -> None:
    assert drafted(LABELS, [("pay", "billing"), ("bill", "billing")]).edits == ()
    assert drafted(LABELS, []).edits == ()
    assert parse_draft(mentor.reply({"limits": "nonsense", "evidence": "{"})).edits == ()


def test_a_rule_for_the_same_value_is_widened() -> None:
    skill = LABELS + '\n- When the note mentions "password", answer `access`.\n'
    text = after(skill, drafted(skill, ROUTES))
    (line,) = [line for line in text.splitlines() if line.endswith("answer `access`.")]
    assert line.startswith('- When the note mentions "password"')
    assert answer(text, "locked out") == "access"


def test_a_rule_that_misleads_gets_an_exception() -> None:
    skill = (
        "Answer with one of `other`, `billing`.\n\n"
        '- When the note mentions "charge", answer `billing`.\n'
    )
    pairs = [
        ("the phone would not charge today", "other"),
        ("my phone stopped to charge", "other"),
        ("you charge too much", "billing"),
        ("a charge on my card", "billing"),
    ]
    draft = drafted(skill, pairs)
    text = after(skill, draft)
    assert "but not" in text
    assert all(answer(text, asked) == label for asked, label in pairs)


def test_a_default_that_most_contradict_is_changed() -> None:
    skill = "Answer as JSON with the fields `p`.\nBy default, set `p` to `high`.\n"
    words = ["apple", "brick", "cloud", "dwarf", "elbow"]
    text = after(skill, drafted(skill, [(word, {"p": "low"}) for word in words]))
    assert "By default, set `p` to `low`." in text
    assert "`high`" not in text


def test_a_rule_that_only_misleads_goes() -> None:
    skill = LABELS + '\n- When it says "park", answer `access`.\n- Otherwise, answer `other`.\n'
    pairs = [("a park", "other"), ("the park", "other"), ("green park", "other")]
    text = after(skill, drafted(skill, pairs))
    assert all(answer(text, asked) == label for asked, label in pairs)


def test_a_missing_form_is_written() -> None:
    pairs = [(word, {"queue": "a", "urgent": True}) for word in ("x1", "x2", "x3")]
    text = after("# Sort\n\nSort it.\n", drafted("# Sort\n\nSort it.\n", pairs))
    assert "Answer as JSON with the fields `queue` and `urgent`." in text


def test_labels_are_listed_where_the_skill_names_none() -> None:
    pairs = [("red rose", "flower"), ("a rose", "flower"), ("an oak", "tree"), ("oak", "tree")]
    text = after("Name it.\n", drafted("Name it.\n", pairs))
    assert "Answer with one of `flower`, `tree`." in text


def test_a_source_is_found() -> None:
    skill = "Answer in the form `{minute} {hour} * * *`.\n"
    pairs = [("run at 9:30", "30 9 * * *"), ("at 14:15 please", "15 14 * * *")]
    text = after(skill, drafted(skill, pairs))
    assert answer(text, "at 7:05pm") == "5 19 * * *"


def test_a_shape_that_the_checks_ask_for_is_written() -> None:
    skill = "Answer in the form `note: {s}`.\nSet `s` to the first sentence.\n"
    seen = observed(
        skill,
        [("Walk the dog.", None), ("Feed the cat.", None)],
        ("form: got `Walk`, expected a lower-case first letter; no full stop at the end",),
    )
    draft = parse_draft(mentor.reply(blocks_for(skill, seen)))
    assert answer(after(skill, draft), "Mow the lawn.") == "note: mow the lawn"


def test_it_learns_from_remarks_where_nothing_is_said_to_be_expected() -> None:
    seen = tuple(
        one.model_copy(
            update={
                "expected": None,
                "feedback": () if one.passed else (f"exact: expected {json.dumps(label)}, got …",),
            }
        )
        for one, (_, label) in zip(observed(LABELS, ROUTES), ROUTES, strict=True)
    )
    text = after(LABELS, parse_draft(mentor.reply(blocks_for(LABELS, seen))))
    assert all(answer(text, asked) == label for asked, label in ROUTES)


def test_it_learns_fields_from_remarks() -> None:
    skill = "Answer as JSON with the fields `q` and `p`.\n`q` is one of `a`, `b`. Set `p` to `1`.\n"
    remarks = ('queue: expected "b" at `q`, got "a"', "p: expected 2, got 1")
    seen = tuple(
        one.model_copy(update={"passed": False, "score": 0.0, "feedback": remarks})
        for one in observed(skill, [("red rose", None), ("a rose", None)])
    )
    text = after(skill, parse_draft(mentor.reply(blocks_for(skill, seen))))
    assert json.loads(answer(text, "one more rose")) == {"q": "b", "p": 2}


HERE = Skill(text=LABELS).digest


def refusal_of(
    draft: Draft, number: int, outcome: str = "rejected", *, parent: str = HERE
) -> Refusal:
    return Refusal(
        id=f"x{number}",
        run="run",
        number=number,
        stage=Stage.GATE,
        code="test",
        reason="no gain",
        outcome=outcome,
        proposal=Proposal(parent=parent, draft=draft),
        context="now",
    )


def digest(refusals: list[Refusal], context: str = "now") -> str:
    now = Now(skill=Skill(text=LABELS), skill_id="route", run="run", context=context)
    return search_digest(refusals, now=now)


def test_what_was_refused_is_not_proposed_again_until_nothing_is_left() -> None:
    refusals: list[Refusal] = []
    for number in range(60):
        draft = drafted(LABELS, ROUTES[:4], refused=digest(refusals))
        if not draft.edits:
            break
        assert Proposal(parent="0", draft=draft).edits_digest not in {
            refusal.proposal.edits_digest for refusal in refusals
        }
        refusals.append(refusal_of(draft, number))
    assert 3 <= len(refusals) < 60


def test_blame_is_shared_and_a_stale_refusal_has_none() -> None:
    rule = 'When it says "x" or "y", answer `a`.'
    draft = Draft(idea="i", edits=(Insert(anchor="", text=rule),))
    assert blame(digest([refusal_of(draft, 1)])) == {
        ("answer", "a", "x"): 0.5,
        ("answer", "a", "y"): 0.5,
    }
    assert set(blame(digest([refusal_of(draft, 1)], context="later")).values()) == {0.0}
    inconclusive = blame(digest([refusal_of(draft, 1, "inconclusive")]))
    assert set(inconclusive.values()) == {0.25}
    elsewhere = blame(digest([refusal_of(draft, 1, parent="0")]))
    assert set(elsewhere.values()) == {0.125}


def test_what_may_be_tested_again_may_be_proposed_again() -> None:
    refused = refusal_of(drafted(LABELS, ROUTES[:4]), 1, parent="0")
    text = digest([refused])
    assert "may be tested again: the skill changed since" in text
    assert edit_texts(text) == ""
    assert edit_texts(digest([refusal_of(refused.proposal.draft, 1)])) != ""


def test_after_a_refused_try_the_next_is_smaller() -> None:
    budget = WIDE.model_copy(update={"max_changed_chars": 160})
    data = blocks_for(LABELS, observed(LABELS, ROUTES), budget=budget)
    first = after(LABELS, parse_draft(mentor.reply(data)))
    second = after(LABELS, parse_draft(mentor.reply({**data, "refusal": "too big"})))
    assert len(LABELS) < len(second) <= len(LABELS) + 80 < len(first)


def test_locked_regions_and_front_matter_stay() -> None:
    skill = (
        '---\nname: x\ndescription: When it says "locked", answer `b`.\n---\n# T\n\n'
        "<!-- skillopt:lock -->\nAnswer with one of `other`, `billing`, `access`.\n\n"
        '- When it says "invoice", answer `other`.\n- Otherwise, answer `other`.\n'
        "<!-- skillopt:unlock -->\n\nThe end.\n"
    )
    text = after(skill, drafted(skill, ROUTES))
    assert answer(text, "that invoice") == "billing"
    open_end = skill.replace("<!-- skillopt:unlock -->", "")
    after(open_end, drafted(open_end, ROUTES))


def test_critiques_quote_what_is_there() -> None:
    skill = LABELS + '\n- When the note mentions "invoice", answer `other`.\n'
    seen = observed(skill, ROUTES)
    data = {
        "skill": skill,
        "criteria": "{}",
        "evidence": json.dumps([one.model_dump(mode="json") for one in seen]),
    }
    found = parse_critiques(mentor.reply(data), seen).critiques
    assert len(found) == sum(not one.passed for one in seen)
    by_rollout = {critique.rollout: critique for critique in found}
    assert by_rollout["r3"].quote == "invoice"
    assert "answer `other`" in by_rollout["r3"].cause
    assert "No rule speaks" in by_rollout["r1"].cause


WORDS = st.sampled_from(
    ["card", "cards", "arrive", "refund", "the", "not", "late", "9:30", "now!", "Top", "up", "é"]
)
STORABLE = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
"""What a task may hold: a validation set with anything else is refused."""
INPUTS = st.one_of(st.lists(WORDS, max_size=8).map(" ".join), st.text(STORABLE, max_size=60))
EXPECTED = st.one_of(
    st.sampled_from(["billing", "access", "other", "30 9", None, 3, True]),
    st.fixed_dictionaries({"queue": st.sampled_from(["a", "b`", "c\nd", "3"]), "n": st.integers()}),
    st.text(max_size=20),
)
SKILLS = st.one_of(
    st.sampled_from(
        [
            "",
            "No newline at the end",
            LABELS,
            LABELS.replace("\n", "\r\n") + '\r\n1. When it says "card", answer `other`.\r\n',
            'Answer with one of `a`, `b`. When it says "card", answer `a`. More prose here.\nAnd on.',
            "# A\n# A\nAnswer as JSON with the fields `queue` and `n`.\n- By default, set `n` to `1`.",
            "Answer in the form `{m} {h}`.\n> - Set `m` to the minute.\n> - Set `h` to the hour.\n",
            'When it says "card", answer `a`.\n' * 3,
            "<!-- skillopt:lock -->\n- Otherwise, answer `other`.\n",
            "---\nname: x\n---\n```\nOtherwise, answer `x`.\n```",
        ]
    ),
    st.text(max_size=80),
)
BUDGETS = st.builds(
    EditBudget,
    max_edits=st.integers(1, 4),
    max_changed_chars=st.integers(1, 1200),
    max_skill_chars=st.integers(1, 2000),
)


@settings(max_examples=200, deadline=None)
@given(SKILLS, st.lists(st.tuples(INPUTS, EXPECTED), max_size=12), BUDGETS, st.integers(0, 3))
def test_every_draft_fits_the_skill_and_the_budget(
    skill: str, pairs: list[tuple[str, Any]], budget: EditBudget, seed: int
) -> None:
    seen = observed(skill, pairs)
    draft = parse_draft(mentor.reply(blocks_for(skill, seen, budget=budget), seed=seed))
    if draft.edits:
        after(skill, draft, budget=budget)
    data = {"skill": skill, "evidence": json.dumps([s.model_dump(mode="json") for s in seen])}
    parse_critiques(mentor.reply(data), seen)


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["skill", "evidence", "limits", "refused", "refusal", "criteria"]),
        st.one_of(
            st.text(max_size=80),
            st.recursive(
                st.one_of(st.none(), st.integers(), st.text(max_size=5)), st.lists, max_leaves=5
            ).map(json.dumps),
        ),
    )
)
def test_any_prompt_gets_a_reply_of_the_asked_shape(data: dict[str, str]) -> None:
    reply = mentor.reply(data)
    if "limits" in data:
        parse_draft(reply)
    else:
        parse_critiques(reply, ())


@pytest.mark.parametrize(
    "refused", ["{" * 50_000, '{"kind": "insert", "text": 3}', "refused\n  {}\n" * 2000]
)
def test_any_record_of_refusals_will_do(refused: str) -> None:
    drafted(LABELS, ROUTES, refused=refused)


OUTAGE = [
    ("the page is down", "access"),
    ("this page will not load", "access"),
    ("a printed page was missing in my invoice", "billing"),
]
"""The phrase `page` is right twice, and wrong where a page was printed."""
ROUTE = f"{LABELS}\nBy default, answer `billing`.\n"


def routed(refused: str) -> Draft:
    shown = observed(ROUTE, OUTAGE)
    return parse_draft(mentor.reply(blocks_for(ROUTE, shown, refused=refused)))


def test_a_refused_idea_is_repaired_by_an_exception_for_what_its_lesson_says_it_broke() -> None:
    edit = json.dumps({"kind": "insert", "text": '- When it mentions "page", answer `access`.'})
    lesson = "  lesson: too wide; the evidence shows what it broke: r3 (t3)"
    draft = routed(f"refused at stage gate, round 1: an idea\n  {edit}\n{lesson}")
    after = apply(Skill(text=ROUTE), draft.edits)
    assert isinstance(after, Skill)
    assert "but not" in after.text
    assert all(answer(after.text, text) == expected for text, expected in OUTAGE)


def test_without_a_lesson_there_is_no_exception() -> None:
    assert "but not" not in routed("Nothing was tried before.").model_dump_json()
