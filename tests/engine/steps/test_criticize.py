"""Critiques: asked for on the evidence, and only those that quote it are kept."""

from __future__ import annotations

import json

import pytest

from skillopt.core.endings import Ending, fault
from skillopt.core.evaluation.rollout import Reply, Usage
from skillopt.core.events import OptimizerAsked
from skillopt.core.history.critique_recall import Settled
from skillopt.core.proposals.critique import CauseKind, Critique, Critiques, Observation
from skillopt.engine.prompts import prompt
from skillopt.engine.steps.criticize import criticize, evidence
from tests.engine.setups import RUN, asked_blocks, bench
from tests.scripted import SKILL


def observation(rollout: str = "r1", text: str = "Do you have rolls?") -> Observation:
    return Observation(
        rollout=rollout,
        task="rolls-0",
        input=text,
        answer="reception",
        expected="bakery",
        score=0.0,
        passed=False,
        feedback=('desk: expected "bakery"',),
    )


def critique(rollout: str = "r1", quote: str = "have rolls") -> dict[str, str]:
    return {"rollout": rollout, "criterion": "desk", "quote": quote, "cause": "no such word"}


def replying(*critiques: dict[str, str]) -> str:
    return json.dumps({"critiques": critiques})


async def test_the_question_holds_skill_criteria_and_evidence() -> None:
    made = await bench(replying())
    await criticize(made.context, SKILL, [observation(), observation("r2")], number=3)
    data = asked_blocks(made.optimizer)
    assert list(data) == ["skill", "criteria", "evidence"]
    assert data["skill"] == SKILL.text
    assert json.loads(data["criteria"]) == {"desk": "The right desk."}
    assert [row["rollout"] for row in json.loads(data["evidence"])] == ["r1", "r2"]
    assert made.optimizer.shapes == [Critiques]
    assert made.seen(OptimizerAsked) == [OptimizerAsked(run=RUN, number=3, step="criticize")]
    assert await made.ledger.exchange(made.context.run, "3/criticize") is not None


async def test_only_critiques_that_quote_their_rollout_are_kept() -> None:
    reply = replying(critique(), critique(quote="never said"), critique(rollout="r9"))
    made = await bench(reply)
    found = await criticize(made.context, SKILL, [observation()], number=1)
    assert [(one.rollout, one.quote) for one in found] == [("r1", "have rolls")]


async def test_a_reply_without_critiques_is_sent_back_once_with_the_reason() -> None:
    made = await bench("I would rather not say.", replying(critique()))
    found = await criticize(made.context, SKILL, [observation()], number=2)
    assert [one.quote for one in found] == ["have rolls"]
    sent = made.optimizer.asked[1]
    assert [message.role for message in sent] == ["system", "user", "assistant", "user"]
    assert "rather not say" in sent[2].content
    assert "the reply holds no JSON object" in sent[3].content
    assert [key for _, key, _ in made.ledger.replies] == ["2/criticize", "2/repair_critiques"]
    assert [event.step for event in made.seen(OptimizerAsked)] == ["criticize", "repair_critiques"]


@pytest.mark.parametrize("ending", [each for each in Ending if each is not Ending.COMPLETE])
async def test_a_whole_object_in_a_reply_that_was_cut_off_is_sent_back(ending: Ending) -> None:
    cut = Reply(text=replying(critique()), usage=Usage(calls=1), ending=ending)
    made = await bench(cut, replying(critique(quote="rolls?")))
    found = await criticize(made.context, SKILL, [observation()], number=1)
    assert [one.quote for one in found] == ["rolls?"]
    assert (fault(ending) or "").split(" (")[0] in made.optimizer.asked[1][3].content


async def test_two_replies_without_critiques_leave_the_round_without_any() -> None:
    made = await bench("I would rather not say.")
    assert await criticize(made.context, SKILL, [observation()], number=1) == ()
    assert len(made.optimizer.asked) == 2


async def test_critiques_that_quote_nothing_are_not_asked_for_again() -> None:
    made = await bench(replying(critique(quote="never said")))
    assert await criticize(made.context, SKILL, [observation()], number=1) == ()
    assert len(made.optimizer.asked) == 1


async def test_what_both_requests_used_is_paid_once() -> None:
    made = await bench("no", replying(critique()))
    for _ in range(2):  # the second time as after an interruption
        await criticize(made.context, SKILL, [observation()], number=1)
    assert len(made.optimizer.asked) == 2
    assert (await made.ledger.usage(made.context.run)).calls == 2


def known(*critiques: dict[str, str], rollouts: tuple[str, ...] = ("r1",)) -> Settled:
    found = tuple(Critique.model_validate(one) for one in critiques)
    return Settled(found, frozenset(rollouts))


async def test_a_rollout_that_was_criticized_before_is_not_asked_about_again() -> None:
    made = await bench(replying(critique("r2")))
    seen = [observation(), observation("r2")]
    settled = known(critique())
    found = await criticize(made.context, SKILL, seen, number=2, known=settled)
    assert [one.rollout for one in found] == ["r1", "r2"]
    assert [row["rollout"] for row in json.loads(asked_blocks(made.optimizer)["evidence"])] == [
        "r2"
    ]


async def test_where_all_were_criticized_before_nothing_is_asked() -> None:
    made = await bench(replying())
    passed = observation("r2").model_copy(update={"passed": True})
    seen = [observation(), passed]
    found = await criticize(made.context, SKILL, seen, number=2, known=known(critique()))
    assert [one.rollout for one in found] == ["r1"]
    assert made.optimizer.asked == []
    assert made.seen(OptimizerAsked) == []


async def test_critiques_of_similar_failures_are_shown_where_there_are_some() -> None:
    made = await bench(replying())
    await criticize(made.context, SKILL, [observation()], number=1, earlier='{"cause":"x"}')
    assert asked_blocks(made.optimizer)["earlier"] == '{"cause":"x"}'


async def test_a_criterion_is_only_proposed_where_the_set_has_none_of_its_name() -> None:
    own = {**critique(), "asks": "Be right."}
    new = {**critique(), "criterion": "tone", "asks": "Be polite.", "kind": "missing"}
    made = await bench(replying(own, new))
    found = await criticize(made.context, SKILL, [observation()], number=1)
    assert [(one.criterion, one.asks, one.kind) for one in found] == [
        ("desk", "", None),
        ("tone", "Be polite.", CauseKind.MISSING),
    ]


def test_evidence_is_json_with_one_observation_to_a_line() -> None:
    shown = [observation(), observation("r2", "Größe 日本\nline two")]
    text = evidence(shown)
    assert "Größe 日本" in text
    assert len(text.splitlines()) == 4
    assert [Observation.model_validate(row) for row in json.loads(text)] == shown


def test_no_observations_are_an_empty_list() -> None:
    assert json.loads(evidence([])) == []


async def test_what_the_target_did_is_evidence_that_is_explained_only_where_it_is_known() -> None:
    line = 'search({"q":"rolls"}) returned: nothing\n<<<skill 0123456789abcdef'
    did = observation("r2").model_copy(update={"steps": (line,)})
    reply = replying(critique("r2", quote='search({"q":"rolls"}) returned'))
    made = await bench(reply, replying())
    found = await criticize(made.context, SKILL, [observation(), did], number=1)
    assert [one.rollout for one in found] == ["r2"]
    with_steps, data = made.optimizer.asked[0][0].content, asked_blocks(made.optimizer)
    plain, row = json.loads(data["evidence"])
    assert "steps" not in plain
    assert row["steps"] == [line]
    assert list(data) == ["skill", "criteria", "evidence"]
    await criticize(made.context, SKILL, [observation()], number=2)
    without = made.optimizer.asked[1][0].content
    assert "have `steps`" in with_steps
    assert "have `steps`" not in without
    assert without == with_steps.replace(f"\n\n{prompt('traces')}", "")
    assert json.loads(evidence([did])) == [plain | {"rollout": "r2"}]
