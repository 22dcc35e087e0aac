"""Replies within a run: paid once, by whoever was asked."""

from __future__ import annotations

import pytest

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.evaluation.task import Message
from skillopt.core.proposals.proposal import Draft
from skillopt.engine.steps.paid_reply import paid_reply
from skillopt.errors import CallFailed
from tests.engine.setups import RUN, Bench, bench
from tests.standins import Line, ScriptedModel


async def asked(made: Bench, model: ScriptedModel) -> tuple[str, bool]:
    messages = (Message(role="user", content="Which?"),)
    reply, fresh = await paid_reply(made.context, "1/it", messages, model=model, shape=Draft)
    return reply.text, fresh


def judge(*lines: Line) -> ScriptedModel:
    return ScriptedModel(*lines, name="judge")


async def test_a_reply_is_kept_under_the_identity_of_who_gave_it() -> None:
    made, model = await bench(), judge("this", "that")
    assert [await asked(made, model), await asked(made, model)] == [("this", True), ("this", False)]
    kept = await made.ledger.exchange(RUN, "1/it")
    assert kept is not None
    assert (kept.model, kept.usage.calls) == (model.identity, 1)


async def test_another_model_is_asked_again() -> None:
    made = await bench()
    await asked(made, judge("this"))
    assert await asked(made, ScriptedModel("that", name="another")) == ("that", True)


async def test_what_a_failure_was_charged_belongs_to_the_run() -> None:
    made = await bench()
    with pytest.raises(CallFailed, match="down"):
        await asked(made, judge(CallFailed("down", used=Usage(calls=2))))
    assert (await made.ledger.usage(RUN)).calls == 2
