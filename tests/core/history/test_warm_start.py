"""What a run takes up of earlier runs, and what it is told of them."""

from __future__ import annotations

from typing import Any

import pytest

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate.contest import Outcome, Verdict
from skillopt.core.history.rounds import decided_round, gate_decision
from skillopt.core.history.run import Round
from skillopt.core.history.warm_start import accepted_elsewhere, worth_taking_up
from skillopt.core.proposals.proposal import Draft, Proposal
from skillopt.core.skill.edit import Insert
from skillopt.core.skill.skill import Skill

FIRST = Skill(text="# Rules\n\n- one\n")
HERE: dict[str, Any] = {"run": "now", "parent": FIRST.digest, "context": "here"}


def accepted(run: str, text: str, *, gain: float = 0.1) -> Round:
    after = Skill(text=f"{FIRST.text}{text}")
    draft = Draft(idea=text, edits=(Insert(anchor="- one\n", text=text),))
    verdict = Verdict(
        outcome=Outcome.ACCEPTED,
        code="test",
        reason="better",
        gain=gain,
        p_value=0.01,
        tasks_seen=1,
        rollouts=1,
        pairs=(),
        book={},
    )
    return decided_round(
        run,
        1,
        incumbent=FIRST,
        proposal=Proposal(parent=FIRST.digest, draft=draft),
        decision=gate_decision(verdict, after),
        context="here",
        spent=Usage(),
    )


def test_the_largest_gain_is_taken_up_first_and_of_equals_the_newest() -> None:
    earlier = [
        accepted("a", "- two\n"),
        accepted("b", "- three\n", gain=0.3),
        accepted("c", "- four\n"),
    ]
    assert [one.run for one in worth_taking_up(earlier, **HERE)] == ["b", "c", "a"]


@pytest.mark.parametrize(
    "changes",
    [{"run": "now"}, {"parent": "another version"}, {"context": "elsewhere"}, {"proposal": None}],
)
def test_only_what_another_run_accepted_here_is_taken_up(changes: dict[str, Any]) -> None:
    assert worth_taking_up([accepted("a", "- two\n").model_copy(update=changes)], **HERE) == []


def test_the_line_that_the_skill_comes_from_is_not_told_as_news() -> None:
    mine, other = accepted("a", "- two\n"), accepted("b", "- three\n")
    made = mine.decision.candidate
    assert made is not None
    told = accepted_elsewhere([mine, other], run="now", versions={made})
    assert [one.run for one in told] == ["b"]


def test_equal_edits_are_told_once_and_the_newest_come_first() -> None:
    earlier = [
        accepted(run, text) for run, text in (("a", "- x\n"), ("b", "- y\n"), ("c", "- x\n"))
    ]
    told = accepted_elsewhere(earlier, run="now", versions=())
    assert [one.proposal.draft.idea for one in told if one.proposal] == ["- y\n", "- x\n"]
