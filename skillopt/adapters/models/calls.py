"""One reply on its way, and what all calls of a model have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from skillopt.adapters.models.callers import Request
from skillopt.adapters.models.dialect import Change
from skillopt.adapters.models.failures import AttemptFailed, Remedy
from skillopt.adapters.models.library import Connections
from skillopt.adapters.models.prices import Prices
from skillopt.adapters.models.schemas import ReplyFormat
from skillopt.adapters.models.settings import ModelSettings
from skillopt.core.evaluation.rollout import Usage

NOTHING, ONE_CALL = Usage(), Usage(calls=1)


@dataclass
class Call:
    """One reply on its way: what is sent, and what the requests for it have used so far."""

    messages: list[dict[str, str]]
    options: dict[str, Any]
    format: ReplyFormat | None
    compared: bool = False
    """Its reply is compared with others: all are made with the same parameters."""
    spent: Usage = NOTHING
    failed: AttemptFailed | None = None
    """Of the first request, until tenacity knows of it."""
    timeouts: int = 0
    """Requests that no answer came to in time."""
    asked_again: bool = False
    """A reply that said nothing has been asked for once more."""
    broken: bool = False
    """The last answer was a plain 500."""
    refused: Change | None = None
    """What the endpoint refused of the last request."""
    sent_at: float | None = None
    """When the last request was sent, in seconds of a performance counter."""
    last: Usage = NOTHING
    """What the last request used."""

    def charge(self, used: Usage) -> None:
        """A request has used that."""
        self.last = used
        self.spent = used if self.spent is NOTHING else self.spent + used


@dataclass(frozen=True)
class Wire:
    """All that the calls of one model have in common."""

    litellm: Any
    options: dict[str, Any]
    prices: Prices | None
    """Named ones: the cost of a call follows from them."""
    highest: Prices | None
    """Bounds on the price of a call."""
    connections: Connections
    plain: Any
    """The client of a plain completion, which is ours to close."""
    unsent: tuple[str, ...]
    """Parameters of the role that LiteLLM leaves out, since it knows the model."""


def worth_another_try(error: BaseException, call: Call) -> bool:
    """Whether the request is sent again; a reply that said nothing, once."""
    if not isinstance(error, AttemptFailed):
        return False
    if error.remedy is Remedy.RETRY_ONCE:
        again, call.asked_again = not call.asked_again, True
        return again
    return error.remedy is Remedy.RETRY


def request_of(call: Call, sent: dict[str, Any], *, wire: Wire, settings: ModelSettings) -> Request:
    """One of the requests for a reply.

    Args:
        call: the reply on its way.
        sent: the parameters, as the endpoint takes them.
        wire: what the calls of the model have in common.
        settings: the model's.
    """
    return Request(
        messages=call.messages,
        params=sent,
        timeout=settings.timeout,
        prices=wire.prices,
        calls_tools=settings.calls_tools,
    )
