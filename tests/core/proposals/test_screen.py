"""The screen: what is refused before any rollout is paid."""

from __future__ import annotations

import pytest

from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.leak_index import LeakIndex
from skillopt.core.evaluation.task import Split, Task
from skillopt.core.proposals.leak import LeakPolicy
from skillopt.core.proposals.proposal import Candidate, Draft, Proposal
from skillopt.core.proposals.refusal import Refusal, Stage
from skillopt.core.proposals.reopening import Failing
from skillopt.core.proposals.screen import (
    Known,
    Screened,
    is_stale,
    screen,
    screen_leaks,
    sections_touched,
)
from skillopt.core.skill.changes import changes_of, section_print
from skillopt.core.skill.edit import Delete, Edit, Insert, Replace
from skillopt.core.skill.edit_budget import EditBudget
from skillopt.core.skill.edit_scope import EditScope
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile

SKILL = Skill(text="# Top\n\nintro\n\n## Rules\n\n- one\n- two\n\n## Form\n\nbare\n")
BUDGET = EditBudget(max_edits=2, max_changed_chars=60, max_skill_chars=200)
ADD = Insert(anchor="- two\n", text="- three\n")
SWAP = Replace(anchor="bare", text="short")


def proposal(*edits: Edit, idea: str = "an idea") -> Proposal:
    return Proposal(parent=SKILL.digest, draft=Draft(idea=idea, edits=edits, criteria=("right",)))


def refusal(refused: Proposal, **changes: object) -> Refusal:
    fields: dict[str, object] = {
        "id": "r1",
        "run": "run",
        "number": 1,
        "stage": Stage.GATE,
        "code": "futile",
        "reason": "not better",
        "outcome": "rejected",
        "proposal": refused,
        "context": "here",
        "changes": changes_of(SKILL, refused.edits),
        "prints": [section_print(SKILL, name) for name in sections_touched(SKILL, refused)],
    }
    return Refusal.model_validate({**fields, **changes})


def screened(
    wanted: Proposal, *known: Refusal, skill: Skill = SKILL, likeness: float = 0.8
) -> Candidate | Screened:
    against = Known(known, run="run", context="here", likeness=likeness)
    return screen(wanted, skill=skill, budget=BUDGET, known=against)


def test_a_fitting_proposal_becomes_a_candidate() -> None:
    found = screened(proposal(ADD, SWAP))
    assert isinstance(found, Candidate)
    assert found.skill.text == SKILL.text.replace("- two\n", "- two\n- three\n").replace(
        "bare", "short"
    )
    assert found.changed_chars == len("- three\n") + len("bare") + len("short")


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (proposal(), "no_edits"),
        (proposal(Insert(anchor="missing", text="x")), "anchor_missing"),
        (proposal(Insert(anchor="o", text="x")), "anchor_repeated"),
        (proposal(ADD, SWAP, Delete(anchor="intro")), "too_many_edits"),
        (proposal(Replace(anchor="bare", text="w " * 40)), "too_much_changed"),
        (proposal(Insert(anchor="bare", text="long" * 60)), "skill_too_large"),
    ],
)
def test_what_does_not_fit_says_why(wanted: Proposal, code: str) -> None:
    found = screened(wanted)
    assert isinstance(found, Screened)
    assert (found.stage, found.code) == (Stage.FIT, code)
    assert found.reason


def test_known_refusals_cost_nothing_whatever_their_order_and_spacing() -> None:
    spaced = Replace(anchor="bare", text=" short ")
    found = screened(proposal(spaced, ADD, idea="other words"), refusal(proposal(ADD, SWAP)))
    assert isinstance(found, Screened)
    assert (found.stage, found.code, found.known) == (Stage.SCREEN, "known", "r1")


@pytest.mark.parametrize(
    "changes",
    [{"context": "elsewhere"}, {"outcome": "inconclusive"}, {"stage": Stage.FIT}],
    ids=["stale", "inconclusive", "never at the gate"],
)
def test_other_entries_do_not_block(changes: dict[str, object]) -> None:
    assert isinstance(screened(proposal(ADD), refusal(proposal(ADD), **changes)), Candidate)


def test_an_edit_that_differs_in_a_word_is_not_the_same() -> None:
    other = Insert(anchor="- two\n", text="- four\n")
    assert isinstance(screened(proposal(other), refusal(proposal(ADD))), Candidate)


def test_sections_are_named_by_their_headings() -> None:
    assert sections_touched(SKILL, proposal(ADD, SWAP)) == ("Top > Rules", "Top > Form")


RULE = Insert(anchor="- two\n", text="- Never quote the label.\n")
IN_OTHER_WORDS = [
    Insert(anchor="- two\n", text="- Do not quote the label.\n"),
    Insert(anchor="", section=("Rules",), text="- The label is never quoted.\n"),
    Replace(anchor="- two\n", text="- two\n* Never\n  quote the label.\n"),
]


@pytest.mark.parametrize("edit", IN_OTHER_WORDS)
def test_the_same_idea_in_other_words_is_refused_with_a_pointer(edit: Edit) -> None:
    found = screened(proposal(edit), refusal(proposal(RULE)))
    assert isinstance(found, Screened)
    assert (found.stage, found.code, found.known) == (Stage.SCREEN, "alike", "r1")
    assert "round 1 of this run" in found.reason


@pytest.mark.parametrize(
    "text",
    ["- Always quote the label.\n", "- Never quote the name.\n", "- Never quote 2 labels.\n"],
)
def test_look_alikes_pass(text: str) -> None:
    edit = Insert(anchor="- two\n", text=text)
    assert isinstance(screened(proposal(edit), refusal(proposal(RULE))), Candidate)


def test_how_alike_is_a_setting() -> None:
    wordy = Insert(anchor="- two\n", text="- Never quote the label in a reply.\n")
    more = Insert(anchor="- two\n", text="- Never quote the whole label.\n")
    assert isinstance(screened(proposal(more), refusal(proposal(RULE))), Candidate)
    assert isinstance(screened(proposal(more), refusal(proposal(RULE)), likeness=0.5), Screened)
    assert isinstance(screened(proposal(wordy), refusal(proposal(RULE))), Screened)


def test_a_part_of_a_bundle_is_another_proposal() -> None:
    bundle = refusal(proposal(RULE, SWAP))
    assert isinstance(screened(proposal(RULE), bundle), Candidate)
    assert isinstance(screened(proposal(SWAP, RULE), bundle), Screened)


def test_the_reason_that_the_optimizer_reads_has_nothing_of_the_gate() -> None:
    known = refusal(proposal(ADD), reason="p = 0.4242 on 78 tasks, gain 0.0137", run="yesterday")
    found = screened(proposal(ADD), known)
    assert isinstance(found, Screened)
    assert "round 1 of run yesterday" in found.reason
    assert "0.4242" not in found.reason
    assert "futile" not in found.reason


REWRITTEN = {
    "its section": (SKILL.text.replace("- one\n", "- uno\n- dos\n"), True),
    "a line more in its section": (SKILL.text.replace("- one\n", "- one\n- nil\n"), False),
    "another section": (SKILL.text.replace("intro", "introduction"), False),
}


@pytest.mark.parametrize("case", REWRITTEN)
def test_a_refusal_is_stale_once_its_section_is_rewritten(case: str) -> None:
    text, stale = REWRITTEN[case]
    assert is_stale(refusal(proposal(ADD)), skill=Skill(text=text), context="here") == stale


def test_a_rejection_on_an_earlier_version_lets_the_proposal_pass_and_is_counted() -> None:
    moved = Skill(text=SKILL.text.replace("- one\n", "- one\n- nil\n"))
    found = screened(proposal(ADD), refusal(proposal(ADD)), skill=moved)
    assert isinstance(found, Candidate)
    assert found.retests == ("r1",)
    stands = refusal(proposal(ADD), harmful=True, aims=("t1",))
    against = Known([stands], context="here", failing=Failing())
    blocked = screen(proposal(ADD), skill=moved, budget=BUDGET, known=against)
    assert isinstance(blocked, Screened)
    assert blocked.known == "r1"


def test_the_newest_rejection_decides_unless_one_is_of_this_very_version() -> None:
    moved = Skill(text=SKILL.text.replace("- one\n", "- one\n- nil\n"))
    on_moved = refusal(proposal(ADD), id="r2").model_copy(
        update={"proposal": proposal(ADD).model_copy(update={"parent": moved.digest})}
    )
    first = refusal(proposal(ADD))
    blocked = screened(proposal(ADD), first, on_moved, skill=moved)
    assert isinstance(blocked, Screened)
    assert blocked.known == "r2"
    back = screened(proposal(ADD), first, on_moved)
    assert isinstance(back, Screened)
    assert back.known == "r1"
    later = Skill(text=moved.text.replace("- nil\n", "- nil\n- nought\n"))
    again = screened(proposal(ADD), first, on_moved, skill=later)
    assert isinstance(again, Candidate)
    assert again.retests == ("r2", "r1")


def test_reopening_can_be_turned_off() -> None:
    moved = Skill(text=SKILL.text.replace("- one\n", "- uno\n- dos\n"))
    against = Known([refusal(proposal(ADD))], context="here", reopen=False)
    assert isinstance(screen(proposal(ADD), skill=moved, budget=BUDGET, known=against), Screened)


@pytest.mark.parametrize(
    "edit",
    [
        Insert(anchor="bare", text="\n\n- Always ask for the number.\n"),
        Insert(anchor="- two\n", text="- always  ask for the **number**\n"),
        Replace(anchor="- two\n", text="- two\n- Always ask for the number.\n"),
    ],
)
def test_a_line_that_the_skill_already_has_is_refused_with_that_line(edit: Edit) -> None:
    skill = Skill(text=SKILL.text.replace("- one\n", "- Always ask for the number.\n"))
    found = screened(proposal(edit), skill=skill)
    assert isinstance(found, Screened)
    assert (found.stage, found.code) == (Stage.SCREEN, "repeated")
    assert "the skill already has the line “Always ask for the number.” under “Top > Rules”" in (
        found.reason
    )


LEAKY = Task(
    id="a",
    split="validation",
    input="Our blue badge reader in Lisbon refuses everybody.",
    expected="x",
    checks=(Exact(type="exact"),),
)


@pytest.mark.parametrize(
    ("split", "policy", "refused", "repairable"),
    [
        ("train", "strict", True, True),
        ("train", "heldout", False, True),
        ("validation", "strict", True, False),
        ("test", "heldout", True, False),
        ("test", "off", False, True),
    ],
)
def test_a_candidate_that_quotes_a_task_is_refused(
    split: Split, policy: LeakPolicy, *, refused: bool, repairable: bool
) -> None:
    index = LeakIndex([LEAKY.model_copy(update={"split": split})])
    fits = screened(proposal(Insert(anchor="bare", text=f" {LEAKY.text}"[:59])))
    found = screen_leaks(fits, before=SKILL, index=index, policy=policy)
    if not refused:
        assert found is fits
        return
    assert isinstance(found, Screened)
    assert (found.stage, found.code, found.known) == (Stage.SCREEN, "leak", None)
    assert [(leak.rule, leak.split) for leak in found.leaks] == [("input", split)]
    assert found.can_be_repaired is repairable


def test_what_was_refused_before_stays_refused_for_that() -> None:
    misfit = screened(proposal(Insert(anchor="missing", text=LEAKY.text)))
    found = screen_leaks(misfit, before=SKILL, index=LeakIndex([LEAKY]), policy="strict")
    assert found is misfit
    assert isinstance(misfit, Screened)
    assert misfit.can_be_repaired
    nothing = screened(proposal())
    assert isinstance(nothing, Screened)
    assert not nothing.can_be_repaired


@pytest.mark.parametrize(("split", "refused"), [("validation", True), ("train", False)])
def test_an_idea_that_quotes_a_held_out_task_is_refused(split: Split, *, refused: bool) -> None:
    index = LeakIndex([LEAKY.model_copy(update={"split": split})])
    clean = proposal(Insert(anchor="bare", text=" Be brief."))
    idea = {"idea": f"because of {LEAKY.text}"}
    telling = clean.model_copy(update={"draft": clean.draft.model_copy(update=idea)})
    found = screen_leaks(screened(telling), before=SKILL, index=index, policy="strict")
    assert isinstance(found, Screened) is refused
    if isinstance(found, Screened):
        assert found.reason.startswith("the idea repeats the input of a validation task")
        assert not found.can_be_repaired


def test_a_link_to_a_file_that_never_was_is_refused() -> None:
    text = "- see [it](references/it.md)\n"
    refused = screened(proposal(Insert(anchor="- two\n", text=text)))
    assert isinstance(refused, Screened)
    assert (refused.stage, refused.code) == (Stage.FIT, "broken_link")
    assert "references/it.md, and the skill has no such file; create it" in refused.reason
    linking = Skill(text=SKILL.text + text)
    assert isinstance(screened(proposal(ADD), skill=linking), Candidate)


def test_what_is_out_of_scope_is_refused_before_it_is_tried() -> None:
    script = SkillFile(path="run.py", data=b"print(1)\n")
    folder = SKILL.model_copy(update={"files": (script,)})
    edit = Replace(anchor="1", text="2", file="run.py")
    wanted = proposal(edit)
    found = screen(wanted, skill=folder, budget=BUDGET, known=Known())
    assert isinstance(found, Screened)
    assert (found.stage, found.code) == (Stage.FIT, "not_editable")
    assert found.reason.startswith("edit 0: run.py may not be edited")
    scope = EditScope(patterns=("*.py",))
    made = screen(wanted, skill=folder, budget=BUDGET, known=Known(), scope=scope)
    assert isinstance(made, Candidate)
    assert (made.changed_chars, made.skill.text) == (2, SKILL.text)
