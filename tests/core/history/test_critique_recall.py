"""Critiques of earlier rounds, of the same rollout and of similar failures."""

from __future__ import annotations

import json

from skillopt.core.gate import Outcome
from skillopt.core.history.critique_recall import (
    LARGEST,
    MOST_ALIKE,
    earlier_critiques,
    settled,
)
from skillopt.core.history.run import Round
from skillopt.core.proposals.critique import CauseKind, Critique, Observation
from tests.adapters.ledger.samples import a_round


def said(rollout: str, cause: str = "no rule speaks of refunds", **more: object) -> Critique:
    fields = {"rollout": rollout, "criterion": "queue", "quote": "my refund", "cause": cause}
    return Critique.model_validate({**fields, **more})


def a_decided(
    *critiques: Critique,
    shown: tuple[str, ...],
    outcome: Outcome = Outcome.REJECTED,
    number: int = 1,
) -> Round:
    made, _ = a_round(number, outcome=outcome)
    return made.model_copy(update={"critiques": critiques, "rollouts": shown})


def failing(text: str = "Where is my refund?") -> Observation:
    return Observation(
        rollout="r1",
        task="t1",
        input=text,
        answer="access",
        score=0,
        passed=False,
        feedback=('queue: expected "billing"',),
    )


def test_a_rollout_that_is_shown_again_keeps_its_critique_under_its_new_id() -> None:
    earlier = a_decided(said("r2", kind=CauseKind.MISSING), shown=("k1", "k2"))
    found = settled([earlier], ("k9", "k2"))
    assert found.critiques == (said("r2", kind=CauseKind.MISSING),)
    moved = settled([earlier], ("k2", "k9"))
    assert moved.critiques == (said("r1", kind=CauseKind.MISSING),)
    assert moved.rollouts == {"r1"}


def test_a_rollout_of_which_nothing_was_said_is_settled_too_where_others_had_critiques() -> None:
    found = settled([a_decided(said("r2"), shown=("k1", "k2"))], ("k1",))
    assert (found.critiques, found.rollouts) == ((), {"r1"})


def test_a_round_without_critiques_settles_nothing() -> None:
    assert settled([a_decided(shown=("k1",))], ("k1",)).rollouts == frozenset()


def test_the_newest_critique_of_a_rollout_counts() -> None:
    rounds = [
        a_decided(said("r1", "an old one"), shown=("k1",)),
        a_decided(said("r2", "a new one"), shown=("k2", "k1")),
        a_decided(said("r1"), shown=("k3", "k1")),
    ]
    assert [one.cause for one in settled(rounds, ("k1",)).critiques] == ["a new one"]


def test_similar_failures_bring_critiques_back_with_what_became_of_the_answer() -> None:
    cause = "no rule speaks of a refund"
    for outcome, verdict in (
        (Outcome.ACCEPTED, "accepted"),
        (Outcome.REJECTED, "refused"),
        (Outcome.INCONCLUSIVE, "open"),
    ):
        made = a_decided(said("r1", cause), shown=("k1",), outcome=outcome)
        proposal = made.proposal
        assert proposal
        draft = proposal.draft.model_copy(update={"critiques": ("c1",)})
        answering = made.model_copy(
            update={"proposal": proposal.model_copy(update={"draft": draft})}
        )
        (line,) = earlier_critiques([answering], [failing()]).splitlines()
        told = json.loads(line)
        assert (told["cause"], told["quote"]) == (cause, "my refund")
        assert (told["answered_by"], told["verdict"]) == (draft.idea, verdict)


def test_what_nobody_answered_comes_back_without_a_verdict() -> None:
    made = a_decided(said("r7"), shown=("k1",))
    assert "verdict" not in json.loads(earlier_critiques([made], [failing()]))


def test_other_failures_and_what_is_shown_anyway_are_left_out() -> None:
    made = a_decided(said("r1"), shown=("k1",))
    assert earlier_critiques([made], [failing("The lawn is brown all over")]) == ""
    assert earlier_critiques([made], [failing()], told=[said("r5")]) == ""
    assert earlier_critiques([made], [failing().model_copy(update={"passed": True})]) == ""


def test_what_comes_back_is_bounded_and_each_cause_comes_once() -> None:
    many = tuple(said(f"r{at}", f"no rule speaks of refund {at}") for at in range(30))
    rounds = [a_decided(*many, shown=("k1",), number=number) for number in (1, 2)]
    lines = earlier_critiques(rounds, [failing()]).splitlines()
    assert len({json.loads(line)["cause"] for line in lines}) == len(lines) == MOST_ALIKE
    long = tuple(said(f"r{at}", f"{at} refund " * 100) for at in range(30))
    assert len(earlier_critiques([a_decided(*long, shown=("k1",))], [failing()])) <= LARGEST
