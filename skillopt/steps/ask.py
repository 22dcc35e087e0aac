"""Ask the optimizer. A reply that was paid is in the ledger and is not paid again."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel

from skillopt.core.events import OptimizerReplied
from skillopt.core.run import Exchange
from skillopt.core.task import Message
from skillopt.core.value import canonical_json, digest_of
from skillopt.errors import CallFailed
from skillopt.steps.context import RunContext


async def ask(
    context: RunContext, key: str, messages: Sequence[Message], *, shape: type[BaseModel]
) -> str:
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
    digest = digest_of([context.optimizer.identity, asked])
    earlier = await context.ledger.exchange(context.run, key)
    if earlier and earlier.prompt_digest == digest:
        return earlier.reply
    try:
        reply = await context.optimizer.reply(messages, shape=shape)
    except CallFailed as error:
        raise CallFailed(
            f"the optimizer gave no reply in round {key}: {error}; "
            "what was paid is kept, and the same command goes on from here",
            used=error.used,
        ) from error
    exchange = Exchange(
        run=context.run,
        key=key,
        model=context.optimizer.identity,
        prompt_digest=digest,
        prompt=canonical_json(asked),
        reply=reply.text,
        usage=reply.usage,
    )
    await context.ledger.add_exchange(exchange)
    context.emit(OptimizerReplied(usage=reply.usage))
    return reply.text
