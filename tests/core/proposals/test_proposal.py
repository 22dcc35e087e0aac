"""Proposals: parsed strictly, and the same set of edits has one name."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.proposals.proposal import Draft, Proposal, parse_draft
from skillopt.core.replies import BadReply
from skillopt.core.skill.edit import Delete, Edit, Insert, Replace

ADD = Insert(anchor="- two\n", text="- When it rains, answer `coat`.\n")
CUT = Delete(anchor="- one", section=("Rules",))


def proposal(*edits: Edit, idea: str = "an idea") -> Proposal:
    return Proposal(parent="p", draft=Draft(idea=idea, edits=edits))


def test_a_draft_goes_through_json() -> None:
    draft = Draft(idea="i", criteria=("c",), rollouts=("r1",), predicted_gain=0.1, edits=(ADD, CUT))
    assert parse_draft(f"Here:\n```json\n{draft.model_dump_json()}\n```") == draft


@pytest.mark.parametrize(
    "change",
    [
        {"idea": "x" * 501},
        {"idea": None},
        {"predicted_gain": 7},
        {"predicted_gain": float("nan")},
        {"edits": [{"kind": "rewrite", "text": "all"}]},
        {"edits": [{"kind": "replace", "anchor": "", "text": "x"}]},
        {"edits": [{"kind": "delete", "anchor": ""}]},
        {"edits": [{"kind": "insert", "anchor": "a", "text": "x" * 100_001}]},
        {"edits": [{"kind": "insert", "anchor": "a", "text": "b", "force": True}]},
        {"edits": [CUT.model_dump()] * 51},
        {"edits": "all"},
        {"accepted": True},
    ],
)
def test_a_draft_of_another_shape_is_refused(change: dict[str, object]) -> None:
    fields = {"idea": "i", "edits": [CUT.model_dump()], **change}
    with pytest.raises(BadReply):
        parse_draft(json.dumps(fields))


def test_one_name_for_one_set_of_edits() -> None:
    assert proposal(ADD, CUT).edits_digest == proposal(CUT, ADD, idea="another").edits_digest
    spaced = ADD.model_copy(update={"text": "-  When it rains,\nanswer `coat`."})
    assert proposal(spaced).edits_digest == proposal(ADD).edits_digest


@pytest.mark.parametrize(
    "other",
    [
        ADD.model_copy(update={"text": "- When it rains, answer `hat`.\n"}),
        ADD.model_copy(update={"where": "before"}),
        ADD.model_copy(update={"section": ("Rules",)}),
        Replace(anchor=ADD.anchor, text=ADD.text),
    ],
)
def test_another_edit_has_another_name(other: Edit) -> None:
    assert proposal(other).edits_digest != proposal(ADD).edits_digest


@given(st.permutations([ADD, CUT, ADD.model_copy(update={"text": "x"})]))
def test_order_is_no_part_of_the_name(edits: list[Edit]) -> None:
    assert proposal(*edits).edits_digest == proposal(*reversed(edits)).edits_digest
