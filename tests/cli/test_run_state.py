"""The state of a run: a value that events change, and its figures in words."""

from __future__ import annotations

from typing import Any

import pytest

from skillopt.cli.run_state import (
    STEPS,
    VERDICTS,
    RunState,
    after,
    pace,
    seconds,
    shown_baseline,
    shown_wait,
    spend_lines,
    status,
    title,
)
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.events import (
    BaselineDone,
    Event,
    GateOpened,
    OptimizerAsked,
    OptimizerReplied,
    RolloutDone,
    RolloutsWanted,
    RoundDecided,
    RunStarted,
    Stopped,
    WaitStarted,
)
from skillopt.core.gate import Outcome
from skillopt.core.loop_settings import SpendLimits
from skillopt.core.proposals.refusal import Stage
from tests.adapters.ledger.samples import a_proposal, a_round

STARTED = RunStarted(run="run-1", skill="desks", resumed=False, rounds_done=0)
VALIDATION = RolloutsWanted(purpose="validation", total=24, reused=4)
TRAIN = RolloutsWanted(purpose="train", total=12, reused=0)
CALL = Usage(calls=1, prompt_tokens=10, completion_tokens=3, cost=0.5)
DONE = RolloutDone(score=1.0, usage=CALL)


def decided(number: int, **more: Any) -> RoundDecided:
    round_, _ = a_round(number, **more)
    return RoundDecided(round=round_)


def following(*events: Event, start: RunState = RunState(), now: float = 0.0) -> RunState:  # noqa: B008
    state = start
    for event in events:
        state = after(state, event, now=now)
    return state


def test_a_batch_counts_what_is_run_and_not_what_is_reused() -> None:
    state = following(VALIDATION, DONE, DONE, now=7.0)
    assert (state.done, state.total, state.batch_started) == (2, 20, 7.0)
    assert state.spent == CALL + CALL
    assert following(TRAIN, start=state).done == 0


def test_replies_of_the_optimizer_are_spent_too() -> None:
    assert following(OptimizerReplied(usage=CALL), DONE).spent == CALL + CALL


def test_the_stage_is_what_goes_on() -> None:
    assert following().stage == "starting"
    assert title(following(VALIDATION)) == "validation rollouts"
    for step, words in STEPS.items():
        asked = OptimizerAsked(number=2, step=step)
        assert title(following(asked)) == f"round 2: {words}"
    state = following(TRAIN, GateOpened(number=2, idea="more words"))
    assert (title(state), state.total) == ("round 2: at the gate", 0)


def test_train_rollouts_belong_to_the_round_that_they_begin() -> None:
    state = following(STARTED, VALIDATION)
    assert title(state) == "validation rollouts", "the baseline is in no round"
    state = following(TRAIN, start=state)
    assert title(state) == "round 1: train rollouts"
    gated = following(GateOpened(number=1, idea="x"), VALIDATION, start=state)
    assert title(gated) == "round 1: validation rollouts"
    assert title(following(TRAIN, start=gated)) == "round 1: train rollouts", "the train check"
    assert title(following(decided(1), TRAIN, start=gated)) == "round 2: train rollouts"


def test_a_resumed_run_begins_with_its_next_round() -> None:
    resumed = RunStarted(run="run-1", skill="desks", resumed=True, rounds_done=3)
    assert title(following(resumed, VALIDATION, TRAIN)) == "round 4: train rollouts"


def test_the_sealed_test_and_an_evaluation_are_in_no_round() -> None:
    sealed = RolloutsWanted(purpose="test", total=24, reused=0)
    assert title(following(STARTED, TRAIN, decided(1), sealed)) == "test rollouts"
    assert title(following(TRAIN)) == "train rollouts"


def test_the_last_verdicts_stay_in_sight() -> None:
    state = following(*(decided(number) for number in range(1, VERDICTS + 3)))
    assert [line.split()[0] for line in state.verdicts] == ["3", "4", "5"]


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (decided(1, outcome=Outcome.ACCEPTED), "1  accepted +2.5  say more of refunds"),
        (decided(2), "2  rejected +2.5  say more of refunds"),
        (decided(3, outcome=Outcome.INCONCLUSIVE), "3  inconclusive +2.5  say more of refunds"),
        (decided(4, stage=Stage.FIT), "4  refused  say more of refunds"),
        (
            decided(5, proposal=a_proposal(idea="two\nlines \x1b[31m")),
            "5  rejected +2.5  two lines",
        ),
    ],
)
def test_a_verdict_in_one_line(event: RoundDecided, line: str) -> None:
    (shown,) = following(event).verdicts
    assert shown.startswith(line)
    assert "\x1b" not in shown


def test_an_unreadable_reply_has_no_idea() -> None:
    event = decided(1, stage=Stage.REPLY)
    unread = event.round.model_copy(update={"proposal": None})
    (shown,) = following(RoundDecided(round=unread)).verdicts
    assert shown == "1  refused  unreadable reply"


def test_the_score_of_the_first_version() -> None:
    bare = BaselineDone(score=0.25, tasks=1)
    whole = BaselineDone(score=0.25, tasks=24, low=0.1, high=0.4)
    assert shown_baseline(bare) == "25.0 % on 1 validation task"
    assert shown_baseline(whole).endswith("tasks, 95 % interval [10.0 %, 40.0 %]")
    assert following(whole).score == shown_baseline(whole)


def test_pace_and_time_left() -> None:
    state = following(VALIDATION, *[DONE] * 5, now=10.0)
    assert pace(state, now=20.0) == "0.5/s, 30 s left"
    assert pace(following(VALIDATION), now=20.0) == "0.0/s"
    assert pace(following(VALIDATION, *[DONE] * 20), now=20.0) == "1.0/s"
    assert pace(following(VALIDATION, DONE, now=3.0), now=3.0).startswith("1000.0/s"), "no zero"


def test_the_state_in_one_line() -> None:
    assert status(following(), now=0.0) == "starting ..."
    state = following(VALIDATION, *[DONE] * 5)
    assert status(state, now=10.0) == (
        "validation rollouts 5/20, 0.5/s, 30 s left; "
        "spent 5 calls, 50 prompt + 15 completion tokens, $2.5000"
    )


def test_spend_stands_beside_its_limits() -> None:
    limits = SpendLimits(max_calls=2_000, max_tokens=90_000, max_cost=3.0)
    spent = following(*[DONE] * 3).spent
    assert spend_lines(RunState(spent=spent)) == ["3 calls", "39 tokens", "$1.5000"]
    assert spend_lines(RunState(spent=spent, limits=limits)) == [
        "3 of 2,000 calls",
        "39 of 90,000 tokens",
        "$1.5000 of $3.0000",
    ]


def test_events_without_a_part_in_it_change_nothing() -> None:
    state = following(VALIDATION, DONE)
    assert following(Stopped(reason="rounds"), start=state).done == state.done


def test_a_wait_is_shown_until_its_end_and_the_longest_counts() -> None:
    asked = WaitStarted(model="openai/m", seconds=62.0, asked=True, reason="Slow down")
    own = asked.model_copy(update={"seconds": 0.5, "asked": False})
    state = after(after(RunState(), asked, now=10.0), own, now=11.0)
    assert state.waiting_until == 72.0
    assert shown_wait(asked) == "openai/m asks to wait 62 s: Slow down"
    assert state.waiting == "openai/m: trying again in 0.5 s: Slow down"
    assert (seconds(0.02), seconds(1.4)) == ("0.0 s", "1 s")
