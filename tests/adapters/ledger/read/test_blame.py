"""Which proposal wrote each line, on both databases."""

from __future__ import annotations

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.core.gate.contest import Outcome
from skillopt.core.skill.skill import Skill
from skillopt.errors import InputError
from tests.adapters.ledger.samples import (
    SKILL,
    a_proposal,
    a_round,
    a_run,
    an_end,
    an_insert,
    filled,
    made_by,
)


async def test_each_line_is_traced_to_its_proposal(ledger: SqlLedger) -> None:
    last = await filled(ledger)
    tracing = await ledger.why("triage")
    assert "\n".join(line.text for line in tracing.lines) + "\n" == last.text
    made = {line.text: line.round.number if line.round else line.note for line in tracing.lines}
    assert made["- Mind the refunds."] == 1
    assert made["- Ask for the order number."] == 3
    assert made["- Be brief."] == "in the file when run run-1 began"


async def test_one_line_with_its_evidence_and_what_was_refused_beside_it(ledger: SqlLedger) -> None:
    last = await filled(ledger)
    number = last.text.splitlines().index("- Mind the refunds.") + 1
    tracing = await ledger.why("triage", line=number)
    (line,) = tracing.lines
    assert line.round
    assert line.round.number == 1
    assert [critique.quote for critique in tracing.critiques] == ["my refund"]
    assert {round_.number for round_ in tracing.refused_here} == {2, 4}
    assert (await ledger.why("triage", line=1)).refused_here == ()


async def test_edits_that_were_taken_up_answer_what_the_earlier_proposal_did(
    ledger: SqlLedger,
) -> None:
    edit = a_proposal(an_insert("- Mind the refunds.\n"))
    await ledger.start_run(a_run("run-1"), SKILL)
    tried, _ = a_round(run="run-1", proposal=edit)
    await ledger.add_round(tried, None)
    await ledger.start_run(a_run("run-2"), SKILL)
    again, made = a_round(run="run-2", proposal=edit, outcome=Outcome.ACCEPTED)
    await ledger.add_round(again.model_copy(update={"critiques": (), "taken_from": tried.id}), made)
    assert made
    number = made.text.splitlines().index("- Mind the refunds.") + 1
    tracing = await ledger.why("triage", line=number, current=made)
    assert tracing.lines[0].round
    assert tracing.lines[0].round.id == again.id
    assert [critique.quote for critique in tracing.critiques] == ["my refund"]


async def test_all_lines_and_one_of_them_are_what_each_is_alone(ledger: SqlLedger) -> None:
    await filled(ledger)
    every = await ledger.why("triage")
    found = await ledger.skill_lines("triage", line=len(every.lines))
    assert found.every == every
    assert found.one == await ledger.why("triage", line=len(every.lines))
    assert (await ledger.skill_lines("triage")).one is None
    with pytest.raises(InputError, match="line 1000: triage has"):
        await ledger.skill_lines("triage", line=1000)


async def test_a_hand_edited_file_is_traced_as_far_as_it_is_known(ledger: SqlLedger) -> None:
    last = await filled(ledger)
    current = Skill(text=last.text.replace("- Be brief.", "- Be very brief."))
    made = {line.text: line for line in (await ledger.why("triage", current=current)).lines}
    assert made["- Be very brief."].note == "by hand, since the last run"
    round_ = made["- Mind the refunds."].round
    assert round_
    assert round_.number == 1


async def test_hand_edits_between_runs_do_not_hide_what_came_before(ledger: SqlLedger) -> None:
    last = await filled(ledger)
    edited = Skill(text=last.text.replace("- Be brief.", "- Be very brief."))
    await ledger.start_run(a_run("run-2", first=edited.digest), edited)
    proposal = a_proposal(an_insert("- New.\n", anchor="- Be very brief.\n"), parent=edited)
    await ledger.add_round(
        *a_round(1, run="run-2", proposal=proposal, outcome=Outcome.ACCEPTED, parent=edited)
    )
    newest = made_by(proposal, edited)
    await ledger.finish_run(an_end(a_run("run-2"), last=newest.digest))
    made = {line.text: line for line in (await ledger.why("triage", current=newest)).lines}
    assert made["- New."].round
    assert made["- New."].round.run == "run-2"
    assert made["- Be very brief."].note == "in the file when run run-2 began"
    assert made["- Mind the refunds."].round
    assert made["- Mind the refunds."].round.run == "run-1"


async def test_a_version_that_came_back_does_not_go_in_circles(ledger: SqlLedger) -> None:
    await filled(ledger)
    await ledger.start_run(a_run("run-2"), SKILL)
    await ledger.finish_run(an_end(a_run("run-2")))
    lines = (await ledger.why("triage", current=SKILL)).lines
    assert "\n".join(line.text for line in lines) + "\n" == SKILL.text


async def test_why_of_what_is_not_there(ledger: SqlLedger) -> None:
    with pytest.raises(InputError, match="no run"):
        await ledger.why("triage")
    await filled(ledger)
    with pytest.raises(InputError, match=r"has \d+ lines"):
        await ledger.why("triage", line=1000)
