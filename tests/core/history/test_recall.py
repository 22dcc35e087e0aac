"""Which refusals are filed, under which keys, and which are asked for."""

from __future__ import annotations

from typing import Any

import pytest

from skillopt.core.gate.contest import Outcome
from skillopt.core.history.recall import (
    LONGEST_FAILURES,
    MOST_FILED,
    Topic,
    about_keys,
    counted_idea,
    entry_keys,
    failures_text,
    parts_refused,
    refusals_of,
    same_keys,
)
from skillopt.core.history.run import RefusedRound, Round
from skillopt.core.proposals.critique import Critique
from skillopt.core.proposals.leak import Leak
from skillopt.core.proposals.refusal import Part, Refusal, Stage
from skillopt.core.skill.changes import changes_of
from tests.adapters.ledger.samples import SKILL, a_proposal, a_round, an_insert

BUNDLE = a_proposal(an_insert("- Mind the refunds.\n"), an_insert("- Always apologise.\n"))


def refused(**more: Any) -> Round:
    fields = {"proposal": BUNDLE, **more}
    round_, _ = a_round(2, **fields)
    return round_.model_copy(update={"changes": changes_of(SKILL, BUNDLE.edits)})


def whole(**more: Any) -> Refusal:
    (found, *_) = refusals_of(refused(**more), skill_id="triage", skill_name="triage")
    return found


def test_a_refused_round_is_a_refusal_of_its_skill() -> None:
    round_ = refused()
    (found,) = refusals_of(round_, skill_id="triage", skill_name="triage")
    assert (found.id, found.run, found.number) == (round_.id, "run-1", 2)
    assert (found.skill_name, found.outcome, found.stage) == ("triage", "rejected", Stage.GATE)
    assert (found.proposal, found.changes, found.part) == (BUNDLE, round_.changes, None)
    assert found.failures == "my refund no word of refunds"


@pytest.mark.parametrize(
    ("outcome", "word"), [(Outcome.REJECTED, "rejected"), (Outcome.INCONCLUSIVE, "inconclusive")]
)
def test_it_says_how_it_was_refused(outcome: Outcome, word: str) -> None:
    assert whole(outcome=outcome).outcome == word


@pytest.mark.parametrize("more", [{"outcome": Outcome.ACCEPTED}, {"stage": Stage.SCREEN}])
def test_what_was_accepted_or_only_repeats_is_not_filed(more: dict[str, Any]) -> None:
    assert refusals_of(refused(**more), skill_id="triage", skill_name="triage") == []


def test_a_round_without_a_proposal_is_not_filed() -> None:
    unread = refused(stage=Stage.FIT).model_copy(update={"proposal": None})
    assert refusals_of(unread, skill_id="triage", skill_name="triage") == []


PARTS = (Part(edit=0, outcome="accepted"), Part(edit=1, outcome="rejected"))


def test_an_edit_that_was_rejected_alone_is_a_refusal_of_its_own() -> None:
    bundle, alone = refusals_of(refused(), skill_id="triage", skill_name="triage", parts=PARTS)
    assert (bundle.part, bundle.parts) == (None, PARTS)
    assert (alone.part, alone.parts) == (1, ())
    assert alone.proposal.edits == (BUNDLE.edits[1],)
    assert [change.after for change in alone.changes] == ["Always apologise."]


def test_one_edit_has_no_parts() -> None:
    single = whole().model_copy(update={"proposal": a_proposal()})
    assert parts_refused(single, (Part(edit=0, outcome="rejected"),)) == []


def test_what_blocks_is_filed_under_its_edits_and_what_does_not_only_under_its_subject() -> None:
    rejected, inconclusive = whole(), whole(outcome=Outcome.INCONCLUSIVE)
    same = set(same_keys("triage", rejected.context, BUNDLE, rejected.changes))
    assert same <= set(entry_keys(rejected))
    assert not same & set(entry_keys(inconclusive))
    assert set(entry_keys(inconclusive)) < set(entry_keys(rejected))


def test_a_part_is_filed_under_its_edits_alone() -> None:
    _, alone = refusals_of(refused(), skill_id="triage", skill_name="triage", parts=PARTS)
    assert set(entry_keys(alone)) == set(
        same_keys("triage", alone.context, alone.proposal, alone.changes)
    )


def test_what_is_asked_for_finds_what_was_filed() -> None:
    found = whole()
    keys = set(entry_keys(found))
    for topic in (
        Topic(),
        Topic(sections=("Triage > Rules",)),
        Topic(criteria=("queue",)),
        Topic(failures="a customer asks for my refund, and there is no word of refunds"),
    ):
        mine = set(about_keys("triage", topic))
        assert mine & keys
        assert not mine & set(about_keys("another", topic))


@pytest.mark.parametrize("other", [("another", "here"), ("triage", "there")])
def test_another_skill_or_context_has_other_keys(other: tuple[str, str]) -> None:
    changes = changes_of(SKILL, BUNDLE.edits)
    mine = set(same_keys("triage", "here", BUNDLE, changes))
    assert not mine & set(same_keys(*other, BUNDLE, changes))


def test_an_entry_is_filed_under_few_sections() -> None:
    many = whole().model_copy(update={"sections": tuple(f"Part {at}" for at in range(20))})
    last, beyond = (
        about_keys("triage", Topic(sections=(f"Part {at}",)))[1]
        for at in (MOST_FILED - 1, MOST_FILED)
    )
    assert last in entry_keys(many)
    assert beyond not in entry_keys(many)


def test_critiques_are_kept_in_their_own_words_up_to_a_length() -> None:
    one = Critique(rollout="r1", criterion="queue", quote="my refund", cause="no word of it")
    assert failures_text([one, one]) == "my refund no word of it\nmy refund no word of it"
    assert len(failures_text([one] * 1000)) == LONGEST_FAILURES
    assert failures_text([]) == ""


def test_no_idea_of_a_leak_is_counted() -> None:
    round_ = refused()
    assert isinstance(round_.decision, RefusedRound)
    assert counted_idea(round_) == BUNDLE.draft.idea
    leak = Leak(rule="input", split="test", passage="x")
    leaking = round_.decision.model_copy(update={"leaks": (leak,)})
    assert counted_idea(round_.model_copy(update={"decision": leaking})) == ""
    assert counted_idea(round_.model_copy(update={"proposal": None})) == ""
