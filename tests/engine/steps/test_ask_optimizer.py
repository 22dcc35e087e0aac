"""Questions to the optimizer: paid once, and kept with what failures were charged."""

from __future__ import annotations

import json

import pytest

from skillopt.core.endings import Ending
from skillopt.core.evaluation.rollout import Reply, Usage
from skillopt.core.evaluation.task import Message
from skillopt.core.events import OptimizerReplied
from skillopt.core.proposals.proposal import Draft
from skillopt.engine.steps.ask_optimizer import ask_optimizer
from skillopt.errors import CallFailed, RunStopped, SpendExhausted
from tests.engine.setups import RUN, Bench, bench


async def asking(made: Bench, key: str = "1/propose", text: str = "What now?") -> str:
    messages = (Message(role="user", content=text),)
    return (await ask_optimizer(made.context, key, messages, shape=Draft)).text


async def test_a_reply_is_in_the_ledger_with_its_prompt_and_usage() -> None:
    made = await bench("this")
    assert await asking(made) == "this"
    kept = await made.ledger.exchange(RUN, "1/propose")
    assert kept is not None
    assert (kept.reply, kept.model) == ("this", made.optimizer.identity)
    assert json.loads(kept.prompt) == [{"role": "user", "content": "What now?"}]
    assert kept.usage.calls == 1
    assert made.optimizer.shapes == [Draft]
    assert made.seen(OptimizerReplied) == [OptimizerReplied(run=RUN, usage=kept.usage)]


async def test_the_same_question_again_is_answered_from_the_ledger() -> None:
    made = await bench("this", "that")
    assert [await asking(made), await asking(made)] == ["this", "this"]
    assert len(made.optimizer.asked) == 1
    assert len(made.seen(OptimizerReplied)) == 1


async def test_a_kept_reply_still_says_how_it_ended() -> None:
    cut = Reply(text="th", usage=Usage(calls=1), ending=Ending.CUT, reasoning="hm")
    made = await bench(cut)
    messages = (Message(role="user", content="What now?"),)
    for _ in range(2):
        assert await ask_optimizer(made.context, "1/propose", messages, shape=Draft) == cut
    assert len(made.optimizer.asked) == 1


@pytest.mark.parametrize(("key", "text"), [("2/propose", "What now?"), ("1/propose", "And now?")])
async def test_another_key_or_another_text_is_another_question(key: str, text: str) -> None:
    made = await bench("this", "that")
    assert [await asking(made), await asking(made, key, text)] == ["this", "that"]


async def test_a_failed_call_names_the_round_and_the_way_on() -> None:
    made = await bench(CallFailed("the provider is down", used=Usage(calls=3)))
    with pytest.raises(CallFailed, match="no reply in round 1/propose: the provider is") as caught:
        await asking(made)
    assert "run the same command to resume" in str(caught.value)
    assert caught.value.used == Usage(calls=3)


@pytest.mark.parametrize("kind", [RunStopped, SpendExhausted])
async def test_what_ends_the_run_passes_through(kind: type[RunStopped | SpendExhausted]) -> None:
    error = kind("no more")
    made = await bench(error)
    with pytest.raises(kind) as caught:
        await asking(made)
    assert caught.value is error


async def test_every_failure_is_on_the_runs_account_and_answers_nothing() -> None:
    made = await bench(
        CallFailed("down", used=Usage(calls=3)), CallFailed("down", used=Usage(calls=2)), "this"
    )
    for _ in range(2):
        with pytest.raises(CallFailed):
            await asking(made)
    assert (await made.ledger.usage(RUN)).calls == 5
    assert await asking(made) == "this"
    assert (await made.ledger.usage(RUN)).calls == 6


async def test_a_failure_that_cost_nothing_leaves_no_trace() -> None:
    made = await bench(CallFailed("down"))
    with pytest.raises(CallFailed):
        await asking(made)
    assert made.ledger.replies == {}
