"""When a rejected proposal may be tested again."""

from __future__ import annotations

import pytest

from skillopt.core.proposals.critique import Observation
from skillopt.core.proposals.proposal import Draft, Proposal
from skillopt.core.proposals.refusal import Refusal, Stage
from skillopt.core.proposals.reopening import Failing, failing_now, reason_to_retest
from skillopt.core.skill.changes import section_print
from skillopt.core.skill.edit import Insert
from skillopt.core.skill.skill import Skill

SKILL = Skill(text="# Top\n\nintro\n\n## Rules\n\n- one\n- two\n- three\n\n## Form\n\nbare\n")
SAME_SECTION = Skill(text=SKILL.text.replace("- one\n", "- one\n- more\n"))
REWRITTEN = Skill(text=SKILL.text.replace("- one\n- two\n", "- uno\n- dos\n"))
ELSEWHERE = Skill(text=SKILL.text.replace("bare", "as a list"))
STILL = Failing(frozenset({"t1"}), frozenset())
BY_CRITERION = Failing(frozenset({"t9"}), frozenset({"right"}))
GONE = Failing(frozenset({"t9"}), frozenset({"form"}))
FIXED = Failing(frozenset({"t9"}), frozenset({"right"}), passing=frozenset({"t1"}))

NEITHER: set[str] = set()
HARMLESS = {"harmless"}
BOTH = {"harmless", "harmful"}


def rejected(*, harmful: bool = False) -> Refusal:
    edit = Insert(anchor="- two\n", text="- new\n")
    draft = Draft(idea="an idea", edits=(edit,), criteria=("right",))
    return Refusal(
        id="r1",
        run="run",
        number=1,
        stage=Stage.GATE,
        code="test",
        reason="not better",
        outcome="rejected",
        proposal=Proposal(parent=SKILL.digest, draft=draft),
        context="here",
        prints=(section_print(SKILL, "Top > Rules"),),
        aims=("t1",),
        harmful=harmful,
    )


@pytest.mark.parametrize("failing", [None, STILL, GONE])
def test_it_stands_on_the_version_it_was_tested_on(failing: Failing | None) -> None:
    for harmful in (False, True):
        assert reason_to_retest(rejected(harmful=harmful), skill=SKILL, failing=failing) is None


@pytest.mark.parametrize(
    ("skill", "failing", "reopened"),
    [
        (ELSEWHERE, STILL, HARMLESS),
        (ELSEWHERE, BY_CRITERION, HARMLESS),
        (ELSEWHERE, None, HARMLESS),
        (ELSEWHERE, GONE, NEITHER),
        (ELSEWHERE, FIXED, NEITHER),
        (SAME_SECTION, STILL, BOTH),
        (SAME_SECTION, GONE, HARMLESS),
        (REWRITTEN, GONE, BOTH),
    ],
)
def test_a_harmful_one_needs_more_reason(
    skill: Skill, failing: Failing | None, reopened: set[str]
) -> None:
    for kind in ("harmless", "harmful"):
        refusal = rejected(harmful=kind == "harmful")
        reason = reason_to_retest(refusal, skill=skill, failing=failing)
        assert (reason is not None) == (kind in reopened)


def test_what_fails_now_comes_from_the_failures_shown() -> None:
    seen = [
        Observation(
            rollout="r1",
            task="t1",
            input="",
            answer="",
            score=0,
            passed=False,
            feedback=("right: expected blue", "form"),
        ),
        Observation(
            rollout="r2", task="t2", input="", answer="", score=1, passed=True, feedback=()
        ),
    ]
    assert failing_now(seen) == Failing(
        frozenset({"t1"}), frozenset({"right", "form"}), passing=frozenset({"t2"})
    )
