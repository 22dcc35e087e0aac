"""One proposal of the ledger, in lines."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.cli.entry import told_entry
from skillopt.cli.output import local_minute
from skillopt.core.evaluation.answer_faults import AnswerFaults
from skillopt.core.history.run import RefusedTry
from skillopt.core.history.views import RoundEntry, TaskAnswers
from skillopt.core.proposals.collapse import Entropies, Leave, Mode
from skillopt.core.proposals.loser import loser_of
from skillopt.core.proposals.refusal import Part, Stage, TrainEffect
from skillopt.core.proposals.screen import Screened
from skillopt.core.skill.calibrated_budget import Calibration
from tests.adapters.ledger.samples import (
    SKILL,
    a_proposal,
    a_round,
    a_verdict,
    an_exchange,
    an_insert,
    filled,
)


def shown(folder: Path, number: int) -> RoundEntry:
    """A proposal of a filled ledger."""

    async def asked() -> RoundEntry:
        async with SqlLedger.open(folder / "ledger.db") as ledger:
            await filled(ledger)
            await ledger.add_exchange(an_exchange(f"{number}/propose"))
            return await ledger.show_round(a_round(number)[0].id)

    return asyncio.run(asked())


@pytest.fixture
def rejected(tmp_path: Path) -> RoundEntry:
    return shown(tmp_path, 2)


def told(found: RoundEntry, *, tasks: bool = False, **round_: Any) -> list[str]:
    if "alone" in round_:
        found = found.model_copy(update={"alone": round_.pop("alone")})
    if round_:
        found = found.model_copy(update={"round": found.round.model_copy(update=round_)})
    return list(told_entry(found, tasks=tasks))


def test_a_rejected_proposal_from_head_to_neighbours(rejected: RoundEntry) -> None:
    lines = told(rejected)
    summary = rejected.summary
    assert lines[0] == f"proposal {summary.id}: round 2 of run run-1, triage"
    assert lines[1].startswith(local_minute(summary.created))
    assert lines[2].startswith("rejected by the gate (test): the mean difference over 40 tasks")
    for line in (
        "idea: be polite to customers",
        "criteria: queue",
        "sections: Triage > Rules",
        "target practice/reader, optimizer practice/mentor, no judge",
        "critique of queue: no word of refunds",
        '  "my refund"',
        "+- Always apologise.",
        "spent by the run so far: 10 calls, 0 prompt + 0 completion tokens, $0.5000",
    ):
        assert line in lines
    assert any(line.startswith(f"incumbent {summary.parent[:12]}, candidate ") for line in lines)
    assert any(line.startswith("exchange 2/propose of ") for line in lines)
    assert [line.split(":")[0] for line in lines if line.startswith(("previous", "next"))] == [
        "previous",
        "next",
    ]


def test_the_tasks_are_shown_on_request(rejected: RoundEntry) -> None:
    assert not [line for line in told(rejected) if "INCUMBENT  CANDIDATE" in line]
    lines = told(rejected, tasks=True)
    at = next(at for at, line in enumerate(lines) if "INCUMBENT  CANDIDATE" in line)
    assert lines[at + 1].split() == ["1.00", "0.50", "v-1"]


def test_what_it_did_on_train_tasks_and_its_edits_alone(rejected: RoundEntry) -> None:
    lines = told(
        rejected,
        train=TrainEffect(mended=("t-1", "t-2"), same=7),
        alone=(Part(edit=0, outcome="rejected"), Part(edit=1, outcome="accepted")),
    )
    assert "on train tasks: fixed t-1, t-2; broke none; 7 unchanged" in lines
    assert "edit 0 alone: rejected" in lines
    assert "edit 1 alone: accepted" in lines


def test_what_it_repeats_is_named(rejected: RoundEntry) -> None:
    first = RefusedTry(
        proposal=None, stage=Stage.SCREEN, code="known", reason="refused before", known="r9"
    )
    decision = rejected.round.decision.model_copy(update={"known": "r7"})
    lines = told(rejected, decision=decision, first_try=first)
    assert "same as refused proposal r7" in lines
    assert "first try: screen: refused before (same as refused proposal r9)" in lines


def test_an_accepted_proposal_and_one_that_did_not_fit(tmp_path: Path) -> None:
    assert told(shown(tmp_path, 1))[2].startswith("accepted by the gate (test): ")
    unfit = told(shown(tmp_path / "other", 4))
    assert unfit[2] == "refused: does not fit (too_many_edits): 4 edits; at most 3"
    assert any(line.endswith("candidate none; gate balanced") for line in unfit)


def test_no_text_can_imitate_a_line_of_the_report(rejected: RoundEntry) -> None:
    hostile = "fine\naccepted by the gate (test): really \x1b[31m"
    summary = rejected.summary.model_copy(update={"idea": hostile, "reason": hostile})
    lines = told(rejected.model_copy(update={"summary": summary}))
    assert not [line for line in lines if line.startswith("accepted by the gate")]
    assert not [line for line in lines if "\x1b" in line]
    assert not [line for line in lines if "\n" in line]


def test_a_run_of_its_own_kind_says_so(rejected: RoundEntry) -> None:
    run = rejected.run.model_copy(update={"retries": "r5", "self_judged": True, "baseline": 0.5})
    lines = told(rejected.model_copy(update={"run": run}))
    assert "re-test of proposal r5" in lines
    assert lines[3].endswith("(judged by the target itself)")
    assert any(line.endswith("gate balanced, first version 50.0 %") for line in lines)


def test_earlier_tests_of_the_idea_are_named(rejected: RoundEntry) -> None:
    assert "tested before on other versions: r3, r1" in told(rejected, retests=("r3", "r1"))
    assert not [line for line in told(rejected) if line.startswith("tested before")]


def test_nothing_named_is_said_to_be_nothing(rejected: RoundEntry) -> None:
    bare = rejected.summary.model_copy(update={"idea": "", "criteria": (), "sections": ()})
    lines = told(rejected.model_copy(update={"summary": bare, "diff": None}))
    assert "idea: (hand-written edit)" in lines
    assert "criteria: none named" in lines
    assert "sections: above the first heading" in lines
    assert "" not in lines


def test_what_the_optimizer_predicted_stands_beside_what_was_measured(
    rejected: RoundEntry, tmp_path: Path
) -> None:
    line = "predicted gain +10.0 points, measured +2.5 points; Brier score 0.0056"
    assert line in told(rejected)
    unmeasured = shown(tmp_path / "other", 4)
    assert "predicted gain +10.0 points, not measured" in told(unmeasured)
    proposal = rejected.round.proposal
    assert proposal is not None
    draft = proposal.draft.model_copy(update={"predicted_gain": 0.0})
    silent = told(rejected, proposal=proposal.model_copy(update={"draft": draft}))
    assert not [line for line in silent if line.startswith("predicted gain")]


def test_a_repaired_reply_is_shown(rejected: RoundEntry) -> None:
    line = "the JSON of the optimizer's reply had errors of syntax, which were repaired"
    assert line in told(rejected, repaired=True)
    assert line not in told(rejected)


def test_answers_that_lack_something_are_shown_with_the_tasks(rejected: RoundEntry) -> None:
    faulty = TaskAnswers(task="v-1", incumbent=AnswerFaults(), candidate=AnswerFaults(cut=2))
    found = rejected.model_copy(update={"answers": (faulty,)})
    lines = told(found, tasks=True)
    (at,) = [at for at, line in enumerate(lines) if "cut off at max_tokens" in line]
    assert lines[at].startswith("candidate: 2 answers were cut off")
    assert lines[at + 1] == "  on v-1"
    assert not [line for line in told(rejected, tasks=True) if "cut off" in line]


def test_the_losers_of_a_round_are_listed_with_their_reasons(rejected: RoundEntry) -> None:
    race = Screened(stage=Stage.RACE, code="behind", reason="another proposal did better")
    unread = Screened(stage=Stage.REPLY, code="bad_reply", reason="no JSON")
    lost = loser_of(SKILL, a_proposal(an_insert(), idea="be brief"), race, angle="another_cause")
    lines = told(rejected, losers=(lost, loser_of(SKILL, None, unread, angle=None)))
    at = lines.index("also proposed (another cause): be brief")
    assert lines[at + 1 : at + 4] == [
        "  refused at stage race (behind): another proposal did better",
        "also proposed (free): unreadable reply",
        "  refused at stage reply (bad_reply): no JSON",
    ]
    assert not any("also proposed" in line for line in told(rejected))


def test_the_mode_that_had_to_be_left_and_the_rematch(rejected: RoundEntry) -> None:
    mode = Mode(kind="insert", entropy=Entropies(kind=0, sections=0, idea=2))
    leave = Leave(mode=mode, way="way_back", back_to=rejected.round.parent)
    lines = told(rejected, leave=leave, rematch=a_verdict())
    parent = rejected.round.parent[:12]
    assert f"bound to leave the mode of the last refused proposals: way back from {parent}" in lines
    (said,) = (line for line in lines if line.startswith("against the version that was left: "))
    assert said.startswith("against the version that was left: rejected: ")


def test_a_continued_contest_names_its_entry(rejected: RoundEntry) -> None:
    assert "continues the contest of proposal abc" in told(rejected, continues="abc")
    assert not any("continues the contest" in line for line in told(rejected))


def test_what_the_edit_budget_rested_on(rejected: RoundEntry) -> None:
    calibration = Calibration(proposals=5, hits=2, error=0.0312, factor=0.72)
    line = "edit budget x 0.72: 2 of 5 predicted gains came true, Brier score 0.0312"
    assert line in told(rejected, calibration=calibration)
    assert not [one for one in told(rejected) if one.startswith("edit budget")]
