"""Ask the optimizer. A reply that was paid is in the ledger and is not paid again."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel

from skillopt.core.evaluation.rollout import Reply
from skillopt.core.evaluation.task import Message
from skillopt.core.events import OptimizerReplied
from skillopt.engine.context import TuningContext
from skillopt.engine.steps.paid_reply import paid_reply
from skillopt.errors import CallFailed


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
    try:
        paid = await paid_reply(context, key, messages, model=context.optimizer, shape=shape)
    except CallFailed as error:
        way_out = "; run the same command to resume" if error.passing else ""
        raise CallFailed(
            f"the optimizer gave no reply in round {key}: {error}; "
            f"what was paid for is kept{way_out}",
            used=error.used,
            passing=error.passing,
        ) from error
    if paid.fresh:
        context.emit(OptimizerReplied(usage=paid.reply.usage))
    return paid.reply
