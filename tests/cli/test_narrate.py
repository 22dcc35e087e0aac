"""A run in plain lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from skillopt.app.result import Run, Shipped, Written
from skillopt.cli.narrate import (
    lines,
    next_steps,
    told_notes,
    told_power,
    told_round,
    told_run,
    told_sealed,
)
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.events import (
    BaselineDone,
    Event,
    GateOpened,
    RoundDecided,
    RunStarted,
    Stopped,
)
from skillopt.core.gate import GatePolicy, Outcome
from skillopt.core.gate.power import gate_power
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.proposals.comparison import Duel
from skillopt.core.proposals.loser import loser_of
from skillopt.core.proposals.refusal import Stage
from skillopt.core.proposals.screen import Screened
from tests.adapters.ledger.samples import SKILL, a_proposal, a_round, a_run, an_end, made_by

SEALED = SealedTest(
    first_score=0.5,
    last_score=0.75,
    difference=0.25,
    low=0.1,
    high=0.4,
    p_value=0.01234,
    certified=True,
    tasks=40,
    wins=12,
    losses=2,
)


def started(*, resumed: bool = False, rounds: int = 0) -> RunStarted:
    return RunStarted(run="run-1", skill="triage", resumed=resumed, rounds_done=rounds)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (started(), ("run run-1",)),
        (started(resumed=True, rounds=1), ("resuming run run-1 after 1 round",)),
        (BaselineDone(score=0.5, tasks=24), ("baseline: 50.0 % on 24 validation tasks",)),
        (Stopped(reason="rounds"), ("stopped: all rounds done",)),
        (
            Stopped(reason="patience"),
            ("stopped: no acceptance in several rounds (see --patience)",),
        ),
        (
            Stopped(reason="spend", detail="max_calls is 9"),
            ("stopped: spend limit reached: max_calls is 9",),
        ),
        (Stopped(reason="nothing left to fix"), ("stopped: nothing left to fix",)),
        (GateOpened(number=1, idea="x"), ()),
    ],
)
def test_an_event_in_words(event: Event, said: tuple[str, ...]) -> None:
    assert lines(event) == said


def round_lines(diff: tuple[str, ...] = (), *, self_judged: bool = False, **more: Any) -> list[str]:
    round_, _ = a_round(2, **more)
    return list(told_round(round_, diff, self_judged=self_judged))


REASON = "the mean difference over 40 tasks is +2.5 points, p = 0.31"


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({"outcome": Outcome.ACCEPTED}, f"accepted: {REASON}"),
        ({}, f"rejected by the gate: {REASON}"),
        ({"outcome": Outcome.INCONCLUSIVE}, f"inconclusive at the gate: {REASON}"),
        ({"stage": Stage.FIT}, "refused: does not fit: 4 edits; at most 3"),
        ({"stage": Stage.SCREEN}, "refused by the screen: 4 edits; at most 3"),
    ],
)
def test_a_round_is_its_idea_and_its_verdict(more: dict[str, Any], verdict: str) -> None:
    assert round_lines(**more) == ["round 2: say more of refunds", f"  → {verdict}"]


def test_a_round_shows_its_diff_line_by_line() -> None:
    diff = ("@@ Rules @@", " - Be brief.", "+- Mind the refunds.", "-", "+" + "word " * 40)
    head, place, kept, added, gone, *rest, verdict = round_lines(diff)
    assert (place, kept) == ("  @@ Rules @@", "    - Be brief.")
    assert (added, gone) == ("  + - Mind the refunds.", "  -")
    assert rest[0].startswith("  + word")
    assert rest[1].startswith("      word")
    assert head.startswith("round 2")
    assert verdict.startswith("  →")


def test_a_reply_without_a_proposal_and_a_target_that_judged_itself() -> None:
    round_, _ = a_round(1, stage=Stage.REPLY)
    unread = round_.model_copy(update={"proposal": None})
    assert told_round(unread, ())[0] == "round 1: unreadable reply"
    said = " ".join(round_lines(self_judged=True))
    assert " ".join(said.split()).endswith("(judged by the target itself)")


def test_an_idea_cannot_control_the_terminal() -> None:
    head, _ = round_lines(proposal=a_proposal(idea="\x1b[2Jgone"))
    assert head == "round 2: \\x1b[2Jgone"


def test_each_note_is_said_once_in_a_run() -> None:
    round_, _ = a_round(1)
    verdict = round_.decision.verdict
    assert verdict is not None
    noted = verdict.model_copy(update={"notes": ("task 'v-1' is no sentinel",)})
    decision = round_.decision.model_copy(update={"verdict": noted})
    event = RoundDecided(round=round_.model_copy(update={"decision": decision}))
    seen: set[str] = set()
    assert told_notes(event, seen) == ("  note: task 'v-1' is no sentinel",)
    assert told_notes(event, seen) == ()
    assert told_notes(started(), seen) == ()


def test_power_and_its_warnings() -> None:
    power = gate_power(4, None, GatePolicy())
    said = " ".join(" ".join(told_power(power)).split())
    assert " ".join(power.text.split()) in said
    assert power.warnings
    for warning in power.warnings:
        assert f"warning: {' '.join(warning.split())}" in said


def test_the_sealed_test_in_two_lines() -> None:
    assert told_sealed(SEALED) == (
        "sealed test on 40 tasks: 50.0 % → 75.0 %",
        "  difference +25.0 points, 95 % interval [+10.0, +40.0], p = 0.0123, 12 better, 2 worse: certified",
    )


def test_what_is_missing_and_what_was_used_before_is_said() -> None:
    used = SEALED.model_copy(update={"certified": False, "missing": 3, "opened_before": ("run-0",)})
    head, numbers, *before = told_sealed(used)
    assert head.startswith("sealed test on 40 tasks, 3 without a result: ")
    assert numbers.endswith(": not certified")
    assert "already used by" in " ".join(before)
    assert "run-0" in " ".join(before)
    assert "--reopen-sealed" in " ".join(before)
    again = used.model_copy(update={"reopened": True})
    assert "certification is allowed by --reopen-sealed" in " ".join(told_sealed(again))


def a_result(shipped: Shipped = "improved", **more: Any) -> Run:
    proposal = a_proposal()
    rounds = (a_round(1, outcome=Outcome.ACCEPTED)[0], a_round(2)[0])
    fields = {
        "record": an_end(a_run()),
        "first": SKILL,
        "last": made_by(proposal),
        "shipped": shipped,
        "rounds": rounds,
        "written": Written(path="SKILL.md", note="SKILL.md was written"),
    }
    return Run(**{**fields, **more})


SHIPPED = {
    "improved": "certified by the sealed test",
    "not certified": "not worse on the sealed test (not certified)",
    "keep first": "so the first one is kept",
    "not tested": "no spend was left for the sealed test",
    "nothing accepted": "the skill is unchanged",
}


@pytest.mark.parametrize(("shipped", "words"), SHIPPED.items())
def test_the_end_of_a_run(shipped: Shipped, words: str) -> None:
    said = told_run(a_result(shipped))
    assert said[0].startswith("sealed test on 40 tasks")
    (outcome,) = [line for line in said if line.startswith("1 of 2 proposals accepted; ")]
    assert words in outcome
    assert said[-2].startswith("spent 5 calls")
    assert said[-1] == "SKILL.md was written"


def test_a_run_without_a_sealed_test_and_one_that_overfits() -> None:
    alone = a_run(usage=Usage())
    assert told_run(a_result(record=alone))[0] == "sealed test: not run"
    assert [line for line in told_run(a_result(overfit=True)) if line.startswith("warning: ")]
    assert not [line for line in told_run(a_result()) if line.startswith("warning: ")]


HERE = Path("SKILL.md")


def test_the_next_steps_show_and_undo_what_happened() -> None:
    run = a_result()
    assert next_steps(run, skill=HERE, own=HERE, ledger=None) == (
        "skillopt runs show run-1",
        f"skillopt ledger show {run.rounds[-1].id}",
        "skillopt diff SKILL.md",
        "skillopt revert SKILL.md",
    )


def test_the_next_steps_can_be_pasted_into_a_shell() -> None:
    skill = Path("my skill.md")
    run = a_result(written=Written(path="my skill.md", note="written"))
    said = next_steps(run, skill=skill, own=skill, ledger="a b.db")
    assert said[0].endswith(" --ledger 'a b.db'")
    assert said[2] == "skillopt diff 'my skill.md' --ledger 'a b.db'"


def test_a_result_in_another_file_is_compared_with_the_skill() -> None:
    run = a_result(written=Written(path="new.md", note="written to new.md"))
    assert next_steps(run, skill=HERE, own=HERE, ledger=None)[-1] == "diff SKILL.md new.md"


def test_a_result_in_another_folder_is_compared_file_by_file(tmp_path: Path) -> None:
    run = a_result(written=Written(path=str(tmp_path), note="written"))
    said = next_steps(run, skill=HERE, own=Path("post/SKILL.md"), ledger=None)
    assert said[-1] == f"diff -r post {tmp_path}"


def test_what_was_accepted_and_not_written_can_be_fetched() -> None:
    run = a_result(written=Written(path=None, note="nothing was written"))
    assert next_steps(run, skill=HERE, own=HERE, ledger=None)[-1] == (
        f"skillopt revert SKILL.md {run.skill.digest[:12]}"
    )


def test_there_is_nothing_to_undo_where_nothing_was_accepted() -> None:
    bare = a_result("nothing accepted", rounds=())
    bare = bare.model_copy(update={"skill": bare.first})
    assert next_steps(bare, skill=HERE, own=HERE, ledger=None) == ("skillopt runs show run-1",)


def test_a_round_says_on_how_many_tasks_the_judge_compared() -> None:
    round_, _ = a_round(2)
    race = Screened(stage=Stage.RACE, code="tie", reason="as well")
    lost = loser_of(SKILL, a_proposal(), race, angle=None)
    duel = Duel(winner="a" * 64, loser="b" * 64, won=3, lost=1, even=0, flipped=3, unread=1)
    told = " ".join(told_round(round_.model_copy(update={"losers": (lost,)}), ()))
    assert "chosen among 2 proposals" in told
    assert "judge" not in told
    compared = round_.model_copy(update={"losers": (lost,), "compared": (duel,)})
    said = " ".join(" ".join(told_round(compared, ())).split())
    assert "2 proposals; the judge compared answers on 8 train tasks, 4 of them ties" in said
