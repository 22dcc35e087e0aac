"""Ask the optimizer. A reply that was paid is in the ledger and is not paid again."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel

from skillopt.core.evaluation.rollout import Reply, Usage
from skillopt.core.evaluation.task import Message
from skillopt.core.events import OptimizerReplied
from skillopt.core.history.run import Exchange
from skillopt.core.value import canonical_json, content_hash
from skillopt.engine.context import RunContext, TuningContext
from skillopt.errors import CallFailed, ChargedError

_SAME = ("usage", "ending", "reasoning")
"""What a reply and the exchange that keeps it call by the same name."""


async def ask_optimizer(
    context: TuningContext, key: str, messages: Sequence[Message], *, shape: type[BaseModel]
) -> Reply:
    """The optimizer's reply to ``messages``, from the ledger where it was asked before.

    Args:
        context: the run.
        key: `<round>/<step>`; names the question within the run.
        messages: the conversation so far.
        shape: the reply's shape, for structured output.

    Raises:
        CallFailed: the provider failed.
        RunStopped: no call can succeed.
        SpendExhausted: a limit leaves no room for the call.
    """
    asked = [message.model_dump() for message in messages]
    digest = content_hash([context.optimizer.identity, asked])
    earlier = await context.ledger.exchange(context.run, key)
    if earlier and earlier.prompt_digest == digest:
        return _reply(earlier)
    exchange = Exchange(
        run=context.run,
        key=key,
        model=context.optimizer.identity,
        prompt_digest=digest,
        prompt=canonical_json(asked),
        reply="",
        usage=Usage(),
    )
    try:
        reply = await context.optimizer.reply(messages, shape=shape)
    except ChargedError as error:
        await keep_account(context, exchange, error)
        if not isinstance(error, CallFailed):
            raise
        way_out = "; run the same command to resume" if error.passing else ""
        raise CallFailed(
            f"the optimizer gave no reply in round {key}: {error}; "
            f"what was paid for is kept{way_out}",
            used=error.used,
            passing=error.passing,
        ) from error
    said = {"reply": reply.text, **{name: getattr(reply, name) for name in _SAME}}
    exchange = exchange.model_copy(update=said)
    await context.ledger.add_exchange(exchange)
    context.emit(OptimizerReplied(usage=reply.usage))
    return reply


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
