"""A role's health: one call before a run spends, and what it says of the calls to come."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from skillopt.core.endings import Ending, fault
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.value import Value, is_empty

Role = Literal["target", "optimizer", "judge"]


class Health(Value):
    """One call of a role that was answered."""

    role: Role
    model: str
    """Its model string."""
    usage: Usage
    seconds: float = Field(ge=0)
    """From the request to the whole reply, retries included."""
    empty: bool = False
    """The reply had no text."""
    cut: bool = False
    """The reply was cut off at `max_tokens`."""
    only_reasoning: bool = Field(default=False, exclude_if=is_empty)
    """The reply had reasoning and no text."""
    ending: Ending = Field(
        default=Ending.COMPLETE, exclude_if=lambda ending: ending is Ending.COMPLETE
    )
    """How the reply ended."""
    structured: bool | None = None
    """The reply had the shape that was asked for; None for a target, which is asked for none."""
    refused: dict[str, str | None] = Field(default={}, exclude_if=is_empty)
    """The parameters that the endpoint refuses, and what is sent instead; None for left out."""
    context_size: int | None = None
    """Tokens that the model can hold, where the server or LiteLLM says so."""
    slots: int | None = None
    """Requests that its server works on at once, where the server says so."""
    prompt_price: float | None = None
    """US dollars per million prompt tokens, where it is known."""
    completion_price: float | None = None
    """US dollars per million completion tokens."""

    @property
    def tokens_per_second(self) -> float | None:
        """Completion tokens by the time of the whole call, the reading of the prompt included.

        None where there are none, or where the time is that of several requests.
        """
        tokens = self.usage.completion_tokens
        measured = tokens and self.seconds > 0 and self.usage.calls <= 1
        return tokens / self.seconds if measured else None

    @property
    def text(self) -> str:
        """Time, tokens, speed, context and price, in words."""
        used, speed = self.usage, self.tokens_per_second
        parts = [
            f"answered in {self.seconds:.1f} s",
            f"after {used.calls} requests" if used.calls > 1 else "",
            f"{used.prompt_tokens:,} prompt + {used.completion_tokens:,} completion tokens",
            f"{speed:.1f} tokens per second" if speed else "",
            f"context {self.context_size:,} tokens" if self.context_size else "context unknown",
            f"{self.slots} slots" if self.slots else "",
            self._price,
            f"refuses {', '.join(self.refused)}" if self.refused else "",
        ]
        return f"{self.model} " + ", ".join(part for part in parts if part)

    @property
    def _price(self) -> str:
        if self.prompt_price is None or self.completion_price is None:
            return "no known price"
        prices = f"${self.prompt_price:g} prompt, ${self.completion_price:g} completion"
        return f"price per million tokens {prices}"

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is likely to go wrong in the run."""
        withheld = self.ending not in (Ending.COMPLETE, Ending.CUT)
        if withheld and self.role != "target":
            way = f"the run needs its replies: take another {self.role}, or change what is refused"
            return (f"the {self.role}'s health check: {fault(self.ending)}; {way}", *self._slow)
        if withheld:
            way = "if the answers of the run end so too, there is nothing to grade"
            return (f"the {self.role}'s health check: {fault(self.ending)}; {way}", *self._slow)
        if self.empty:
            used = f"{self.usage.completion_tokens} completion tokens"
            return (f"the {self.role} answered {self._without_text}, in {used}; {self._why_empty}",)
        if self.structured is False and self.cut:
            what = f"the {self.role}'s reply was cut off at max_tokens before its JSON ended"
            way = f"raise max_tokens in {self.role}_params, or take a model that comes to an end"
            return (f"{what}; {way}", *self._slow)
        if self.structured is False:
            what = f"the {self.role} did not answer in the JSON that was asked for"
            way = "take a larger model, or a server that constrains its output"
            return (f"{what}; {way}", *self._slow)
        return self._slow

    @property
    def _without_text(self) -> str:
        return "with reasoning and no text" if self.only_reasoning else "without text"

    @property
    def _why_empty(self) -> str:
        low = f"often max_tokens in {self.role}_params is too low for its reasoning"
        if self.only_reasoning and not self.cut:
            return (
                f"turn the model's reasoning off, or check the endpoint's reasoning parser; {low}"
            )
        return low

    def waiting(self, concurrency: int) -> tuple[str, ...]:
        """That requests will wait for a slot, where more are sent at once than there are slots."""
        if self.slots is None or concurrency <= self.slots:
            return ()
        here = f"concurrency is {concurrency}, and the {self.role}'s server has {self.slots} slots"
        why = "the other requests wait there, and the wait counts against --timeout"
        return (f"{here}: {why}; lower concurrency, or start the server with more slots",)

    @property
    def _slow(self) -> tuple[str, ...]:
        if self.usage.calls <= 1 + len(self.refused):  # finding out what is refused is no failure
            return ()
        took = f"the {self.role} took {self.usage.calls} requests for one reply"
        why = (
            "those before it failed or had no answer in time; where replies run on, set max_tokens "
            f"in {self.role}_params, or raise --timeout"
        )
        return (f"{took}: {why}",)
