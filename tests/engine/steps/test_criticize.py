"""Critiques: asked for on the evidence, and only those that quote it are kept."""

from __future__ import annotations

import json

from skillopt.core.events import OptimizerAsked
from skillopt.core.proposals.critique import Critiques, Observation
from skillopt.engine.steps.criticize import criticize, evidence
from tests.engine.setups import asked_blocks, bench
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
    assert made.seen(OptimizerAsked) == [OptimizerAsked(number=3, step="criticize")]
    assert await made.ledger.exchange(made.context.run, "3/criticize") is not None


async def test_only_critiques_that_quote_their_rollout_are_kept() -> None:
    reply = replying(critique(), critique(quote="never said"), critique(rollout="r9"))
    made = await bench(reply)
    found = await criticize(made.context, SKILL, [observation()], number=1)
    assert [(one.rollout, one.quote) for one in found] == [("r1", "have rolls")]


async def test_a_reply_without_critiques_leaves_the_round_without_any() -> None:
    made = await bench("I would rather not say.")
    assert await criticize(made.context, SKILL, [observation()], number=1) == ()
    assert len(made.optimizer.asked) == 1


def test_evidence_is_json_with_one_observation_to_a_line() -> None:
    shown = [observation(), observation("r2", "Größe 日本\nline two")]
    text = evidence(shown)
    assert "Größe 日本" in text
    assert len(text.splitlines()) == 4
    assert [Observation.model_validate(row) for row in json.loads(text)] == shown


def test_no_observations_are_an_empty_list() -> None:
    assert json.loads(evidence([])) == []
