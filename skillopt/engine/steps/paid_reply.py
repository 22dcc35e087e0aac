"""Ask a model within a run. A reply that was paid is in the ledger and is not paid again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pydantic import BaseModel

from skillopt.core.current_work import working_on
from skillopt.core.evaluation.rollout import Reply, Usage
from skillopt.core.evaluation.task import Message
from skillopt.core.history.run import Exchange
from skillopt.core.value import canonical_json, content_hash
from skillopt.engine.context import RunContext
from skillopt.errors import ChargedError
from skillopt.ports import Model

_SAME = ("usage", "ending", "reasoning")
"""What a reply and the exchange that keeps it call by the same name."""


class Paid(NamedTuple):
    """A reply, and whether it was paid just now."""

    reply: Reply
    fresh: bool


async def paid_reply(
    context: RunContext,
    key: str,
    messages: Sequence[Message],
    *,
    model: Model,
    shape: type[BaseModel],
) -> Paid:
    """The model's reply to ``messages``, from the ledger where it was asked before.

    Args:
        context: the run.
        key: `<round>/<step>`; names the question within the run.
        messages: the conversation so far.
        model: who is asked; the ledger keeps its identity with the reply.
        shape: the reply's shape, for structured output.

    Raises:
        CallFailed: the provider failed.
        RunStopped: no call can succeed.
        SpendExhausted: a limit leaves no room for the call.
    """
    asked = [message.model_dump() for message in messages]
    digest = content_hash([model.identity, asked])
    earlier = await context.ledger.exchange(context.run, key)
    if earlier and earlier.prompt_digest == digest:
        return Paid(_reply(earlier), fresh=False)
    exchange = Exchange(
        run=context.run,
        key=key,
        model=model.identity,
        prompt_digest=digest,
        prompt=canonical_json(asked),
        reply="",
        usage=Usage(),
    )
    try:
        with working_on(run=context.run):
            reply = await model.reply(messages, shape=shape)
    except ChargedError as error:
        await keep_account(context, exchange, error)
        raise
    said = {"reply": reply.text, **{name: getattr(reply, name) for name in _SAME}}
    await context.ledger.add_exchange(exchange.model_copy(update=said))
    return Paid(reply, fresh=True)


def _reply(kept: Exchange) -> Reply:
    return Reply(text=kept.reply, **{name: getattr(kept, name) for name in _SAME})


async def keep_account(context: RunContext, asked: Exchange, error: ChargedError) -> None:
    """What failed requests were charged with belongs to the run; each failure has its own key."""
    if error.used is None:
        return
    number = 1
    while await context.ledger.exchange(context.run, f"{asked.key}/failed/{number}"):
        number += 1
    failed = {"key": f"{asked.key}/failed/{number}", "usage": error.used}
    await context.ledger.add_exchange(asked.model_copy(update=failed))
